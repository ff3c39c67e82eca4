// mailmove: tests of mailboxes that go into one.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Synchronization
import Testing

/// `--map`, `--merge-roles` and `--on-collision merge` put several mailboxes into one.
@Suite("Mailboxes that go into one")
struct SharedTargetTests {
  private static let first = MailboxName(wire: "Sent")
  private static let second = MailboxName(wire: "Sent Items")
  private static let shared = MailboxName(wire: "All")

  /// Two mailboxes with the same messages in both.
  private static func twice(
    _ count: Int, source habits: FakeAccount.Habits = FakeAccount.Habits(),
    target: FakeAccount = FakeAccount()
  ) -> Scenario {
    let source = FakeAccount(habits: habits)
    for name in [first, second] {
      source.create(name)
      for number in 1...count { source.deliver(Letter.text(number), to: name) }
    }
    return merging(source, into: target)
  }

  /// Two mailboxes with a message of its own in each.
  private static func oneEach() -> Scenario {
    let source = FakeAccount()
    for (number, name) in [first, second].enumerated() {
      source.create(name)
      source.deliver(Letter.text(number + 1), to: name)
    }
    return merging(source, into: FakeAccount())
  }

  private static func merging(_ source: FakeAccount, into target: FakeAccount) -> Scenario {
    var run = Scenario(source: source, target: target)
    run.rules.moves = [first, second].map {
      MappingRules.Move(from: "\($0)", to: .path("\(shared)"))
    }
    return run
  }

  private static func expected(_ count: Int) -> [String] {
    (1...count).flatMap { [Letter.text($0), Letter.text($0)] }.sorted()
  }

  private static func owners(_ run: Scenario) async throws -> [UID] {
    var uids: [UID] = []
    for pair in try await run.journal.pairs() {
      uids += try await run.journal.records(of: pair).filter(\.isAtTarget).compactMap(\.targetUID)
    }
    return uids.sorted()
  }

  @Test(arguments: [true, false])
  func messagesThatAreInBothAreThereTwice(_ tellsUIDs: Bool) async throws {
    var habits = FakeAccount.Habits()
    habits.tellsUIDs = tellsUIDs
    let run = Self.twice(3, target: FakeAccount(habits: habits))
    #expect(await run.run().total(\.copied) == 6)
    #expect(run.target.texts(of: Self.shared).sorted() == Self.expected(3))
    #expect(try await Set(Self.owners(run)).count == 6)
    #expect(await run.run().total(\.copied) == 0)
    #expect(try await VerifyTests.kinds(run, .bytes) == [])
  }

  /// The numbers on record for one mailbox tell of it, those for the other do not.
  @Test func aTargetThatLostItsIndexesIsLookedAtForBoth() async throws {
    var steps = 1
    while true {
      let run = Self.oneEach()
      #expect(await run.run().total(\.copied) == 2)
      run.target.expunge([UID(1)], in: Self.shared)
      run.target.loseIndexes()
      let crash = CrashPoint(at: steps)
      let report = await run.run(crash: crash)
      guard crash.isDead else {
        #expect(report.total(\.lost) == 1)
        break
      }
      #expect(await run.run().total(\.lost) == 1, "\(steps): \(crash.lastStep)")
      steps += 1
    }
    #expect(steps > 3)
  }

  /// What a run has noticed it notes for all of them or for none: by the next one, numbers may be
  /// what they were.
  @Test func aTargetThatWasPutBackIsDisbelievedForBothOrForNone() async throws {
    var noticed = 0
    for step in 1...12 {
      let run = Self.oneEach()
      #expect(await run.run().total(\.copied) == 2)
      try run.target.change(Self.shared) { box in
        box.messages[UID(2)] = nil
        box.nextUID = 2
      }
      _ = await run.run(crash: CrashPoint(at: step))
      var isNoted = false
      for pair in try await run.journal.pairs() {
        let anchor = try await run.journal.standing(of: pair).target
        isNoted = isNoted || anchor?.isBelieved == false
      }
      guard isNoted else { continue }
      noticed += 1
      run.target.advance(clock: 1_000)
      run.target.deliver(Letter.text(9), to: Self.shared)
      #expect(await run.run().total(\.lost) == 1, "killed at \(step)")
    }
    #expect(noticed > 1)
  }

  /// A copy gets a UID that a copy for the other one had, whose numbers go on.
  @Test func aTargetThatIsMadeAnewMeanwhileIsDisbelievedForBoth() async throws {
    var run = Self.oneEach()
    run.onSource = { [target = run.target] request in
      guard request.hasPrefix("fetch \(Self.second)") else { return }
      target.remove(Self.shared)
      target.advance(clock: 1_000)
      target.create(Self.shared)
    }
    run.options.recopiesLost = true
    #expect(await run.run().total(\.copied) == 2)
    #expect(run.target.texts(of: Self.shared) == [Letter.text(2)])
    run.onSource = { _ in }
    #expect(await run.run().total(\.copied) == 1)
    #expect(run.target.texts(of: Self.shared).sorted() == [Letter.text(1), Letter.text(2)])
  }

  /// Another message lies where a copy for one of them was; the numbers of both go on.
  @Test func aTargetThatWasPutBackUnnoticedIsDisbelievedForBoth() async throws {
    var run = Self.oneEach()
    #expect(await run.run().total(\.copied) == 2)
    try run.target.change(Self.shared) { box in
      for (uid, number) in [(UID(1), 8), (UID(2), 9)] {
        box.messages[uid]?.bytes = Array(Letter.text(number).utf8)
      }
    }
    run.source.toggle(FlagSet(system: .flagged), of: UID(1), in: Self.first)
    run.options.flagPolicy = .source
    #expect(await run.run().total(\.lost) == 2)
  }

  /// The listing of all mailboxes is older than what is copied for the first of them.
  @Test func whatIsCopiedForOneIsNoReasonToLookAgainForTheOther() async throws {
    var run = Self.twice(1)
    #expect(await run.run().total(\.copied) == 2)
    run.source.deliver(Letter.text(2), to: Self.first)
    let opened = Mutex(0)
    run.onTarget = { request in
      if request.hasPrefix("open") { opened.withLock { $0 += 1 } }
    }
    #expect(await run.run().total(\.copied) == 1)
    #expect(opened.withLock { $0 } == 1)
  }

  /// So is a mailbox that this run makes anew.
  @Test func whatIsMadeAnewForOneIsBelievedByTheOther() async throws {
    var run = Self.twice(1)
    #expect(await run.run().total(\.copied) == 2)
    run.target.rename(Self.shared, to: MailboxName(wire: "Old"))
    run.options.recopiesLost = true
    #expect(await run.run().total(\.copied) == 2)
    for pair in try await run.journal.pairs() where pair.mapped.target == Self.shared {
      #expect(try await run.journal.standing(of: pair).target?.isBelieved == true)
    }
  }

  /// What is on record for a message of the other mailbox may be another one.
  @Test(arguments: [UID(1), UID(2)])
  func aCopyUnderTheUIDOfTheOtherMailboxIsNotMissing(_ kept: UID) async throws {
    let run = Self.oneEach()
    #expect(await run.run().total(\.copied) == 2)
    let gone = kept == UID(1) ? UID(2) : UID(1)
    try run.target.change(Self.shared) { box in
      box.messages[kept] = box.messages.removeValue(forKey: gone)
    }
    let report = try await VerifyTests.report(run, .bytes)
    let told = report.mailboxes.map { $0.differences.filter { $0.kind == .missing }.count }
    let differs = report.mailboxes.map { $0.differences.contains { $0.kind == .header } }
    #expect(told == (kept == UID(1) ? [0, 0, 0] : [0, 0, 1]))
    #expect(differs == [false, kept == UID(1), false])
  }

  @Test func aCopyOfAnEarlierToolIsGivenToOneOfThem() async throws {
    let run = Self.twice(1)
    run.target.create(Self.shared)
    run.target.deliver(Letter.text(1), to: Self.shared)
    let report = await run.run()
    #expect(report.total(\.copied) == 1 && report.total(\.alreadyThere) == 1)
    #expect(run.target.texts(of: Self.shared) == Self.expected(1))
  }

  /// A backup of the day on which only one of the two had been moved.
  @Test func aTargetThatWasPutBackHoldsNoCopyForTwo() async throws {
    var run = Self.twice(3)
    let other = try run.source.read(Self.second) { $0 }
    run.source.remove(Self.second)
    #expect(await run.run().total(\.copied) == 3)
    let backup = try run.target.read(Self.shared) { $0 }
    run.source.create(Self.second)
    try run.source.change(Self.second) { $0 = other }
    #expect(await run.run().total(\.copied) == 3)
    try run.target.change(Self.shared) { $0 = backup }
    #expect(await run.run().total(\.lost) == 3)
    #expect(try await Set(Self.owners(run)).count == 3)
    #expect(try await Set(VerifyTests.kinds(run, .bytes)) == [.notMoved])
    run.options.recopiesLost = true
    #expect(await run.run().total(\.copied) == 3)
    #expect(run.target.texts(of: Self.shared).sorted() == Self.expected(3))
    #expect(try await Set(Self.owners(run)).count == 6)
  }

  @Test func aCopyThatIsMissingIsNotFoundInThatOfTheOther() async throws {
    let run = Self.twice(2)
    _ = await run.run()
    try run.target.change(Self.shared) { $0.messages[UID(4)] = nil }
    #expect(try await VerifyTests.kinds(run, .bytes) == [.missing])
  }

  @Test func oneCopyProvesOneOriginalWhateverTheLedgerSays() async throws {
    var run = Self.twice(1)
    _ = await run.run()
    for pair in try await run.journal.pairs() {
      let records = try await run.journal.records(of: pair)
      try await run.journal.record(
        records.map { .located($0.key, targetUID: UID(1)) }, in: pair)
    }
    run.options.removal = Removal(confirmed: 9)
    let report = await run.run()
    #expect(report.total(\.removed) == 1 && report.total(\.kept) == 1)
  }

  /// The account's owner moved all mail out of a mailbox and deleted it.
  @Test func mailFromAMailboxThatIsGoneIsNotCopiedAgain() async throws {
    let run = Self.twice(3)
    run.source.remove(Self.second)
    #expect(await run.run().total(\.copied) == 3)
    run.source.create(Self.second)
    for number in 1...4 { run.source.deliver(Letter.text(number), to: Self.second) }
    run.source.remove(Self.first)
    let report = await run.run()
    #expect(report.total(\.copied) == 1 && report.total(\.alreadyThere) == 3)
    #expect(run.target.texts(of: Self.shared).count == 4)
    #expect(try await Set(Self.owners(run)).count == 4)
    #expect(try await VerifyTests.kinds(run, .bytes) == [])
    // It was only hidden: its messages are moved then, each once.
    run.source.create(Self.first)
    for number in 1...3 { run.source.deliver(Letter.text(number), to: Self.first) }
    #expect(await run.run().total(\.copied) == 3)
    #expect(try await Set(Self.owners(run)).count == 7)
  }
}
