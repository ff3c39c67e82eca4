// mailmove: tests of accounts that are not what they were at the last run.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Synchronization
import Testing

/// What people and servers do between two runs: backups put back, mailboxes deleted and made anew.
@Suite("An account that is not what it was at the last run")
struct MovedGroundTests {
  private static let other = FlagSet(system: .flagged)

  private static func moved(_ count: Int, target: FakeAccount = FakeAccount()) async -> Scenario {
    let run = Scenario(source: Letter.account(count), target: target)
    #expect(await run.run().failure == nil)
    return run
  }

  private static func putBack(_ box: FakeAccount.Box, in account: FakeAccount) throws {
    try account.change(.inbox) { $0 = box }
  }

  private static func dated(_ second: Int64) -> InternalDate {
    InternalDate(secondsSinceEpoch: 1_700_000_000 + second, zoneMinutes: 0)
  }

  // MARK: The source

  @Test(arguments: [true, false])
  func aUIDThatTheSourceGivesAgainIsAnotherMessage(_ hasModSeq: Bool) async throws {
    var habits = FakeAccount.Habits()
    habits.hasModSeq = hasModSeq
    // Every other number is the same again.
    habits.tellsSize = true
    var run = Scenario(source: Letter.account(5, habits: habits), target: FakeAccount())
    _ = await run.run()
    let backup = try run.source.read(.inbox) { $0 }
    for number in 6...8 { run.source.deliver(Letter.text(number)) }
    _ = await run.run()
    try Self.putBack(backup, in: run.source)
    for number in 16...18 { run.source.deliver(Letter.text(number), date: Self.dated(9)) }
    run.options.removal = Removal(confirmed: 99)
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.copied) == 3)
    #expect(run.target.texts().count == 11)
    #expect(run.source.texts().isEmpty)
    for number in 16...18 { #expect(run.target.texts().contains(Letter.text(number))) }
    #expect(try await VerifyTests.kinds(run, .bytes) == [])
    #expect(await run.run().total(\.copied) == 0)
  }

  @Test func aMailboxThatWasFilledAgainIsListedThoughItsLastMessageIsGone() async throws {
    var habits = FakeAccount.Habits()
    habits.tellsSize = true
    let run = Scenario(source: Letter.account(3, habits: habits), target: FakeAccount())
    _ = await run.run()
    let backup = try run.source.read(.inbox) { $0 }
    for number in 4...5 { run.source.deliver(Letter.text(number)) }
    try run.source.change(.inbox) { $0.messages[UID(5)] = nil }
    _ = await run.run()
    try Self.putBack(backup, in: run.source)
    for number in 14...15 { run.source.deliver(Letter.text(number), date: Self.dated(9)) }
    try run.source.change(.inbox) { $0.messages[UID(5)] = nil }
    #expect(await run.run().total(\.copied) == 1)
    #expect(run.target.texts().contains(Letter.text(14)))
  }

  @Test func mailThatWasHiddenInTheFirstRunIsMovedOnceItIsListed() async throws {
    let run = Scenario(source: Letter.account(3), target: FakeAccount())
    try run.source.change(.inbox) { $0.hidden = [UID(1), UID(2)] }
    #expect(await run.run().total(\.copied) == 1)
    try run.source.change(.inbox) { $0.hidden = [] }
    #expect(await run.run().total(\.copied) == 2)
    #expect(run.target.texts() == run.source.texts())
  }

  /// No number tells that, where as much other mail went; a list of all UIDs does.
  @Test func mailThatWasHiddenInTheFirstRunIsMovedThoughAnotherOneWent() async throws {
    let run = Scenario(source: Letter.account(3), target: FakeAccount())
    try run.source.change(.inbox) { $0.hidden = [UID(1)] }
    #expect(await run.run().total(\.copied) == 2)
    run.source.expunge([UID(2)], in: .inbox)
    try run.source.change(.inbox) { $0.hidden = [] }
    #expect(await run.run().total(\.copied) == 1)
    #expect(run.target.texts().contains(Letter.text(1)))
  }

  /// A mailbox is known by what its mail was copied under, though the run that did it gave up mail
  /// of the one that had its name before.
  @Test func aMailboxMadeAnewIsKnownWhereItsRunDiedAndMailOfTheOldOneWasPending() async throws {
    let (old, new) = (MailboxName(wire: "Old"), MailboxName(wire: "New"))
    for step in 1...18 {
      var habits = FakeAccount.Habits()
      habits.givesOwnUIDValidity = true
      var run = Scenario(source: FakeAccount(habits: habits), target: FakeAccount())
      run.source.create(old)
      #expect(await run.run().failure == nil)
      run.source.deliver(Letter.text(1), to: old)
      run.onTarget = { request in
        guard request.hasPrefix("append") else { return }
        throw SyncError(.targetFull, scope: .endpoint, remedy: .stop, side: .target)
      }
      #expect(await run.run().failure?.cause == .targetFull)
      run.onTarget = { _ in }
      run.source.remove(old)
      run.source.create(old)
      run.source.deliver(Letter.text(2), to: old)
      _ = await run.run(crash: CrashPoint(at: step))
      run.source.rename(old, to: new)
      #expect(await run.run().failure == nil)
      let all = run.target.boxes.values.flatMap(\.messages.values)
      #expect(all.count == 1, "killed at \(step)")
      #expect(all.first?.bytes == Array(Letter.text(2).utf8))
    }
  }

  /// What was passed over lies at the target without a receipt, and comes under another key in a
  /// run that dies.
  @Test func aCopyOfWhatWasPassedOverIsFoundThoughItsKeyChangedInARunThatDied() async throws {
    for step in 1...20 {
      var habits = FakeAccount.Habits.maildrop
      habits.withheld = [UID(1)]
      let target = FakeAccount()
      target.deliver(Letter.text(1))
      let box = Letter.account(1).boxes
      let journal = MemoryJournal()
      // A copy without a receipt is behind the place where the next run begins to look.
      let first = Scenario(
        source: FakeAccount(habits: habits, boxes: box), target: target, journal: journal)
      first.source.deliver(Letter.text(2))
      #expect(await first.run().total(\.skipped) == 1)
      habits.withheld = []
      var run = Scenario(
        source: FakeAccount(habits: habits, boxes: first.source.boxes), target: target,
        journal: journal)
      try run.source.change(.inbox) { box in
        box.messages[UID(5)] = box.messages.removeValue(forKey: UID(1))
        box.nextUID = 6
      }
      _ = await run.run(crash: CrashPoint(at: step))
      #expect(await run.run().failure == nil)
      #expect(target.texts() == [Letter.text(1), Letter.text(2)], "killed at \(step)")
      run.options.recopiesLost = true
      #expect(await run.run().total(\.copied) == 0)
    }
  }

  /// What was deleted before it was handed out, and had a copy all the same, comes again under
  /// another UID in a run that dies.
  @Test func aCopyOfWhatVanishedIsFoundThoughItCameAgainInARunThatDied() async throws {
    for step in 1...20 {
      let target = FakeAccount()
      target.deliver(Letter.text(1))
      let run = Scenario(source: Letter.account(1), target: target)
      let other = Letter.text(22, body: "other")
      run.source.deliver(other)
      var habits = FakeAccount.Habits()
      habits.withheld = [UID(1)]
      let withheld = FakeAccount(habits: habits, boxes: run.source.boxes)
      var first = Scenario(source: withheld, target: target, journal: run.journal)
      first.onSource = { request in
        guard request == "fetch INBOX 1" else { return }
        try withheld.change(.inbox) { $0.messages[UID(1)] = nil }
      }
      #expect(await first.run().total(\.vanished) == 1)
      try run.source.change(.inbox) { box in
        box.messages[UID(5)] = box.messages.removeValue(forKey: UID(1))
        box.nextUID = 6
        let modSeq = box.nextModSeq(0)
        box.messages[UID(5)]?.modSeq = modSeq
      }
      _ = await run.run(crash: CrashPoint(at: step))
      #expect(await run.run().failure == nil)
      #expect(target.texts() == [Letter.text(1), other], "killed at \(step)")
    }
  }

  /// A mailbox that is empty while a run dies in it may be filled by a backup, with numbers that go
  /// on.
  @Test func aCopyIsFoundThoughTheMailboxWasEmptyInARunThatDied() async throws {
    for step in 1...20 {
      let run = Scenario(source: Letter.account(1), target: FakeAccount())
      run.target.deliver(Letter.text(1))
      let backup = try run.target.read(.inbox) { $0 }
      run.target.expunge([UID(1)], in: .inbox)
      guard await run.run(crash: CrashPoint(at: step)).failure != nil else { break }
      try Self.putBack(backup, in: run.target)
      for number in 11...14 { run.target.deliver(Letter.text(number)) }
      #expect(await run.run().failure == nil)
      #expect(run.target.texts().filter { $0 == Letter.text(1) }.count == 1, "killed at \(step)")
    }
  }

  /// By a checkpoint that is older than what is on record nothing is unchanged.
  @Test func otherMailUnderAUIDThatWasWantedAgainIsNotTakenForItWhenTheBackupIsBack() async throws {
    for step in 1...24 {
      let refusals = Mutex(1)
      var habits = FakeAccount.Habits()
      habits.refuse = { _ in
        refusals.withLock { left in
          left -= 1
          return left < 0
            ? nil : SyncError(.messageRefused, scope: .message, remedy: .skip, side: .target)
        }
      }
      var run = Scenario(source: Letter.account(1), target: FakeAccount(habits: habits))
      #expect(await run.run().total(\.skipped) == 1)
      let backup = run.source.backup()
      let later = InternalDate(secondsSinceEpoch: 2_000_000, zoneMinutes: 0)
      try run.source.change(.inbox) { box in
        box.messages[UID(1)]?.bytes = Array(Letter.text(2).utf8)
        box.messages[UID(1)]?.date = later
        let modSeq = box.nextModSeq(0)
        box.messages[UID(1)]?.modSeq = modSeq
      }
      run.options.retriesSkipped = true
      _ = await run.run(crash: CrashPoint(at: step))
      run.source.restore(backup)
      #expect(await run.run().failure == nil)
      #expect(run.target.texts().contains(Letter.text(1)), "killed at \(step)")
    }
  }

  /// A listing of all costs much; what has vanished is no reason for one, if it is not listed.
  @Test func mailThatVanishedIsNotLookedForInAFullListing() async throws {
    var run = Scenario(source: Letter.account(3), target: FakeAccount())
    run.onTarget = { request in
      guard request.hasPrefix("append") else { return }
      throw SyncError(.targetFull, scope: .endpoint, remedy: .stop, side: .target)
    }
    #expect(await run.run().failure?.cause == .targetFull)
    run.onTarget = { _ in }
    run.source.expunge([UID(2)], in: .inbox)
    #expect(await run.run().total(\.copied) == 2)
    #expect(try await run.records().contains { $0.state == .vanished })
    run.source.deliver(Letter.text(4))
    let listings = Mutex(0)
    run.onSource = { request in
      if request.hasPrefix("snapshot") { listings.withLock { $0 += 1 } }
    }
    #expect(await run.run().total(\.copied) == 1)
    #expect(listings.withLock { $0 } == 1)
  }

  @Test func whatWasStillToBeMovedOutOfADeletedMailboxIsMovedWhenThatIsBack() async throws {
    let refusals = Mutex(0)
    var habits = FakeAccount.Habits()
    habits.refuse = { _ in
      guard
        refusals.withLock({ left in
          defer { left -= 1 }
          return left > 0
        })
      else { return nil }
      return SyncError(.messageRefused, scope: .message, remedy: .skip, side: .target)
    }
    let name = MailboxName(wire: "Work")
    var run = Scenario(source: Letter.account(1), target: FakeAccount(habits: habits))
    #expect(await run.run().failure == nil)
    refusals.withLock { $0 = 1 }
    run.source.create(name)
    for number in 1...2 { run.source.deliver(Letter.text(number), to: name) }
    #expect(await run.run().total(\.skipped) == 1)
    let backup = run.source.backup()
    run.source.remove(name)
    run.options.retriesSkipped = true
    #expect(await run.run().failure == nil)
    run.source.restore(backup)
    run.options.retriesSkipped = false
    #expect(await run.run().failure == nil)
    #expect(run.target.texts(of: name) == run.source.texts(of: name))
  }

  /// What a dead run had found out about UIDs on record is found out for all of them.
  @Test func allMessagesUnderUIDsThatAreGivenAgainAreMovedThoughARunDied() async throws {
    var steps = 1
    while true {
      let run = await Self.moved(2)
      try run.source.change(.inbox) { box in
        for uid in box.uids {
          box.messages[uid]?.bytes = Array(Letter.text(Int(uid.rawValue) + 10).utf8)
        }
        box.modSeq += 1
        let modSeq = box.modSeq
        box.messages[UID(2)]?.modSeq = modSeq
      }
      let crash = CrashPoint(at: steps)
      _ = await run.run(crash: crash)
      guard crash.isDead else { break }
      #expect(await run.run().failure == nil)
      #expect(
        Set(run.target.texts()).isSuperset(of: run.source.texts()), "\(steps): \(crash.lastStep)")
      #expect(run.target.contents().count == 4)
      steps += 1
    }
    #expect(steps > 3)
  }

  @Test func mailThatIsListedAgainIsMovedThoughAnotherOneWent() async throws {
    var run = await Self.moved(2)
    run.target.expunge([UID(1)], in: .inbox)
    try run.source.change(.inbox) { $0.hidden = [UID(1)] }
    run.options.recopiesLost = true
    #expect(await run.run().failure == nil)
    run.options.recopiesLost = false
    run.source.expunge([UID(2)], in: .inbox)
    try run.source.change(.inbox) { $0.hidden = [] }
    #expect(await run.run().failure == nil)
    #expect(run.target.texts().contains(Letter.text(1)))
  }

  @Test func aSourceThatWasPutBackIsTold() async throws {
    var run = await Self.moved(3)
    let backup = try run.source.read(.inbox) { $0 }
    run.source.deliver(Letter.text(4))
    _ = await run.run()
    try Self.putBack(backup, in: run.source)
    let warnings = Warnings()
    run.observer = warnings.observe
    #expect(await run.run().total(\.copied) == 0)
    #expect(warnings.all.count == 1 && warnings.all[0].contains("earlier state"))
    run.source.deliver(Letter.text(14), date: Self.dated(1))
    #expect(await run.run().total(\.copied) == 1)
    #expect(run.target.texts().count == 5)
  }

  @Test func aServerThatLostItsIndexesIsNotReadAgain() async throws {
    var run = await Self.moved(4)
    try run.source.change(.inbox) { $0.modSeq = 1 }
    let asked = RequestLog()
    run.onSource = { asked.note($0) }
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.copied) == 0)
    #expect(asked.count("fetch") == 0, "\(asked.all)")
  }

  /// A maildrop tells no dates: header and size under the UID on record are enough here.
  @Test(arguments: [true, false])
  func aTargetThatLostItsIndexesIsNotReadAgain(_ hasDates: Bool) async throws {
    let habits = FakeAccount.Habits.maildrop
    var run = Scenario(source: FakeAccount(habits: habits), target: FakeAccount())
    let date = hasDates ? InternalDate(secondsSinceEpoch: 1_000_000, zoneMinutes: 60) : nil
    for number in 1...2 {
      run.source.deliver(Letter.text(number), date: date)
      #expect(await run.run().total(\.copied) == 1)
    }
    run.target.loseIndexes()
    let asked = RequestLog()
    run.onTarget = { asked.note($0) }
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.copied) == 0)
    #expect(asked.count("headers") == 1 && asked.count("fetch") == 0, "\(asked.all)")
  }

  /// What it is known by is on record before its mail is.
  @Test(arguments: [true, false])
  func aMailboxMadeAnewIsFollowedAfterARunThatDied(_ tellsMailboxID: Bool) async throws {
    let (kunden, work) = (MailboxName(wire: "Kunden"), MailboxName(wire: "Work"))
    var habits = FakeAccount.Habits()
    habits.tellsMailboxID = tellsMailboxID
    habits.givesOwnUIDValidity = !tellsMailboxID
    var steps = 1
    while true {
      let run = Scenario(source: FakeAccount(habits: habits), target: FakeAccount())
      for name in [kunden, work] { run.source.create(name) }
      #expect(await run.run().failure == nil)
      run.source.remove(work)
      run.source.create(work)
      run.source.deliver(Letter.text(1), to: work)
      let crash = CrashPoint(at: steps)
      _ = await run.run(crash: crash)
      run.source.swap(kunden, work)
      #expect(await run.run().failure == nil)
      let copies = run.target.names.flatMap { run.target.texts(of: $0) }
      #expect(copies == [Letter.text(1)], "\(steps): \(crash.lastStep)")
      guard crash.isDead else { break }
      steps += 1
    }
    #expect(steps > 8)
  }

  /// Killed before it could put on record how far the target had come.
  @Test(arguments: [false, true])
  func aTargetThatWasPutBackBeforeAKilledRunHasLostItsCopies(_ hasNewMail: Bool) async throws {
    var steps = 1
    while true {
      let run = Scenario(source: Letter.account(2), target: FakeAccount())
      let backup = try run.target.read(.inbox) { $0 }
      let report = await run.run(crash: CrashPoint(at: steps))
      let pair = try await run.journal.pairs().first
      if let pair, try await run.journal.standing(of: pair).source != nil { break }
      #expect(report.failure != nil)
      try Self.putBack(backup, in: run.target)
      if hasNewMail {
        for number in 7...8 { run.target.deliver(Letter.text(number), date: Self.dated(5)) }
      }
      let after = await run.run()
      let there = run.target.texts().count - (hasNewMail ? 2 : 0)
      #expect(there + after.total(\.lost) == 2, "died at step \(steps)")
      steps += 1
    }
    #expect(steps > 8)
  }

  // MARK: The target

  @Test func aTargetThatWasPutBackAfterARunThatDiedLookingIsNotTakenForWhatThatRunSaw()
    async throws
  {
    var steps = 1
    while true {
      let run = await Self.moved(2)
      let backup = try run.target.read(.inbox) { $0 }
      CrashTests.renumber(run.target)
      let crash = CrashPoint(at: steps)
      _ = await run.run(crash: crash)
      guard crash.isDead else { break }
      try run.target.change(.inbox) { $0 = backup }
      _ = await run.run()
      let there = try run.target.read(.inbox) { $0.messages }
      for record in try await run.records() {
        let copy = record.targetUID.flatMap { there[$0] }
        #expect(copy.map { SHA256Digest(of: $0.bytes) } == record.digest, "step \(steps)")
      }
      steps += 1
    }
    #expect(steps > 3)
  }

  /// UIDs ascend (RFC 9051, 2.3.1.1), so one that is told a second time shows it.
  @Test(arguments: [1, 2])
  func aTargetThatIsPutBackBeforeACopyIsNoticedByItsUID(_ copy: Int) async throws {
    var run = await Self.moved(1)
    let backup = run.target.backup()
    if copy == 1 {
      run.source.deliver(Letter.text(9))
      #expect(await run.run().total(\.copied) == 1)
    }
    for number in 2...3 { run.source.deliver(Letter.text(number)) }
    let (target, requests) = (run.target, RequestLog())
    run.onTarget = { request in
      if request.hasPrefix("settle"), requests.note("settle") == copy { target.restore(backup) }
    }
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.lost) == 1, "what was put away is told")
    run.onTarget = { _ in }
    run.options.recopiesLost = true
    #expect(await run.run().total(\.copied) == 1)
    #expect(run.target.texts() == run.source.texts())
    #expect(try await VerifyTests.kinds(run, .bytes) == [])
  }

  @Test(arguments: [true, false])
  func whatWasInADeletedMailboxIsLostAndNotAnotherMessage(_ tellsUIDs: Bool) async throws {
    var habits = FakeAccount.Habits()
    habits.tellsUIDs = tellsUIDs
    var run = await Self.moved(2, target: FakeAccount(habits: habits))
    run.target.remove(.inbox)
    try run.target.make(.inbox, uidValidity: 9)
    run.source.deliver(Letter.text(9))
    let report = await run.run()
    #expect(report.total(\.copied) == 1 && report.total(\.lost) == 2)
    try run.source.setFlags(Self.other, of: 1)
    #expect(await run.run().total(\.lost) == 2)
    #expect(run.target.flags() == [.none])
    run.options.recopiesLost = true
    #expect(await run.run().total(\.copied) == 2)
    #expect(run.target.texts() == run.source.texts())
    run.options.removal = Removal(confirmed: 9)
    let cleared = await run.run()
    #expect(cleared.failure == nil && cleared.total(\.removed) == 3)
    #expect(run.target.texts().count == 3)
  }

  @Test func aDeletedMailboxIsNoticedThoughTheSourceHasNothingNew() async throws {
    var run = await Self.moved(2)
    run.target.remove(.inbox)
    try run.target.make(.inbox, uidValidity: 9)
    let warnings = Warnings()
    run.observer = warnings.observe
    for _ in 1...2 { #expect(await run.run().total(\.lost) == 2) }
    #expect(!warnings.all.isEmpty)
    run.options.recopiesLost = true
    let report = await run.run()
    #expect(report.total(\.copied) == 2 && report.total(\.lost) == 0)
    #expect(run.target.texts() == run.source.texts())
  }

  @Test func whatAnEarlierRunLostIsCopiedByTheRunThatFindsOut() async throws {
    var run = await Self.moved(3)
    run.target.remove(.inbox)
    try run.target.make(.inbox, uidValidity: 9)
    run.options.recopiesLost = true
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.copied) == 3 && report.total(\.lost) == 0)
    #expect(run.target.texts() == run.source.texts())
  }

  @Test func aTargetThatWasPutBackHasNoFlagsSetOnMailOfOthers() async throws {
    let run = await Self.moved(5)
    let backup = try run.target.read(.inbox) { $0 }
    for number in 6...8 { run.source.deliver(Letter.text(number)) }
    _ = await run.run()
    try Self.putBack(backup, in: run.target)
    run.target.deliver(Letter.text(77))
    for number in 9...10 { run.source.deliver(Letter.text(number)) }
    let report = await run.run()
    #expect(report.total(\.copied) == 2 && report.total(\.lost) == 3)
    try run.source.setFlags(Self.other, of: 6)
    #expect(await run.run().total(\.lost) == 3)
    #expect(run.target.flags().allSatisfy { $0 == .none })
  }

  /// Others delivered as many messages as were lost, so that no number tells.
  @Test(arguments: [false, true])
  func flagsOfACopyUnderWhichAnotherMessageLiesAreLeftAlone(hasNewKeys: Bool) async throws {
    let run = await Self.moved(2)
    let backup = try run.target.read(.inbox) { $0 }
    run.source.deliver(Letter.text(3))
    _ = await run.run()
    try Self.putBack(backup, in: run.target)
    run.target.deliver(Letter.text(77))
    try run.source.setFlags(Self.other, of: 3)
    // Its record is found by the bytes of the original then, which say nothing about the copy.
    if hasNewKeys { run.source.renumber(.inbox) }
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.lost) == 1)
    #expect(run.target.flags().allSatisfy { $0 == .none })
  }

  /// The record is found under its new key at the source, and its copy under a new UID.
  /// Drafts and reports often have the same header and size.
  @Test func flagsGoToTheCopyWithTheDateWhereHeadersAreTheSame() async throws {
    let run = Scenario(source: FakeAccount(), target: FakeAccount())
    for number in 1...2 {
      run.source.deliver(
        Letter.text(1, body: "body \(number)"),
        date: InternalDate(secondsSinceEpoch: 1_000_000 * Int64(number), zoneMinutes: 0))
    }
    #expect(await run.run().failure == nil)
    try run.target.change(.inbox) { box in
      (box.messages[UID(1)], box.messages[UID(2)]) = (box.messages[UID(2)], box.messages[UID(1)])
    }
    try run.source.setFlags(FlagSet(system: .flagged), of: 1)
    #expect(await run.run().failure == nil)
    for copy in run.target.contents() {
      let isFirst = copy.bytes == Array(Letter.text(1, body: "body 1").utf8)
      #expect(copy.flags == (isFirst ? FlagSet(system: .flagged) : .none))
    }
  }

  @Test func flagsGoToTheRightCopyWhenBothSidesGaveNewNumbers() async throws {
    let run = await Self.moved(3)
    for account in [run.source, run.target] { CrashTests.renumber(account) }
    try run.source.change(.inbox) { box in
      for uid in box.uids where box.messages[uid]?.bytes == Array(Letter.text(1).utf8) {
        box.messages[uid]?.flags = Self.other
      }
    }
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.copied) == 0 && report.total(\.lost) == 0)
    let flagged = run.target.contents().filter { $0.flags == Self.other }.map(\.bytes)
    #expect(flagged == [Array(Letter.text(1).utf8)])
  }

  @Test func aLossIsToldThoughTheSourceHasTheMailboxNoLonger() async throws {
    let name = MailboxName(wire: "Old")
    let run = Scenario(source: Letter.account(1), target: FakeAccount())
    run.source.create(name)
    run.source.deliver(Letter.text(2), to: name)
    _ = await run.run()
    run.target.remove(name)
    #expect(await run.run().total(\.lost) == 1)
    run.source.remove(name)
    for _ in 1...2 { #expect(await run.run().total(\.lost) == 1) }
  }

  @Test func copiesThatWereNeverLocatedAreLocatedByTheNextRun() async throws {
    var habits = FakeAccount.Habits()
    habits.tellsUIDs = false
    var run = Scenario(source: Letter.account(3), target: FakeAccount(habits: habits))
    let asked = RequestLog()
    run.onTarget = { request in
      guard request.hasPrefix("headers"), asked.note("headers") == 1 else { return }
      throw SyncError(
        .connectionLost, scope: .connection, remedy: .retry(after: nil), side: .target)
    }
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.copied) == 3)
    #expect(try await run.records().allSatisfy { $0.targetUID != nil })
    #expect(try await VerifyTests.kinds(run, .bytes) == [])
  }

  @Test func aCopyProvesOneOriginal() async throws {
    var run = await Self.moved(2)
    let pair = try #require(try await run.journal.pairs().first)
    let second = try await run.records()[1].key
    try await run.journal.record([.located(second, targetUID: UID(1))], in: pair)
    run.options.removal = Removal(confirmed: 9)
    let report = await run.run()
    #expect(report.total(\.removed) == 1 && report.total(\.kept) == 1)
    #expect(run.source.texts().count == 1)
  }

  /// Between the proof and the removal the source is put back, and gives the UID again.
  @Test func whatIsDeletedIsNowTheMessageThatWasProven() async throws {
    var run = await Self.moved(2)
    let source = run.source
    run.onSource = { request in
      guard request == "connect remover" else { return }
      try source.change(.inbox) { box in
        box.messages[UID(2)]?.bytes = Array(Letter.text(99).utf8)
      }
    }
    run.options.removal = Removal(confirmed: 9)
    let report = await run.run()
    #expect(report.total(\.removed) == 1 && report.total(\.kept) == 1)
    #expect(run.source.texts() == [Letter.text(99)])
  }
}

extension FakeAccount {
  /// Makes a mailbox under a UIDVALIDITY of its own, as servers do.
  fileprivate func make(_ name: MailboxName, uidValidity: Int64) throws {
    create(name)
    try change(name) { $0.uidValidity = UIDValidity(uidValidity) }
  }
}
