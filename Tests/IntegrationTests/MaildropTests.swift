// mailmove: moving a maildrop from a real POP3 server.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import Testing

extension MigrationTests {
  /// One after the other with the moves between IMAP servers: each blocks a thread of the pool.
  @Suite("Moving a maildrop from a real server") struct MaildropTests {}
}

extension MigrationTests.MaildropTests {
  private func bench(
    count: Int, seed: UInt64 = 31, _ old: DovecotOptions = DovecotOptions()
  ) throws -> Bench {
    let bench = try Bench(old: old)
    bench.usesPOP3 = true
    let letters = SampleMailbox.messages(count: count, seed: seed).map { sample in
      SampleMessage(
        bytes: sample.bytes, flags: [], internalDate: sample.internalDate, mailbox: "INBOX")
    }
    try LabClient(bench.old).append(Array(letters), to: "INBOX")
    return bench
  }

  @Test(arguments: [false, true])
  func everyMessageArrivesOnceByteForByte(startTLS: Bool) throws {
    let bench = try bench(count: 60)
    bench.usesStartTLS = startTLS
    let planned = try bench.run("plan")
    #expect(planned.exit == 0, "\(planned.errors)")
    let first = try bench.run("sync")
    #expect(first.exit == 0, "\(first.errors)")
    #expect(first.output.contains("60 messages copied"), "\(first.output)")
    #expect(try bench.bytes(bench.new) == bench.bytes(bench.old))
    let verified = try bench.run("verify", ["--level", "bytes"])
    #expect(verified.exit == 0, "\(verified.output)\(verified.errors)")
    let again = try bench.run("sync", ["--flags", "source"])
    #expect(again.exit == 0, "\(again.errors)")
    #expect(again.output.contains("0 messages copied"), "\(again.output)")
    #expect(try bench.bytes(bench.new).count == 60)
  }

  @Test func laterMailIsAddedAndTheTargetsFlagsStay() throws {
    let bench = try bench(count: 12)
    #expect(try bench.run("sync").exit == 0)
    let new = try LabClient(bench.new)
    _ = try new.select("INBOX")
    try new.store(uids: [1], "+FLAGS (\\Flagged)")
    let letter = SampleMailbox.messages(count: 1, seed: 99)[0]
    try LabClient(bench.old).append(
      [
        SampleMessage(
          bytes: letter.bytes, flags: [], internalDate: letter.internalDate, mailbox: "INBOX")
      ], to: "INBOX")
    let later = try bench.run("sync", ["--flags", "source"])
    #expect(later.exit == 0, "\(later.errors)")
    #expect(later.output.contains("1 message copied"), "\(later.output)")
    #expect(try LabClient(bench.new).messages(in: "INBOX")[0].flags.contains("\\Flagged"))
    #expect(try bench.bytes(bench.new) == bench.bytes(bench.old))
  }

  /// The file of a message grew behind the server's back: it announces the message, hands out an
  /// empty line, and ends it properly.
  @Test func aTextThatEndsTooEarlyIsNoMessageAndNoProof() throws {
    var options = DovecotOptions()
    options.storage = .maildir
    let bench = try bench(count: 3, options)
    let mail = "\(bench.old.folder)/mail/\(options.users[0].name)/mail"
    func stored() throws -> [String] {
      try ["cur", "new"].flatMap { folder in
        try FileManager.default.contentsOfDirectory(atPath: "\(mail)/\(folder)")
          .map { "\(mail)/\(folder)/\($0)" }
      }.sorted()
    }
    let files = try stored()
    let file = try #require(files.count == 3 ? files[1] : nil)
    let bytes = try #require(FileManager.default.contents(atPath: file))
    let grown = bytes + Data(String(repeating: "one more line\n", count: 40).utf8)
    try grown.write(to: URL(fileURLWithPath: file))
    let first = try bench.run("sync", ["--delete-source", "--confirm-deletes", "3"])
    #expect(first.exit == 3, "\(first.output)\(first.errors)")
    #expect(try bench.bytes(bench.new).count == 2)
    let left = try #require(try stored().first)
    #expect(try stored().count == 1)
    // Without the size in its name, the server looks at what is there.
    let name = try #require(left.split(separator: ",S=").first.map(String.init))
    try FileManager.default.moveItem(atPath: left, toPath: name + ":2,")
    let later = try bench.run("sync", ["--delete-source", "--confirm-deletes", "3"])
    #expect(later.exit == 0, "\(later.output)\(later.errors)")
    #expect(try bench.bytes(bench.new).count == 3)
    #expect(try stored().isEmpty)
  }

  @Test func uniqueIDsOfAnotherFormCopyNothingTwice() throws {
    var options = DovecotOptions()
    options.extraConfiguration = "!include_try pop3.conf\n"
    let bench = try bench(count: 20, options)
    #expect(try bench.run("sync").exit == 0)
    let file = bench.old.folder + "/pop3.conf"
    try "pop3_uidl_format = other-%v-%u\n".write(toFile: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    try bench.old.doveadm(["reload"])
    let again = try bench.run("sync", ["-v"])
    #expect(again.exit == 0, "\(again.errors)")
    #expect(again.errors.contains("C: RETR 20"), "the unique-ids did not change")
    #expect(again.output.contains("0 messages copied"), "\(again.output)")
    #expect(try bench.bytes(bench.new) == bench.bytes(bench.old))
  }

  @Test func intoAndMapChooseTheMailbox() throws {
    let bench = try bench(count: 5)
    let ended = try bench.run("sync", ["--map", "INBOX=Old/Mail"])
    #expect(ended.exit == 0, "\(ended.errors)")
    #expect(try bench.bytes(bench.new, "Old/Mail") == bench.bytes(bench.old))
    #expect(try bench.bytes(bench.new).isEmpty)
  }

  @Test func aRunThatIsKilledIsTakenUpAgain() throws {
    let bench = try bench(count: 200, seed: 77)
    for attempt in 1...6 where try !bench.runAndKill(after: 0.05 * Double(attempt)) { break }
    // The server gives the maildrop free when it notices that the client is gone.
    let ended = try bench.run("sync")
    #expect(ended.exit == 0, "\(ended.errors)")
    #expect(try bench.bytes(bench.new) == bench.bytes(bench.old))
  }

  @Test func aProbeShowsTheMaildrop() throws {
    let bench = try bench(count: 3)
    bench.usesStartTLS = true
    let ended = try bench.probe()
    #expect(ended.exit == 0, "\(ended.errors)")
    for word in ["TLSv1.3", "UIDL", "SCRAM-SHA-256", "INBOX", "3"] {
      #expect(ended.output.contains(word), "\(word): \(ended.output)")
    }
  }
}
