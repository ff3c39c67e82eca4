// mailmove: tests of copies that are on record and gone.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite("Copies that are on record and gone from the target")
struct LostCopiesTests {
  /// A finished move of four messages, of which the target then loses some.
  private static func moved(
    _ habits: FakeAccount.Habits = FakeAccount.Habits(), losing uids: UInt32...
  ) async throws -> Scenario {
    let run = Scenario(source: Letter.account(4), target: FakeAccount(habits: habits))
    #expect(await run.run().failure == nil)
    try run.target.change(.inbox) { box in for uid in uids { box.messages[UID(uid)] = nil } }
    return run
  }

  /// A finished move of two messages from a source that tells no dates, as a maildrop.
  private static func movedWithoutDates(
    source: FakeAccount.Habits = .init(), target: FakeAccount.Habits = .init()
  ) async throws -> Scenario {
    let run = Scenario(
      source: Letter.account(2, habits: source), target: FakeAccount(habits: target))
    try run.source.change(.inbox) { box in
      for uid in box.uids { box.messages[uid]?.date = nil }
    }
    #expect(await run.run().total(\.copied) == 2)
    return run
  }

  /// The same accounts, when the source does not hand a message out; lost copies are made again.
  private static func withholding(_ uid: UID, _ run: Scenario) -> Scenario {
    var habits = FakeAccount.Habits()
    habits.withheld = [uid]
    var withheld = Scenario(
      source: FakeAccount(habits: habits, boxes: run.source.boxes), target: run.target,
      journal: run.journal)
    withheld.options.recopiesLost = true
    return withheld
  }

  @Test func areMadeAgainWhenAskedForAndOnlyThen() async throws {
    var run = try await Self.moved(losing: 2, 4)
    #expect(await run.run().total(\.copied) == 0)
    #expect(run.target.contents().count == 2)
    run.options.recopiesLost = true
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.copied) == 2 && report.total(\.lost) == 0)
    #expect(run.target.texts() == run.source.texts())
    #expect(try await run.records().allSatisfy(\.isAtTarget))
    #expect(try await VerifyTests.kinds(run, .bytes) == [])
    #expect(await run.run().total(\.copied) == 0)
    #expect(run.target.texts() == run.source.texts())
  }

  @Test func areMadeAgainWhenTheWholeMailboxIsGone() async throws {
    var run = try await Self.moved()
    run.target.remove(.inbox)
    run.options.recopiesLost = true
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.copied) == 4)
    #expect(run.target.texts() == run.source.texts())
    #expect(await run.run().total(\.copied) == 0)
  }

  /// The target told another UID than it gave, or somebody put the message back.
  @Test func areTakenUpWhereTheyLieUnderAnotherUID() async throws {
    var run = try await Self.moved()
    try run.target.change(.inbox) { box in
      box.messages[UID(9)] = box.messages.removeValue(forKey: UID(2))
      box.nextUID = 10
    }
    // What comes later moves the place from where on the target is looked at beyond the copy.
    run.source.deliver(Letter.text(7))
    #expect(await run.run().total(\.copied) == 1)
    run.options.recopiesLost = true
    let report = await run.run()
    #expect(report.total(\.copied) == 0 && report.total(\.lost) == 0)
    #expect(run.target.texts() == run.source.texts())
    #expect(try await VerifyTests.kinds(run, .bytes) == [])
  }

  /// A maildrop tells no dates, so only header and size show that another message lies there.
  @Test(arguments: [Letter.text(9), Letter.text(2, body: "good bye")])
  func areMadeAgainWhereAnotherMessageHasTheirUID(_ text: String) async throws {
    var run = try await Self.movedWithoutDates()
    let other = Array(text.utf8)
    try run.target.change(.inbox) { $0.messages[UID(2)]?.bytes = other }
    run.options.recopiesLost = true
    #expect(await run.run().total(\.copied) == 1)
    #expect(Set(run.target.texts()).isSuperset(of: run.source.texts()))
    #expect(run.target.contents().count == 3)
    #expect(await run.run().total(\.copied) == 0)
  }

  /// Whether the message under the UID of a copy is the copy cannot be told without the original.
  @Test func areAskedForAgainWhereTheirOriginalIsNotHandedOut() async throws {
    let first = try await Self.movedWithoutDates()
    let other = Array(Letter.text(9).utf8)
    try first.target.change(.inbox) { $0.messages[UID(2)]?.bytes = other }
    #expect(await Self.withholding(UID(2), first).run().total(\.skipped) == 1)
    var whole = first
    whole.options.retriesSkipped = true
    #expect(await whole.run().total(\.copied) == 1)
    #expect(Set(first.target.texts()).isSuperset(of: first.source.texts()))
    #expect(first.target.contents().count == 3)
  }

  /// What the server has changed in taking it is found again once the original comes.
  @Test func areNotDoubledWhereTheirOriginalIsHandedOutLater() async throws {
    var target = FakeAccount.Habits()
    target.rewrite = { $0.filter { $0 != 13 } }
    let first = try await Self.movedWithoutDates(target: target)
    #expect(await Self.withholding(UID(2), first).run().total(\.skipped) == 1)
    var whole = first
    whole.options.retriesSkipped = true
    let report = await whole.run()
    #expect(report.total(\.copied) == 0 && report.total(\.skipped) == 0)
    #expect(first.target.contents().count == 2)
  }

  @Test func ofOneMailboxAreMadeAgainWhereAnotherCannotBeRead() async throws {
    let work = MailboxName(wire: "Work")
    var run = Scenario(source: Letter.account(2), target: FakeAccount())
    run.source.create(work)
    run.source.deliver(Letter.text(7), to: work)
    #expect(await run.run().total(\.copied) == 3)
    try run.target.change(.inbox) { $0.messages[UID(2)] = nil }
    let later = InternalDate(secondsSinceEpoch: 2_000_000, zoneMinutes: 0)
    try run.target.change(work) { $0.messages[UID(1)]?.date = later }
    run.options.recopiesLost = true
    run.onSource = { request in
      guard request.hasPrefix("snapshot Work") else { return }
      throw SyncError(.mailboxRefused, scope: .mailbox, remedy: .skip, side: .source)
    }
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.copied) == 1)
    #expect(report.mailboxes.compactMap(\.failure).map(\.cause) == [.mailboxRefused])
    #expect(run.target.texts() == run.source.texts())
  }

  /// The look for copies shows the break; by the mailbox's own turn its numbers are what they were.
  @Test func areLookedForWhereTheirMailboxWasPutBackAndFilledAgainMeanwhile() async throws {
    var habits = FakeAccount.Habits()
    habits.listsStatus = false
    var run = Scenario(source: Letter.account(1), target: FakeAccount(habits: habits))
    let backup = run.target.backup()
    #expect(await run.run().total(\.copied) == 1)
    run.target.restore(backup)
    run.target.advance(clock: 1_000)
    run.options.recopiesLost = true
    run.onTarget = { [target = run.target] request in
      if request.hasPrefix("status") { target.deliver(Letter.text(9)) }
    }
    #expect(await run.run().total(\.copied) == 1)
    #expect(Set(run.target.texts()).isSuperset(of: run.source.texts()))
  }

  /// Only the bytes tell which message a record is about, once its key is not listed any more.
  @Test func areMadeAgainWhereAnotherMessageHasTheirUIDAndTheOriginalAnotherKey() async throws {
    let habits = FakeAccount.Habits.maildrop
    var run = try await Self.movedWithoutDates(source: habits)
    let other = Array(Letter.text(9).utf8)
    try run.target.change(.inbox) { $0.messages[UID(2)]?.bytes = other }
    try run.source.change(.inbox) { box in
      box.messages[UID(5)] = box.messages.removeValue(forKey: UID(2))
      box.nextUID = 6
    }
    run.options.recopiesLost = true
    #expect(await run.run().total(\.copied) == 1)
    #expect(Set(run.target.texts()).isSuperset(of: run.source.texts()))
    #expect(await run.run().total(\.copied) == 0)
  }

  /// What a run that died had enrolled without reading it may be any message.
  @Test func areMadeAgainThoughTheOriginalsNewKeyIsOnRecord() async throws {
    for step in 1...9 {
      var run = try await Self.movedWithoutDates(source: .maildrop)
      let other = Array(Letter.text(9).utf8)
      try run.target.change(.inbox) { $0.messages[UID(2)]?.bytes = other }
      try run.source.change(.inbox) { box in
        box.messages[UID(5)] = box.messages.removeValue(forKey: UID(2))
        box.nextUID = 6
      }
      run.source.deliver(Letter.text(7), date: nil)
      _ = await run.run(crash: CrashPoint(at: step))
      run.options.recopiesLost = true
      #expect(await run.run().failure == nil)
      #expect(Set(run.target.texts()).isSuperset(of: run.source.texts()), "killed at \(step)")
    }
  }

  /// Of a maildrop, whose unique-ids may change, the record of a removed mail is what a new mail
  /// with the same bytes may be known by: not if its copy is gone as well.
  @Test func areMadeAgainThoughARemovedMailWithTheSameBytesIsOnRecord() async throws {
    let habits = FakeAccount.Habits.maildrop
    var run = Scenario(source: Letter.account(1, habits: habits), target: FakeAccount())
    run.options.removal = Removal(confirmed: 1)
    #expect(await run.run().total(\.removed) == 1)
    run.options.removal = nil
    for _ in 1...2 { run.source.deliver(Letter.text(1)) }
    run.target.copy(UID(1), in: .inbox, to: .inbox, moving: true)
    run.options.recopiesLost = true
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.copied) == 1)
    #expect(run.target.texts() == run.source.texts())
  }

  /// A run died before it had learnt the UID, and another mail has the header.
  @Test(arguments: [false, true])
  func areMadeAgainWhereOnlyTheHeaderOfAnotherMailIsThere(isRewriting: Bool) async throws {
    var habits = FakeAccount.Habits()
    habits.tellsUIDs = false
    if isRewriting { habits.rewrite = { $0.filter { $0 != 13 } } }
    var steps = 1
    while true {
      var run = Scenario(source: FakeAccount(), target: FakeAccount(habits: habits))
      let later = InternalDate(secondsSinceEpoch: 2_000_000, zoneMinutes: 0)
      run.target.deliver(Letter.text(1, body: "adieu"), date: later)
      #expect(await run.run().failure == nil)
      let backup = run.target.backup()
      run.source.deliver(Letter.text(1))
      let crash = CrashPoint(at: steps)
      _ = await run.run(crash: crash)
      guard crash.isDead else { break }
      run.target.restore(backup)
      run.target.advance(clock: 1_000)
      run.target.deliver(Letter.text(9))
      run.options.recopiesLost = true
      #expect(await run.run().failure == nil)
      let wanted = isRewriting ? Letter.text(1).replacing("\r\n", with: "\n") : Letter.text(1)
      #expect(run.target.texts().count { $0 == wanted } == 1, "\(steps): \(crash.lastStep)")
      #expect(run.target.contents().count == 3)
      steps += 1
    }
    #expect(steps > 3)
  }

  /// Of a maildrop: the record of an equal mail that is not listed just then is that one's own.
  @Test func areMadeAgainThoughAnEqualMailIsOnRecordThatIsNotListed() async throws {
    let habits = FakeAccount.Habits.maildrop
    var run = Scenario(source: FakeAccount(habits: habits), target: FakeAccount())
    for _ in 1...2 { run.source.deliver(Letter.text(1)) }
    try run.source.change(.inbox) { box in
      for uid in box.uids { box.messages[uid]?.date = nil }
    }
    #expect(await run.run().total(\.copied) == 2)
    try run.target.change(.inbox) { box in
      for uid in box.uids { box.messages[uid]?.bytes = Array(Letter.text(9).utf8) }
    }
    try run.source.change(.inbox) { $0.hidden = [UID(1)] }
    run.options.recopiesLost = true
    #expect(await run.run().total(\.copied) == 1)
    #expect(run.target.texts().filter { $0 == Letter.text(1) }.count == 1)
  }

  @Test func areNotMadeAgainUnaskedBecauseTheOriginalHasAnotherKey() async throws {
    let habits = FakeAccount.Habits.maildrop
    var run = Scenario(source: Letter.account(1, habits: habits), target: FakeAccount())
    #expect(await run.run().total(\.copied) == 1)
    run.target.remove(.inbox)
    run.target.create(.inbox)
    #expect(await run.run().total(\.lost) == 1)
    try run.source.change(.inbox) { box in
      box.messages[UID(5)] = box.messages.removeValue(forKey: UID(1))
      box.nextUID = 6
    }
    let report = await run.run()
    #expect(report.total(\.copied) == 0 && report.total(\.lost) == 1)
    run.options.recopiesLost = true
    #expect(await run.run().total(\.copied) == 1)
    #expect(run.target.texts() == run.source.texts())
  }

  @Test func areMadeAgainWhereAnotherMailHasTheHeaderOfAnEarlierToolsCopy() async throws {
    var run = Scenario(source: Letter.account(1), target: FakeAccount())
    let later = InternalDate(secondsSinceEpoch: 2_000_000, zoneMinutes: 0)
    run.target.deliver(Letter.text(1), date: later)
    #expect(await run.run().total(\.alreadyThere) == 1)
    let other = Array(Letter.text(1, body: "adieu").utf8)
    try run.target.change(.inbox) { $0.messages[UID(1)]?.bytes = other }
    run.options.recopiesLost = true
    #expect(await run.run().total(\.copied) == 1)
    #expect(run.target.texts().contains(Letter.text(1)))
  }

  @Test func areNotSpokenOfWhereTheListingMayBeCut() async throws {
    var habits = FakeAccount.Habits()
    habits.unlisted = [UID(2)]
    var run = try await Self.moved(habits)
    run.options.recopiesLost = true
    let report = await run.run()
    #expect(report.total(\.copied) == 0)
    #expect(report.mailboxes.map { $0.failure?.cause } == [.listingIncomplete])
    #expect(run.target.texts() == run.source.texts())
  }

  @Test func areNotMadeAgainWhereTheOriginalWasRemovedByUs() async throws {
    var run = try await Self.moved()
    run.options.removal = Removal(manner: .expunge, confirmed: 4)
    #expect(await run.run().total(\.removed) == 4)
    try run.target.change(.inbox) { $0.messages[UID(2)] = nil }
    run.options.removal = nil
    run.options.recopiesLost = true
    #expect(await run.run().failure == nil)
    #expect(try await run.records().allSatisfy(\.isAtTarget), "the ledger still tells where it was")
    #expect(try await VerifyTests.kinds(run, .metadata).contains(.missing))
  }

  @Test func areMadeAgainOnceWhateverStepTheRunDiesAt() async throws {
    var steps = 1
    while true {
      var run = try await Self.moved(losing: 2, 4)
      run.options.recopiesLost = true
      let crash = CrashPoint(at: steps)
      let report = await run.run(crash: crash)
      if report.failure == nil { break }
      let resumed = await run.run()
      #expect(resumed.failure == nil, "died at step \(steps)")
      #expect(run.target.texts() == run.source.texts(), "died at step \(steps)")
      run.options.recopiesLost = false
      #expect(await run.run().total(\.copied) == 0, "died at step \(steps)")
      #expect(try await VerifyTests.kinds(run, .bytes) == [], "died at step \(steps)")
      steps += 1
    }
    #expect(steps > 6, "the run has that many durable steps")
  }

  /// After the run died that was to make them again, a backup brings them back, and others bring as
  /// much mail as that run did, so that the numbers go on.
  @Test func areNotDoubledWhereABackupBringsThemBackAfterARunThatDied() async throws {
    for step in 1...24 {
      var run = Scenario(source: Letter.account(2), target: FakeAccount())
      #expect(await run.run().failure == nil)
      let backup = try run.target.read(.inbox) { $0 }
      run.target.expunge([UID(1), UID(2)], in: .inbox)
      run.options.recopiesLost = true
      _ = await run.run(crash: CrashPoint(at: step))
      try run.target.change(.inbox) { $0 = backup }
      for number in 11...14 { run.target.deliver(Letter.text(number)) }
      run.options.recopiesLost = false
      #expect(await run.run().failure == nil)
      let texts = run.target.texts()
      #expect(texts.count == 6 && Set(texts).count == 6, "killed at \(step)")
    }
  }

  /// A backup of the source brought back what an earlier run had deleted there.
  @Test func areMadeAgainWhereTheSourceHasWhatWeRemovedFromIt() async throws {
    var run = try await Self.moved()
    let backup = run.source.backup()
    run.options.removal = Removal(confirmed: 9)
    #expect(await run.run().total(\.removed) == 4)
    run.source.restore(backup)
    try run.target.change(.inbox) { $0.messages[UID(2)] = nil }
    run.options.removal = nil
    run.options.recopiesLost = true
    #expect(await run.run().total(\.copied) == 1)
    #expect(run.target.texts() == run.source.texts())
  }

  /// Two mails under one header, where the numbers do not show that the mailbox is another one.
  @Test func areToldFromOtherMailWithTheSameHeaderByTheirDate() async throws {
    var run = Scenario(source: FakeAccount(), target: FakeAccount())
    let date = { InternalDate(secondsSinceEpoch: $0, zoneMinutes: 0) }
    run.source.deliver(Letter.text(1), date: date(1_000))
    _ = await run.run()
    try run.target.change(.inbox) { box in
      box.messages[UID(1)]?.bytes = Array(Letter.text(1, body: "other").utf8)
      box.messages[UID(1)]?.date = date(2_000)
    }
    run.options.recopiesLost = true
    #expect(await run.run().total(\.copied) == 1)
    #expect(run.target.texts().contains(Letter.text(1)) && run.target.texts().count == 2)
  }
}
