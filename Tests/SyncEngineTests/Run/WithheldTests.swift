// mailmove: messages that a source does not hand out.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite("A source that does not hand every message out")
struct WithheldTests {
  static func withholding(_ uid: UInt32) -> Scenario {
    var habits = FakeAccount.Habits()
    habits.withheld = [UID(uid)]
    return Scenario(source: Letter.account(4, habits: habits), target: FakeAccount())
  }

  @Test func aWithheldMessageIsAskedForAloneAndThenUnreadable() async throws {
    var run = Self.withholding(2)
    let log = RequestLog()
    run.onSource = { log.note($0) }
    let report = await run.run()
    #expect(report.failure == nil)
    #expect(log.all.contains("fetch INBOX 2"))
    let record = try #require(try await run.records().first { $0.key.uid == UID(2) })
    #expect(record.state == .skipped && record.reason == .messageUnreadable)
    #expect(report.total(\.copied) == 3 && report.total(\.skipped) == 1)
  }

  @Test func aMessageThatIsGoneByThenHasVanished() async throws {
    var run = Self.withholding(2)
    run.onSource = { [source = run.source] request in
      guard request == "fetch INBOX 2" else { return }
      try source.change(.inbox) { $0.messages[UID(2)] = nil }
    }
    let report = await run.run()
    #expect(report.failure == nil)
    #expect(report.total(\.vanished) == 1 && report.total(\.skipped) == 0)
    #expect(try await run.records().map(\.state) == [.stored, .vanished, .stored, .stored])
  }

  @Test func aMessageDeletedAfterTheListingHasVanished() async throws {
    var run = Scenario(source: Letter.account(4), target: FakeAccount())
    run.onSource = { [source = run.source] request in
      guard request == "fetch INBOX 1:4" else { return }
      try source.change(.inbox) { $0.messages[UID(4)] = nil }
    }
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.vanished) == 1)
    #expect(run.target.texts() == run.source.texts())
  }

  /// The numbers of the listing are those of a mailbox that still had it.
  @Test func aMessageDeletedAfterTheListingIsMovedWhenABackupBringsItBack() async throws {
    var run = Scenario(source: Letter.account(2), target: FakeAccount())
    let backup = try run.source.read(.inbox) { $0 }
    run.onSource = { [source = run.source] request in
      guard request == "fetch INBOX 1:2" else { return }
      try source.change(.inbox) { $0.messages[UID(2)] = nil }
    }
    #expect(await run.run().total(\.vanished) == 1)
    run.onSource = { _ in }
    try run.source.change(.inbox) { $0 = backup }
    #expect(await run.run().total(\.copied) == 1)
    #expect(run.target.texts() == run.source.texts())
  }

  @Test func aMessageHandedOutAsEmptyIsNotTakenForMail() async throws {
    let run = Scenario(source: Letter.account(3), target: FakeAccount())
    run.source.store([], in: .inbox, flags: .none, date: nil)
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.copied) == 3)
    let record = try #require(try await run.records().last)
    #expect(record.state == .skipped && record.reason == .messageEmpty)
    #expect(run.target.contents().count == 3)
  }

  @Test func aStubIsSkippedSinceItIsNotTheMessage() async throws {
    let run = Scenario(source: Letter.account(2), target: FakeAccount())
    run.source.deliver(
      "From: Microsoft Exchange Server\r\nSubject: Retrieval using the IMAP4 protocol failed "
        + "for the following message: 7\r\n\r\nThe server couldn't retrieve it.\r\n")
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.copied) == 2)
    let record = try #require(try await run.records().last)
    #expect(record.state == .skipped && record.reason == .messageIsStub)
    #expect(run.target.contents().count == 2)
  }
}
