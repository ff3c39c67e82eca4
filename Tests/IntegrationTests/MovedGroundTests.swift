// mailmove: tests of real accounts that are not what they were at the last run.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import Testing

/// Each of these lost mail once, or changed mail of others, with exit code 0.
@Suite("Real accounts that are not what they were at the last run", .serialized)
struct MovedGroundTests {
  /// A short letter; its text says which one it is.
  private static func letter(_ text: String, second: Int = 0) -> SampleMessage {
    SampleMessage(
      bytes: Array(
        ("Message-ID: <\(text)@example.org>\r\nDate: Thu, 1 Jan 2026 10:00:00 +0000\r\n"
          + "From: a@example.org\r\nSubject: \(text)\r\n\r\n\(text)\r\n").utf8),
      flags: [], internalDate: String(format: "01-Jan-2026 10:00:%02d +0000", second),
      mailbox: "INBOX")
  }

  private static func subjects(_ lab: DovecotLab, _ mailbox: String = "INBOX") throws -> [String] {
    try LabClient(lab).messages(in: mailbox).map { message in
      let text = String(decoding: message.bytes, as: UTF8.self)
      return text.split(separator: "\r\n").first { $0.hasPrefix("Subject: ") }
        .map { String($0.dropFirst("Subject: ".count)) } ?? ""
    }.sorted()
  }

  @Test func aSourcePutBackFromABackupLosesNothingNotEvenWhenItIsEmptied() throws {
    let bench = try Bench()
    let old = try LabClient(bench.old)
    try old.append((1...5).map { Self.letter("monday \($0)") }, to: "INBOX")
    try bench.old.backUpHome()
    #expect(try bench.run("sync").exit == 0)
    try LabClient(bench.old).append((6...8).map { Self.letter("tuesday \($0)") }, to: "INBOX")
    #expect(try bench.run("sync").exit == 0)
    try bench.old.putBackHome()
    try LabClient(bench.old).append(
      (6...8).map { Self.letter("wednesday no. \($0)", second: $0) }, to: "INBOX")
    let after = try bench.run("sync", ["--delete-source", "--confirm-deletes", "99"])
    #expect(after.exit == 0, "\(after.output)\(after.errors)")
    #expect(after.output.contains("3 messages copied"), "\(after.output)")
    let there = try Self.subjects(bench.new)
    for number in 6...8 {
      #expect(there.contains("tuesday \(number)") && there.contains("wednesday no. \(number)"))
    }
    #expect(there.count == 11)
    #expect(try Self.subjects(bench.old) == [])
    #expect(try bench.run("verify", ["--level", "bytes"]).exit == 0)
  }

  @Test func aDeletedTargetFolderIsLostToldAndHealed() throws {
    let bench = try Bench()
    let old = try LabClient(bench.old)
    try old.create("Box")
    try old.append((0...1).map { Self.letter("old \($0)", second: $0) }, to: "Box")
    #expect(try bench.run("sync").exit == 0)
    try LabClient(bench.new).delete("Box")
    // The source has nothing new.
    let noticed = try bench.run("sync")
    #expect(noticed.exit == 3 && noticed.errors.contains("Box"), "\(noticed.errors)")
    try LabClient(bench.old).append([Self.letter("new 9", second: 9)], to: "Box")
    #expect(try bench.run("sync").exit == 3)
    #expect(try Self.subjects(bench.new, "Box") == ["new 9"])
    let flagging = try LabClient(bench.old)
    _ = try flagging.select("Box")
    try flagging.store(uids: [1], "+FLAGS (\\Flagged)")
    #expect(try bench.run("sync").exit == 3)
    #expect(
      try LabClient(bench.new).messages(in: "Box").allSatisfy { !$0.flags.contains("\\Flagged") })
    let healed = try bench.run("sync", ["--recopy-lost"])
    #expect(healed.exit == 0, "\(healed.errors)")
    #expect(try Self.subjects(bench.new, "Box") == ["new 9", "old 0", "old 1"])
    #expect(try bench.run("verify", ["--level", "bytes"]).exit == 0)
    let cleared = try bench.run("sync", ["--delete-source", "--confirm-deletes", "9"])
    #expect(cleared.exit == 0, "\(cleared.errors)")
    #expect(try Self.subjects(bench.new, "Box").count == 3)
  }

  @Test func aTargetPutBackFromABackupHasNothingOfOthersChanged() throws {
    let bench = try Bench()
    try LabClient(bench.old).append((1...5).map { Self.letter("monday \($0)") }, to: "INBOX")
    #expect(try bench.run("sync").exit == 0)
    try bench.new.backUpHome()
    try LabClient(bench.old).append((5...7).map { Self.letter("tuesday \($0)") }, to: "INBOX")
    #expect(try bench.run("sync").exit == 0)
    try bench.new.putBackHome()
    try LabClient(bench.new).append([Self.letter("of somebody else", second: 5)], to: "INBOX")
    try LabClient(bench.old).append((1...2).map { Self.letter("friday \($0)") }, to: "INBOX")
    let after = try bench.run("sync")
    #expect(after.exit == 3, "\(after.output)\(after.errors)")
    let flagging = try LabClient(bench.old)
    _ = try flagging.select("INBOX")
    try flagging.store(uids: [6], "+FLAGS (\\Flagged)")
    #expect(try bench.run("sync").exit == 3)
    #expect(
      try LabClient(bench.new).messages(in: "INBOX").allSatisfy { !$0.flags.contains("\\Flagged") })
    #expect(try bench.run("sync", ["--recopy-lost"]).exit == 0)
    #expect(try Self.subjects(bench.new).count == 11)
    let cleared = try bench.run("sync", ["--delete-source", "--confirm-deletes", "99"])
    #expect(cleared.exit == 0, "\(cleared.errors)")
    #expect(try Self.subjects(bench.new).count == 11)
    #expect(try Self.subjects(bench.old) == [])
  }

  @Test func foldersThatSwappedTheirNamesAndOneMadeAnewAreNotCopiedAgain() throws {
    let bench = try Bench()
    let old = try LabClient(bench.old)
    for (name, count) in [("Kunden", 6), ("Lieferanten", 4)] {
      try old.create(name)
      try old.append((1...count).map { Self.letter("\(name) \($0)", second: $0) }, to: name)
    }
    #expect(try bench.run("sync").exit == 0)
    for (from, to) in [("Kunden", "x"), ("Lieferanten", "Kunden"), ("x", "Lieferanten")] {
      _ = try old.command("RENAME \(from) \(to)")
    }
    let swapped = try bench.run("sync")
    #expect(swapped.exit == 0 && swapped.output.contains("0 messages copied"), "\(swapped.output)")
    #expect(try Self.subjects(bench.new, "Kunden").count == 6)
    #expect(try Self.subjects(bench.new, "Lieferanten").count == 4)
    _ = try old.command("RENAME Kunden Alt")
    try old.create("Kunden")
    try old.append([Self.letter("neu", second: 30)], to: "Kunden")
    let anew = try bench.run("sync")
    #expect(anew.exit == 0 && anew.output.contains("1 message copied"), "\(anew.output)")
    #expect(try bench.run("verify", ["--level", "bytes"]).exit == 0)
    #expect(try bench.run("sync").output.contains("0 messages copied"))
  }

  @Test func aTargetFolderThatWasRenamedIsLostAndMadeAgainWhenAsked() throws {
    let bench = try Bench()
    let old = try LabClient(bench.old)
    try old.create("Box")
    try old.append((0...1).map { Self.letter("old \($0)", second: $0) }, to: "Box")
    #expect(try bench.run("sync").exit == 0)
    _ = try LabClient(bench.new).command("RENAME Box Kiste")
    try old.append([Self.letter("new 2", second: 9)], to: "Box")
    #expect(try bench.run("sync").exit == 3)
    #expect(try Self.subjects(bench.new, "Box") == ["new 2"])
    #expect(try bench.run("sync", ["--recopy-lost"]).exit == 0)
    #expect(try Self.subjects(bench.new, "Box") == ["new 2", "old 0", "old 1"])
    #expect(try Self.subjects(bench.new, "Kiste") == ["old 0", "old 1"])
    #expect(try bench.run("verify", ["--level", "bytes"]).exit == 0)
  }

  @Test func aLedgerThatWasPutBackDoublesNothing() throws {
    let bench = try Bench()
    let state = bench.folder.path + "/state"
    let old = try LabClient(bench.old)
    try old.append((1...2).map { Self.letter("monday \($0)", second: $0) }, to: "INBOX")
    #expect(try bench.run("sync").exit == 0)
    try FileManager.default.copyItem(atPath: state, toPath: state + "-copy")
    try old.append([Self.letter("tuesday", second: 3)], to: "INBOX")
    #expect(try bench.run("sync").exit == 0)
    try FileManager.default.removeItem(atPath: state)
    try FileManager.default.moveItem(atPath: state + "-copy", toPath: state)
    let after = try bench.run("sync", ["--delete-source", "--confirm-deletes", "9"])
    #expect(after.exit == 0 && after.output.contains("1 already there"), "\(after.errors)")
    #expect(try Self.subjects(bench.new) == ["monday 1", "monday 2", "tuesday"])
    #expect(try Self.subjects(bench.old) == [])
  }
}
