// mailmove: messages that a target does not take.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Synchronization
import Testing

@Suite("A target that does not take every message")
struct RefusalTests {
  /// A target that refuses by the source's UID for as long as the test wants it.
  final class Gate: Sendable {
    private let refused: Mutex<[UID: SyncError]>

    init(_ uids: some Sequence<UInt32>, with error: SyncError) {
      refused = Mutex(Dictionary(uniqueKeysWithValues: uids.map { (UID($0), error) }))
    }

    func open() { refused.withLock { $0 = [:] } }

    var target: FakeAccount {
      var habits = FakeAccount.Habits()
      habits.refuse = { message in self.refused.withLock { $0[message.key.uid] } }
      return FakeAccount(habits: habits)
    }
  }

  @Test func aRefusedMessageIsSkippedWithItsReasonAndTheOthersArrive() async throws {
    let run = Scenario(
      source: Letter.account(4), target: Gate([2], with: .refused).target)
    let report = await run.run()
    #expect(report.failure == nil)
    #expect(report.total(\.copied) == 3 && report.total(\.skipped) == 1)
    let record = try #require(try await run.records().first { $0.key.uid == UID(2) })
    #expect(record.state == .skipped && record.reason == .messageRefused)
    #expect(record.note?.contains("NO not this one") == true)
    #expect(run.target.contents().count == 3)
  }

  @Test func aSkippedMessageIsTriedAgainOnlyWhenAskedFor() async throws {
    let gate = Gate([2], with: .refused)
    var run = Scenario(source: Letter.account(4), target: gate.target)
    _ = await run.run()
    gate.open()
    let log = RequestLog()
    run.onTarget = { log.note($0) }
    let quiet = await run.run()
    #expect(log.count("append") == 0 && quiet.total(\.skipped) == 1)
    run.options.retriesSkipped = true
    let retried = await run.run()
    #expect(log.count("append") == 1)
    #expect(retried.total(\.skipped) == 0 && retried.failure == nil)
    #expect(run.target.texts() == run.source.texts())
  }

  /// Under another key it is not on record as skipped beside that, whether it is taken or not.
  @Test(arguments: [false, true], [false, true])
  func aSkippedMessageIsOnRecordOnceUnderOtherKeys(isMaildrop: Bool, isTaken: Bool) async throws {
    let habits = isMaildrop ? FakeAccount.Habits.maildrop : FakeAccount.Habits()
    let gate = Gate(isMaildrop ? 1...8 : 2...3, with: .refused)
    let run = Scenario(source: Letter.account(4, habits: habits), target: gate.target)
    let refused = isMaildrop ? 4 : 2
    #expect(await run.run().total(\.skipped) == refused)
    if isTaken { gate.open() }
    if isMaildrop {
      CrashTests.changeKeys(run.source, of: .max)
    } else {
      run.source.renumber(.inbox)
    }
    let report = await run.run()
    #expect(report.total(\.copied) == (isTaken ? refused : 0))
    #expect(report.total(\.skipped) == (isTaken ? 0 : refused))
    #expect(try await run.records().count == 4)
  }

  /// What was refused is taken under another UID, and then the source is put back.
  @Test func aSkippedMessageThatWasCopiedUnderAnotherUIDIsNotCopiedAgain() async throws {
    let gate = Gate([2], with: .refused)
    var run = Scenario(source: Letter.account(4), target: gate.target)
    #expect(await run.run().total(\.skipped) == 1)
    gate.open()
    let backup = run.source.backup()
    run.source.renumber(.inbox)
    #expect(await run.run().total(\.copied) == 1)
    run.source.restore(backup)
    _ = await run.run()
    run.options.retriesSkipped = true
    #expect(await run.run().total(\.copied) == 0)
    #expect(run.target.texts() == run.source.texts())
  }

  /// Killed anywhere, the next run looks for what the target has by now.
  @Test func aSkippedMessageThatIsThereByNowIsNotCopiedAgain() async throws {
    var steps = 1
    while true {
      let gate = Gate([2], with: .refused)
      var run = Scenario(source: Letter.account(4), target: gate.target)
      _ = await run.run()
      gate.open()
      run.target.deliver(Letter.text(2))
      run.options.retriesSkipped = true
      let crash = CrashPoint(at: steps)
      _ = await run.run(crash: crash)
      guard crash.isDead else { break }
      run.options.retriesSkipped = false
      _ = await run.run()
      #expect(run.target.contents().count == 4, "\(steps): \(crash.lastStep)")
      steps += 1
    }
    #expect(steps > 4)
  }

  @Test func twentyRefusalsInARowGiveTheMailboxUpAndOnlyIt() async throws {
    let other = MailboxName(wire: "Other")
    let run = Scenario(
      source: Letter.account(30), target: Gate(1...30, with: .refused).target)
    run.source.create(other)
    for number in 1...31 { run.source.deliver(Letter.text(number), to: other) }
    let report = await run.run()
    #expect(report.failure == nil)
    #expect(report.mailboxes.first?.failure?.cause == .tooManyRefusals)
    #expect(report.mailboxes.first?.skipped == 20)
    #expect(report.mailboxes.first?.pending == 10)
    #expect(report.mailboxes.count == 2)
  }

  @Test func refusalsThatAreNotInARowNeverGiveAMailboxUp() async throws {
    let run = Scenario(
      source: Letter.account(60),
      target: Gate((1...60).filter { $0 % 20 != 0 }, with: .refused).target)
    let report = await run.run()
    #expect(report.mailboxes.first?.failure == nil)
    #expect(report.total(\.skipped) == 57 && report.total(\.copied) == 3)
  }

  @Test func aFullTargetStopsTheRunAndALaterOneWithRoomFinishes() async throws {
    let gate = Gate(3...9, with: .full)
    let run = Scenario(source: Letter.account(5), target: gate.target)
    let report = await run.run()
    #expect(report.failure?.cause == .targetFull)
    #expect(report.total(\.skipped) == 0 && report.total(\.pending) == 3)
    #expect(run.target.contents().count == 2)
    gate.open()
    let later = await run.run()
    #expect(later.failure == nil && later.total(\.copied) == 3)
    #expect(run.target.texts() == run.source.texts())
  }

  @Test func aTargetThatSaysStoredAndHasNotIsFoundOut() async throws {
    let isLosing = Mutex(true)
    var habits = FakeAccount.Habits()
    habits.tellsUIDs = false
    habits.loses = { message in isLosing.withLock { $0 } && message.key.uid == UID(2) }
    var run = Scenario(source: Letter.account(4), target: FakeAccount(habits: habits))
    let report = await run.run()
    #expect(report.total(\.lost) == 1)
    #expect(try await run.records().map(\.state) == [.stored, .lost, .stored, .stored])
    isLosing.withLock { $0 = false }
    #expect(await run.run().total(\.lost) == 1)
    #expect(run.target.contents().count == 3)
    run.options.recopiesLost = true
    let recopied = await run.run()
    #expect(recopied.total(\.lost) == 0 && recopied.total(\.copied) == 1)
    #expect(run.target.texts() == run.source.texts())
  }

  @Test func aMessageThatVanishedFromARenumberedTargetIsLostAndRecopiedWhenAskedFor() async throws {
    var run = Scenario(source: Letter.account(4), target: FakeAccount())
    _ = await run.run()
    try run.target.change(.inbox) { box in
      box.uidValidity = UIDValidity(2)
      box.messages[UID(3)] = nil
    }
    run.source.deliver(Letter.text(9))
    let report = await run.run()
    #expect(report.total(\.lost) == 1 && report.total(\.copied) == 1)
    run.options.recopiesLost = true
    #expect(await run.run().total(\.lost) == 0)
    #expect(run.target.texts() == run.source.texts())
  }

  private static let limits: [(Int64?, Int64?)] = [
    (1_000, nil), (nil, 1_000), (1_000, 5_000), (5_000, 1_000),
  ]

  @Test(arguments: limits)
  func aMessageOverTheAnnouncedLimitIsSkippedWithoutBeingSent(
    account: Int64?, mailbox: Int64?
  ) async throws {
    var habits = FakeAccount.Habits()
    habits.appendLimit = account
    habits.appendLimits = mailbox.map { [.inbox: $0] } ?? [:]
    var run = Scenario(source: Letter.account(2), target: FakeAccount(habits: habits))
    run.source.deliver(Letter.text(3, body: String(repeating: "x", count: 1_000)))
    let log = RequestLog()
    run.onTarget = { log.note($0) }
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.copied) == 2)
    #expect(log.count("append 3") == 0)
    #expect(try await run.records().last?.reason == .messageTooBig)
  }

  @Test func aKeywordTheTargetCannotKeepIsAConcessionOnRecord() async throws {
    var habits = FakeAccount.Habits()
    habits.permanentFlags = PermanentFlags(
      flags: FlagSet(system: .all), allowsNewKeywords: false)
    let source = FakeAccount()
    source.deliver(
      Letter.text(1), flags: FlagSet(system: .seen, keywords: [Keyword("$Forwarded")]))
    let run = Scenario(source: source, target: FakeAccount(habits: habits))
    #expect(await run.run().failure == nil)
    #expect(run.target.flags() == [FlagSet(system: .seen)])
    #expect(try await run.records().first?.dropped == DroppedMetadata(flags: ["$forwarded"]))
  }
}
