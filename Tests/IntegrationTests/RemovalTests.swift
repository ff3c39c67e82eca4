// mailmove: emptying an old account at a real server.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import Testing

extension MigrationTests {
  /// One after the other with the moves between servers: each blocks a thread of the pool.
  @Suite("Deleting at a real source") struct RemovalTests {}
}

extension MigrationTests.RemovalTests {
  @Test func theOldAccountIsEmptyAndTheNewOneWhole() throws {
    let bench = try Bench()
    try LabClient(bench.old).fill(with: SampleMailbox(count: 80, seed: 51))
    let before = try LabSnapshot(of: LabClient(bench.old))
    let guarded = try bench.run("sync", ["--delete-source"])
    #expect(guarded.exit == 4, "\(guarded.output)\(guarded.errors)")
    #expect(guarded.errors.contains("--confirm-deletes 80"), "\(guarded.errors)")
    #expect(try LabSnapshot(of: LabClient(bench.old)) == before)

    let ended = try bench.run("sync", ["--delete-source", "--confirm-deletes", "80"])
    #expect(ended.exit == 0, "\(ended.output)\(ended.errors)")
    #expect(try LabSnapshot(of: LabClient(bench.old)).messageCount == 0)
    let after = try LabSnapshot(of: LabClient(bench.new))
    #expect(after.difference(from: before, renamed: after.renamings(from: before)) == [])
    let again = try bench.run("sync", ["--delete-source"])
    #expect(again.exit == 0, "\(again.output)\(again.errors)")
    #expect(try LabSnapshot(of: LabClient(bench.new)) == after)
  }

  @Test func theOldMaildropIsEmptyAndTheNewInboxWhole() throws {
    let bench = try Bench()
    bench.usesPOP3 = true
    let letters = SampleMailbox.messages(count: 300, seed: 52).map {
      SampleMessage(
        bytes: $0.bytes, flags: [], internalDate: $0.internalDate, mailbox: "INBOX")
    }
    try LabClient(bench.old).append(letters, to: "INBOX")
    let before = try bench.bytes(bench.old)
    #expect(try bench.run("sync", ["--delete-source"]).exit == 4)
    #expect(try bench.bytes(bench.old) == before)

    let ended = try bench.run("sync", ["--delete-source", "--confirm-deletes", "300"])
    #expect(ended.exit == 0, "\(ended.output)\(ended.errors)")
    #expect(try bench.bytes(bench.old).isEmpty)
    #expect(try bench.bytes(bench.new) == before)
    let again = try bench.run("sync", ["--delete-source"])
    #expect(again.exit == 0, "\(again.output)\(again.errors)")
    #expect(again.output.contains("0 messages copied"), "\(again.output)")
    #expect(try bench.bytes(bench.new) == before)
  }

  @Test func oneAccountThroughTwoDoorsIsNotEmptied() throws {
    let bench = try Bench()
    bench.usesPOP3 = true
    let letters = SampleMailbox.messages(count: 10, seed: 54).map {
      SampleMessage(
        bytes: $0.bytes, flags: [], internalDate: $0.internalDate, mailbox: "INBOX")
    }
    try LabClient(bench.old).append(letters, to: "INBOX")
    let before = try bench.bytes(bench.old)
    for _ in 1...2 {
      let ended = try bench.run(
        "sync", ["--delete-source", "--confirm-deletes", "10"], from: .old, to: .old)
      #expect(ended.exit == 2, "\(ended.output)\(ended.errors)")
      #expect(try bench.bytes(bench.old) == before)
    }
  }

  @Test func whatIsOnlyMarkedStaysUntilSomebodyExpunges() throws {
    var bare = DovecotOptions()
    bare.capabilities = MigrationTests.plain
    let bench = try Bench(old: bare)
    let letters = SampleMailbox.messages(count: 6, seed: 53).map {
      SampleMessage(
        bytes: $0.bytes, flags: [], internalDate: $0.internalDate, mailbox: "INBOX")
    }
    try LabClient(bench.old).append(letters, to: "INBOX")
    let agreed = ["--confirm-deletes", "6"]
    let refused = try bench.run("sync", ["--delete-source"] + agreed)
    #expect(refused.exit != 0 && refused.errors.contains("UIDPLUS"), "\(refused.errors)")
    #expect(try LabClient(bench.old).messages(in: "INBOX").allSatisfy { $0.flags.isEmpty })
    let ended = try bench.run("sync", ["--delete-source=flag-only"] + agreed)
    #expect(ended.exit == 0, "\(ended.output)\(ended.errors)")
    #expect(
      try LabClient(bench.old).messages(in: "INBOX").map(\.flags)
        == Array(repeating: ["\\Deleted"], count: 6))
    #expect(try bench.run("sync", ["--full"]).exit == 0)
    #expect(try LabClient(bench.new).messages(in: "INBOX").allSatisfy { $0.flags.isEmpty })
  }
}
