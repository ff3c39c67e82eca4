// mailmove: folders of real servers: their names, those that cannot be opened, those that go.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import Testing

extension MigrationTests {
  /// One after the other with the moves between servers: each blocks a thread of the pool.
  @Suite("Folders of real servers") struct FolderTests {}
}

extension MigrationTests.FolderTests {
  private static func letter(_ number: Int) -> SampleMessage {
    let text =
      "From: a@example.org\r\nMessage-ID: <\(number)@example.org>\r\nSubject: \(number)\r\n"
      + "Date: Tue, 12 Feb 2019 08:00:00 +0100\r\n\r\nletter \(number)\r\n"
    return SampleMessage(
      bytes: Array(text.utf8), flags: [], internalDate: "12-Feb-2019 08:00:30 +0100",
      mailbox: "INBOX")
  }

  private static func fill(_ bench: Bench, _ folders: [String]) throws {
    let client = try LabClient(bench.old)
    for (index, folder) in folders.enumerated() {
      if folder != "INBOX" { try client.create(folder) }
      try client.append([letter(index)], to: folder)
    }
  }

  @Test func whereAFileCanHaveNothingBelowItChildrenGoBesideIt() throws {
    var files = DovecotOptions()
    files.storage = .mbox
    let bench = try Bench(new: files)
    let folders = ["Teams", "Teams/Bauhaus", "Teams/Bauhaus/2024", "Teams/Nord"]
    try Self.fill(bench, ["INBOX"] + folders)
    let ended = try bench.run("sync")
    #expect(ended.exit == 0, "\(ended.output)\(ended.errors)")
    for folder in folders {
      let flat = folder.replacing("/", with: " - ")
      #expect(try bench.bytes(bench.new, flat) == bench.bytes(bench.old, folder), "\(flat)")
    }
    let verified = try bench.run("verify", ["--level", "bytes"])
    #expect(verified.exit == 0, "\(verified.output)\(verified.errors)")
    let again = try bench.run("sync", ["--full"])
    #expect(again.exit == 0 && again.output.contains("0 messages copied"), "\(again.output)")
    // A folder that is new finds those that were made.
    try LabClient(bench.old).create("Teams/Ost")
    try LabClient(bench.old).append([Self.letter(50)], to: "Teams/Ost")
    #expect(try bench.run("sync").exit == 0)
    #expect(try bench.bytes(bench.new, "Teams - Ost").count == 1)
  }

  @Test func namesThatTheServerTakesAreNotChanged() throws {
    let bench = try Bench()
    let asIs = ["Rechnungen 100%", "zwei  Blanks", "Was*", "a.b", "-x", "R&D"]
    try Self.fill(bench, asIs)
    let plan = try bench.run("plan")
    for name in asIs { #expect(plan.output.contains(name), "\(plan.output)") }
    let ended = try bench.run("sync")
    #expect(ended.exit == 0, "\(ended.output)\(ended.errors)")
    let names = try LabClient(bench.new).list().map { "\($0)" }.joined(separator: "\n")
    for name in asIs {
      #expect(try bench.bytes(bench.new, name).count == 1, "\(name) in \(names)")
    }
    #expect(try bench.run("verify", ["--level", "bytes"]).exit == 0)
  }

  @Test func aFolderThatCannotBeOpenedIsNamedAndTheOthersGoOn() throws {
    var guarded = DovecotOptions()
    guarded.extraConfiguration = """
      mail_plugins = $mail_plugins acl
      plugin {
        acl = vfile
      }
      """
    let bench = try Bench(old: guarded)
    try Self.fill(bench, ["Good", "Locked"])
    let home = bench.old.folder + "/mail/" + bench.old.options.users[0].name
    let list = home + "/mail/mailboxes/Locked/dbox-Mails/dovecot-acl"
    try "owner l\n".write(toFile: list, atomically: true, encoding: .utf8)
    for command in [["plan"], ["sync"], ["verify", "--level", "bytes"], ["verify"]] {
      let ended = try bench.run(command[0], Array(command.dropFirst()))
      #expect(ended.exit == 3, "\(command) \(ended.output)\(ended.errors)")
      #expect(ended.errors.contains("'Locked'"), "\(command) \(ended.errors)")
    }
    #expect(try bench.bytes(bench.new, "Good").count == 1)
    let json = try bench.run("sync", ["--json"])
    #expect(json.output.contains(#""mailbox":"Locked""#), "\(json.output)")
    let counts = try bench.run("verify", ["--level", "bytes"])
    #expect(counts.output.contains("1 message compared by bytes"), "\(counts.output)")
  }

  @Test func aFolderThatIsDeletedAfterTheMoveIsNoErrorForEver() throws {
    let bench = try Bench()
    try Self.fill(bench, ["INBOX", "Gone"])
    #expect(try bench.run("sync").exit == 0)
    try LabClient(bench.old).delete("Gone")
    #expect(try bench.run("sync").exit == 0)
    for level in ["counts", "metadata", "headers", "bytes"] {
      let ended = try bench.run("verify", ["--level", level])
      #expect(ended.exit == 0, "\(ended.output)\(ended.errors)")
    }
    let plan = try bench.run("plan")
    #expect(plan.exit == 0 && plan.output.contains("gone from the source"), "\(plan.output)")
  }

  @Test func aRuleWithoutEffectIsToldInCronAndWhereNothingIsSelectedItIsAnError() throws {
    let bench = try Bench()
    try Self.fill(bench, ["INBOX", "Work"])
    for command in ["plan", "sync"] {
      let ended = try bench.run(command, ["--include", "Wrok", "-q"])
      #expect(ended.exit == 2, "\(command) \(ended.output)\(ended.errors)")
      #expect(ended.errors.contains("--include Wrok fits no folder"), "\(ended.errors)")
    }
    let excluded = try bench.run("sync", ["--exclude", "Wrok", "-q"])
    #expect(excluded.exit == 0)
    #expect(excluded.errors.contains("--exclude Wrok fits no folder"), "\(excluded.errors)")
    for rule in [["--into", "Restored"], ["--map", "Work=Job"]] {
      for command in ["plan", "sync"] {
        let late = try bench.run(command, rule + ["-q"])
        #expect(late.exit == 0)
        #expect(
          late.errors.contains("\(rule.joined(separator: " ")) comes too late"), "\(late.errors)")
      }
    }
    let verified = try bench.run("verify", ["--include", "Wrok"])
    #expect(verified.exit == 2, "\(verified.output)\(verified.errors)")
    #expect(verified.errors.contains("--include Wrok fits no folder"))
  }
}
