// mailmove: what is removed from the source.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Synchronization
import Testing

@testable import SyncEngine

@Suite struct RemovalTests {
  private static let letters = (1...6).map {
    "Message-ID: <\($0)@example.org>\r\nSubject: letter \($0)\r\n\r\nbody \($0)\r\n"
  }

  private func scenario(
    _ removal: Removal, source: FakeAccount.Habits = .init(), target: FakeAccount.Habits = .init()
  ) -> Scenario {
    var scenario = Scenario(
      source: FakeAccount(habits: source),
      target: FakeAccount(
        habits: target, boxes: [.inbox: FakeAccount.Box(uidValidity: UIDValidity(7))]))
    scenario.options.removal = removal
    for (number, letter) in Self.letters.enumerated() {
      scenario.source.deliver(
        letter, flags: number == 1 ? FlagSet(system: .seen) : .none,
        date: InternalDate(secondsSinceEpoch: Int64(number) * 1_000, zoneMinutes: 0))
    }
    return scenario
  }

  /// A finished run that has marked all six messages at the source.
  private func marked() async -> Scenario {
    var removal = agreed
    removal.manner = .flagOnly
    var scenario = scenario(removal)
    #expect(await scenario.run().total(\.removed) == 6)
    scenario.options.removal = nil
    return scenario
  }

  private static let work = MailboxName(wire: "Work")
  private static let attic = MailboxName(wire: "Attic")

  /// A source with two empty folders beside its INBOX.
  private func folders() -> Scenario {
    let scenario = Scenario(source: FakeAccount(), target: FakeAccount())
    for name in [Self.work, Self.attic] { scenario.source.create(name) }
    return scenario
  }

  private var agreed: Removal { Removal(confirmed: 6) }

  private func bytes(_ account: FakeAccount) -> Set<String> {
    Set(account.contents().map { String(decoding: $0.bytes, as: UTF8.self) })
  }

  @Test(arguments: [false, true]) func theOldBoxIsEmptyAndTheNewOneWhole(atEnd: Bool) async throws {
    var habits = FakeAccount.Habits()
    habits.removesAtEnd = atEnd
    let scenario = scenario(agreed, source: habits)
    let report = await scenario.run()
    #expect(report.failure == nil)
    #expect(report.total(\.removed) == 6 && report.total(\.kept) == 0)
    #expect(scenario.source.contents().isEmpty)
    #expect(bytes(scenario.target) == Set(Self.letters))
    let records = try await scenario.journal.messages(in: .stored, limit: 10)
    #expect(records.count == 6)
    #expect(records.allSatisfy { $0.1.removal == .removed })
  }

  @Test func nothingIsRemovedWithoutBeingAsked() async {
    var scenario = scenario(agreed)
    scenario.options.removal = nil
    #expect(await scenario.run().failure == nil)
    #expect(scenario.source.contents().count == 6)
  }

  /// Under another UIDVALIDITY nothing tells that mail is gone which an earlier run was about to
  /// remove.
  @Test func mailUnderOtherNumbersIsNotOnRecordAsRemoved() async throws {
    var scenario = scenario(agreed)
    scenario.onSource = { request in
      if request.hasPrefix("remove") {
        throw SyncError(
          .connectionLost, scope: .connection, remedy: .retry(after: nil), side: .source)
      }
    }
    #expect(await scenario.run().failure?.cause == .connectionLost)
    // The listing of all mailboxes is over by then.
    scenario.onSource = { [source = scenario.source] request in
      if request.hasPrefix("snapshot") { source.renumber(.inbox) }
    }
    _ = await scenario.run()
    let records = try await scenario.journal.messages(in: .stored, limit: 10)
    #expect(records.count == 6 && scenario.source.contents().count == 6)
    #expect(records.allSatisfy { $0.1.removal == .proven })
  }

  /// Fewer are listed because we removed some, so as many as before are more.
  @Test func mailThatWasHiddenIsMovedThoughWeRemovedTheRest() async throws {
    let scenario = scenario(agreed)
    try scenario.source.change(.inbox) { $0.hidden = [UID(1), UID(2), UID(3)] }
    let report = await scenario.run()
    #expect(report.total(\.copied) == 3 && report.total(\.removed) == 3)
    try scenario.source.change(.inbox) { $0.hidden = [] }
    #expect(await scenario.run().total(\.copied) == 3)
    #expect(bytes(scenario.target) == Set(Self.letters))
  }

  /// What a maildrop lists under another key only after it was left alone is not gone.
  @Test func mailThatWasLeftAloneIsNotOnRecordAsRemoved() async throws {
    var habits = FakeAccount.Habits()
    habits.traits = .keysMayChange
    var scenario = scenario(agreed, source: habits)
    let source = scenario.source
    scenario.onSource = { request in
      switch request {
      case "connect remover":
        try source.change(.inbox) { $0.messages[UID(1)]?.bytes = [] }
      case "commit":
        try source.change(.inbox) { box in
          box.messages[UID(9)] = box.messages.removeValue(forKey: UID(1))
          box.nextUID = 10
        }
      default: break
      }
    }
    #expect(await scenario.run().total(\.removed) == 5)
    let records = try await scenario.journal.messages(in: .stored, limit: 10)
    #expect(records.map(\.1.removal) == [.proven] + Array(repeating: .removed, count: 5))
    #expect(source.contents().count == 1)
  }

  @Test func moreThanHalfOfAMailboxNeedsAgreement() async {
    let scenario = scenario(Removal())
    let report = await scenario.run()
    #expect(report.failure?.cause == .tooManyRemovals)
    #expect(report.failure?.hint.contains("--confirm-deletes 6") == true)
    #expect(scenario.source.contents().count == 6 && scenario.target.contents().count == 6)
  }

  @Test func agreementToFewerIsNoAgreement() async {
    let scenario = scenario(Removal(confirmed: 5))
    #expect(await scenario.run().failure?.cause == .tooManyRemovals)
    #expect(scenario.source.contents().count == 6)
  }

  @Test func onlyOldMessagesGoWhenAnAgeIsGiven() async {
    let scenario = scenario(Removal(before: 3_000))
    let report = await scenario.run()
    #expect(report.failure == nil && report.total(\.removed) == 3)
    #expect(bytes(scenario.source) == Set(Self.letters.suffix(3)))
  }

  @Test func whatTheTargetDidNotKeepStaysAtTheSource() async {
    var habits = FakeAccount.Habits()
    habits.loses = { String(decoding: $0.bytes, as: UTF8.self).contains("letter 2") }
    let scenario = scenario(agreed, target: habits)
    _ = await scenario.run()
    #expect(bytes(scenario.source).union(bytes(scenario.target)) == Set(Self.letters))
    #expect(bytes(scenario.source).contains(Self.letters[1]))
  }

  @Test(arguments: [false, true]) func rewrittenCopiesAreProofOnlyWhenTrusted(trust: Bool) async {
    var habits = FakeAccount.Habits()
    habits.rewrite = { $0.map { $0 == 0 ? 0x80 : $0 } }
    var removal = agreed
    removal.trustsRewritten = trust
    removal.confirmed = 7
    let scenario = scenario(removal, target: habits)
    scenario.source.deliver("Subject: nul\r\n\r\na\0b\r\n")
    let report = await scenario.run()
    #expect(report.total(\.kept) == (trust ? 0 : 1))
    #expect(scenario.source.contents().count == (trust ? 0 : 1))
  }

  @Test func otherBytesAreNeverProof() async throws {
    var habits = FakeAccount.Habits()
    habits.rewrite = { $0.dropLast(4) + Array("!!\r\n".utf8) }
    var removal = agreed
    removal.trustsRewritten = true
    let scenario = scenario(removal, target: habits)
    let report = await scenario.run()
    #expect(report.total(\.kept) == 6 && scenario.source.contents().count == 6)
    let summary = try await scenario.journal.summary()
    #expect(summary.count(.kept) == 6 && summary.count(.removed) == 0)
  }

  @Test func aMessageThatWasKeptIsNotTakenForOneThatWeMarkedOurselves() async throws {
    var habits = FakeAccount.Habits()
    habits.rewrite = { $0.dropLast(4) + Array("!!\r\n".utf8) }
    let scenario = scenario(agreed, target: habits)
    _ = await scenario.run()
    try scenario.source.setFlags(FlagSet(system: .deleted), of: 1)
    _ = await scenario.run()
    #expect(scenario.target.contents()[0].flags.system.contains(.deleted))
  }

  @Test func aServerThatCannotExpungeExactlyIsLeftAlone() async {
    var habits = FakeAccount.Habits()
    habits.expungesExactly = false
    let scenario = scenario(agreed, source: habits)
    #expect(await scenario.run().failure?.cause == .cannotRemove)
    #expect(scenario.source.contents().allSatisfy { !$0.flags.system.contains(.deleted) })
    #expect(scenario.source.contents().count == 6)
  }

  /// Neither under other UIDs nor with a copy that is made again.
  @Test(arguments: [true, false], [true, false])
  func theMarkByWhichMessagesAreRemovedIsNeverCarriedOver(hasMoved: Bool, isLost: Bool) async {
    var scenario = await marked()
    if hasMoved { scenario.source.renumber(.inbox) }
    if isLost {
      scenario.target.expunge([UID(2), UID(5)], in: .inbox)
      scenario.options.recopiesLost = true
      scenario.options.flagPolicy = .source
    }
    #expect(await scenario.run().total(\.copied) == (isLost ? 2 : 0))
    _ = await scenario.run()
    #expect(bytes(scenario.target) == Set(Self.letters))
    #expect(scenario.target.contents().allSatisfy { !$0.flags.system.contains(.deleted) })
  }

  /// Neither by the second copy that is made again, nor with another flag.
  @Test func theMarkByWhichMessagesAreRemovedStaysOursWhenCopiesAreMadeAgain() async {
    var scenario = await marked()
    scenario.options.recopiesLost = true
    for _ in 1...2 {
      scenario.target.expunge(scenario.target.boxes[.inbox]?.uids ?? [], in: .inbox)
      #expect(await scenario.run().total(\.copied) == 6)
    }
    scenario.source.toggle(FlagSet(system: .flagged), of: UID(1), in: .inbox)
    scenario.options.flagPolicy = .source
    #expect(await scenario.run().total(\.flagsUpdated) == 1)
    #expect(scenario.target.contents().allSatisfy { !$0.flags.system.contains(.deleted) })
  }

  /// The copies are gone, so that the messages are copied as new ones.
  @Test func theMarkByWhichMessagesAreRemovedIsKnownUnderOtherUIDsWithoutACopy() async {
    let scenario = await marked()
    scenario.target.expunge(scenario.target.boxes[.inbox]?.uids ?? [], in: .inbox)
    scenario.source.renumber(.inbox)
    #expect(await scenario.run().total(\.copied) == 6)
    #expect(scenario.target.contents().allSatisfy { !$0.flags.system.contains(.deleted) })
  }

  @Test func theMarkByWhichMessagesAreRemovedIsKnownOfMailThatWasHiddenMeanwhile() async throws {
    var scenario = await marked()
    scenario.options.recopiesLost = true
    scenario.target.expunge(scenario.target.boxes[.inbox]?.uids ?? [], in: .inbox)
    try scenario.source.change(.inbox) { $0.hidden = [UID(1)] }
    #expect(await scenario.run().total(\.copied) == 5)
    try scenario.source.change(.inbox) { $0.hidden = [] }
    #expect(await scenario.run().total(\.copied) == 1)
    #expect(scenario.target.contents().allSatisfy { !$0.flags.system.contains(.deleted) })
  }

  /// A person, or another program, takes the mail to another place with its flags.
  @Test(arguments: [MailboxName.inbox, attic])
  func theMarkByWhichMessagesAreRemovedIsKnownInWhicheverMailbox(_ place: MailboxName) async {
    let scenario = await marked()
    scenario.source.create(Self.attic)
    scenario.source.copy(UID(1), in: .inbox, to: place, moving: true)
    #expect(await scenario.run().total(\.copied) == 1)
    let copies = scenario.target.boxes.keys.flatMap { scenario.target.contents(of: $0) }
    #expect(copies.count == 7)
    #expect(copies.allSatisfy { !$0.flags.system.contains(.deleted) })
  }

  /// It is set while the mailbox has the name of another one, and each message has a copy for both.
  @Test func theMarkByWhichMessagesAreRemovedIsKnownAfterNamesWereSwapped() async {
    var scenario = folders()
    let (work, attic) = (Self.work, Self.attic)
    scenario.source.deliver(Letter.text(1), to: work)
    #expect(await scenario.run().total(\.copied) == 1)
    scenario.source.swap(work, attic)
    scenario.options.removal = Removal(manner: .flagOnly, confirmed: 1)
    #expect(await scenario.run().total(\.removed) == 1)
    scenario.options.removal = nil
    scenario.options.flagPolicy = .source
    scenario.source.swap(work, attic)
    for _ in 1...2 { #expect(await scenario.run().total(\.flagsUpdated) == 0) }
    scenario.source.toggle(FlagSet(system: .flagged), of: UID(1), in: work)
    #expect(await scenario.run().total(\.flagsUpdated) == 1)
    let copies = [work, attic].flatMap { scenario.target.contents(of: $0) }
    #expect(copies.count == 2)
    #expect(copies.allSatisfy { !$0.flags.system.contains(.deleted) })
  }

  /// What is copied again is asked for under a UID that stands for another message by now.
  @Test func theMarkByWhichMessagesAreRemovedIsKnownOfBothAfterNamesWereSwapped() async {
    var scenario = folders()
    let (work, attic) = (Self.work, Self.attic)
    scenario.source.deliver(Letter.text(1), to: attic)
    scenario.source.deliver(Letter.text(2, body: "good bye"), to: work)
    scenario.options.removal = Removal(manner: .flagOnly, confirmed: 2)
    #expect(await scenario.run().total(\.removed) == 2)
    scenario.options.removal = nil
    scenario.source.swap(work, attic)
    scenario.target.expunge([UID(1)], in: attic)
    scenario.options.recopiesLost = true
    #expect(await scenario.run().total(\.copied) == 2)
    let copies = [work, attic].flatMap { scenario.target.contents(of: $0) }
    #expect(copies.count == 3)
    #expect(copies.allSatisfy { !$0.flags.system.contains(.deleted) })
  }

  /// The mark is in the backup, and the messages had been removed for good since.
  @Test func theMarkByWhichMessagesAreRemovedIsKnownInABackup() async {
    var scenario = await marked()
    let backup = scenario.source.backup()
    scenario.options.removal = agreed
    #expect(await scenario.run().total(\.removed) == 6)
    scenario.source.restore(backup)
    scenario.target.expunge(scenario.target.boxes[.inbox]?.uids ?? [], in: .inbox)
    scenario.options.removal = nil
    scenario.options.recopiesLost = true
    #expect(await scenario.run().total(\.copied) == 6)
    #expect(scenario.target.contents().allSatisfy { !$0.flags.system.contains(.deleted) })
  }

  /// Under other UIDs, the record of the one with the mark is not that of the other for good.
  @Test func theMarkByWhichMessagesAreRemovedIsNotOnRecordForTwo() async throws {
    var scenario = Scenario(source: Letter.account(1), target: FakeAccount())
    scenario.source.copy(UID(1), in: .inbox, to: .inbox, moving: false)
    #expect(await scenario.run().total(\.copied) == 2)
    scenario.target.expunge([UID(2)], in: .inbox)
    scenario.options.removal = agreed
    scenario.options.removal?.manner = .flagOnly
    #expect(await scenario.run().total(\.removed) == 1)
    scenario.options.removal = nil
    scenario.source.renumber(.inbox)
    #expect(await scenario.run().failure == nil)
    #expect(try await scenario.records().filter { $0.removal == .flagged }.count == 1)
  }

  /// Of two records of the same bytes only one is of the message with the mark.
  @Test(arguments: [true, false])
  func theMarkByWhichMessagesAreRemovedIsTheRightOneOfTwoEqualMessages(moving: Bool) async {
    var scenario = Scenario(source: Letter.account(1), target: FakeAccount())
    #expect(await scenario.run().total(\.copied) == 1)
    scenario.source.copy(UID(1), in: .inbox, to: .inbox, moving: moving)
    scenario.options.removal = agreed
    scenario.options.removal?.manner = .flagOnly
    #expect(await scenario.run().total(\.removed) == (moving ? 1 : 2))
    scenario.options.removal = nil
    scenario.source.renumber(.inbox)
    #expect(await scenario.run().failure == nil)
    #expect(scenario.target.contents().count == 2)
    #expect(scenario.target.contents().allSatisfy { !$0.flags.system.contains(.deleted) })
  }

  /// A run that could not prove a copy says so, and does not forget whose mark it is.
  @Test(arguments: [true, false])
  func theMarkByWhichMessagesAreRemovedStaysOursWithoutProof(isGone: Bool) async throws {
    var scenario = await marked()
    let other = Array(Letter.text(9).utf8)
    try scenario.target.change(.inbox) { box in
      if isGone { box.messages[UID(2)] = nil } else { box.messages[UID(2)]?.bytes = other }
    }
    scenario.options.removal = agreed
    #expect(await scenario.run().total(\.kept) == 1)
    scenario.options.removal = nil
    scenario.options.recopiesLost = true
    #expect(await scenario.run().total(\.copied) == 1)
    #expect(scenario.target.contents().allSatisfy { !$0.flags.system.contains(.deleted) })
  }

  @Test func theMarkByWhichMessagesAreRemovedIsNotCarriedOver() async {
    var habits = FakeAccount.Habits()
    habits.expungesExactly = false
    var removal = agreed
    removal.manner = .flagOnly
    var scenario = scenario(removal, source: habits)
    let report = await scenario.run()
    #expect(report.failure == nil && report.total(\.removed) == 6)
    #expect(scenario.source.contents().allSatisfy { $0.flags.system.contains(.deleted) })
    scenario.options.removal = nil
    _ = await scenario.run()
    #expect(scenario.target.contents().allSatisfy { !$0.flags.system.contains(.deleted) })
    #expect(scenario.target.contents()[1].flags.system == .seen)
  }

  @Test func oneMailboxUnderTwoAddressesIsNotEmptied() async {
    var scenario = scenario(agreed)
    scenario = Scenario(source: scenario.source, target: scenario.source)
    scenario.options.removal = agreed
    let report = await scenario.run()
    #expect(report.failure?.cause == .sameMailboxOnBothSides)
    #expect(bytes(scenario.source) == Set(Self.letters))
  }

  @Test func twinsThatWereCopiedAreTwoMailboxes() async throws {
    let scenario = Scenario(
      source: FakeAccount(boxes: [.inbox: FakeAccount.Box(uidValidity: UIDValidity(7))]),
      target: FakeAccount(boxes: [.inbox: FakeAccount.Box(uidValidity: UIDValidity(7))]))
    for letter in Self.letters { scenario.source.deliver(letter) }
    var removing = scenario
    removing.options.removal = agreed
    let report = await removing.run()
    #expect(report.failure == nil && report.total(\.removed) == 6)
    #expect(bytes(scenario.target) == Set(Self.letters))
  }

  @Test func mailThatArrivesMeanwhileDoesNotHideThatItIsOneMailbox() async {
    let account = scenario(agreed).source
    var scenario = Scenario(source: account, target: account)
    scenario.options.removal = agreed
    let listings = Mutex(0)
    scenario.onSource = { request in
      guard request == "snapshot INBOX" else { return }
      let count = listings.withLock { count in
        count += 1
        return count
      }
      if count > 1 { account.deliver("Subject: just now \(count)\r\n\r\n\r\n") }
    }
    let report = await scenario.run()
    #expect(report.failure?.cause == .sameMailboxOnBothSides)
    #expect(bytes(account).isSuperset(of: Self.letters))
  }

  /// A maildrop may give other unique-ids in the session that removes.
  @Test func whatIsListedUnderAnotherKeyIsNotOnRecordAsRemoved() async throws {
    var habits = FakeAccount.Habits()
    habits.removesAtEnd = true
    habits.traits = .keysMayChange
    habits.hasModSeq = false
    var scenario = scenario(agreed, source: habits)
    let source = scenario.source
    scenario.onSource = { request in
      guard request == "connect remover" else { return }
      try source.change(.inbox) { box in
        for uid in box.uids {
          box.messages[UID(uid.rawValue + 100)] = box.messages.removeValue(forKey: uid)
        }
        box.nextUID += 100
      }
    }
    let report = await scenario.run()
    #expect(report.failure == nil && report.total(\.removed) == 0 && report.total(\.kept) == 6)
    #expect(try await scenario.records().allSatisfy { $0.removal != .removed })
    scenario.onSource = { _ in }
    #expect(await scenario.run().total(\.removed) == 6)
    #expect(source.contents().isEmpty && bytes(scenario.target) == Set(Self.letters))
    #expect(scenario.target.contents().count == 6)
  }

  /// Of two with the same bytes one was removed. The other one, which was to be removed and stayed,
  /// is the one that is listed under another key.
  @Test func whatWasRemovedIsNotTakenForWhatIsListedUnderAnotherKey() async throws {
    var habits = FakeAccount.Habits()
    habits.traits = .keysMayChange
    habits.hasModSeq = false
    var scenario = Scenario(source: FakeAccount(habits: habits), target: FakeAccount())
    for _ in 1...2 { scenario.source.deliver(Self.letters[0]) }
    scenario.options.removal = agreed
    scenario.onSource = { [source = scenario.source] request in
      if request == "connect remover" {
        try source.change(.inbox) { $0.messages[UID(2)]?.bytes = [] }
      }
    }
    #expect(await scenario.run().total(\.removed) == 1)
    scenario.onSource = { _ in }
    try scenario.source.change(.inbox) { box in
      box.messages[UID(2)]?.bytes = Array(Self.letters[0].utf8)
      box.messages[UID(9)] = box.messages.removeValue(forKey: UID(2))
      box.nextUID = 10
    }
    scenario.options.removal?.before = 0
    #expect(await scenario.run().failure == nil)
    #expect(scenario.source.contents().count == 1)
    #expect(try await scenario.records().filter { $0.removal == .removed }.count == 1)
  }

  /// A backup of the source brings back what was removed, under other numbers or the same.
  @Test(arguments: [true, false])
  func whatIsListedAgainIsNotOnRecordAsRemoved(hasOtherNumbers: Bool) async throws {
    var scenario = scenario(agreed)
    let backup = scenario.source.backup()
    #expect(await scenario.run().total(\.removed) == 6)
    scenario.source.restore(backup)
    if hasOtherNumbers { scenario.source.renumber(.inbox) }
    scenario.options.removal = nil
    #expect(await scenario.run().failure == nil)
    #expect(scenario.target.contents().count == 6)
    #expect(try await scenario.records().allSatisfy { $0.removal != .removed })
  }

  /// With groups a run can die when everything was appended and nothing is on record.
  @Test(arguments: [
    (false, Removal.Manner.expunge, 1), (false, .flagOnly, 1), (true, .expunge, 1),
    (false, .expunge, 6), (true, .expunge, 6),
  ])
  func killedAtAnyStepOnlyProvenMessagesAreMissing(
    atEnd: Bool, manner: Removal.Manner, group: Int
  ) async throws {
    var habits = FakeAccount.Habits()
    habits.removesAtEnd = atEnd
    if atEnd { habits.traits = .keysMayChange }
    var grouping = FakeAccount.Habits()
    grouping.groupMax = group
    var removal = agreed
    removal.manner = manner
    let counting = CrashPoint()
    _ = await scenario(removal, source: habits, target: grouping).run(crash: counting)
    #expect(counting.steps > 10)
    for step in 1...counting.steps {
      let scenario = scenario(removal, source: habits, target: grouping)
      let crash = CrashPoint(at: step)
      _ = await scenario.run(crash: crash)
      let there = bytes(scenario.target)
      #expect(bytes(scenario.source).union(there) == Set(Self.letters), "step \(step)")
      let again = await scenario.run()
      #expect(again.failure == nil, "step \(step): \(crash.lastStep)")
      #expect(scenario.target.contents().count == 6, "step \(step)")
      #expect(bytes(scenario.target) == Set(Self.letters))
      #expect(scenario.target.contents().allSatisfy { !$0.flags.system.contains(.deleted) })
      #expect(scenario.source.contents().count == (manner == .expunge ? 0 : 6))
      let records =
        try await scenario.journal.messages(in: .stored, limit: 10)
        + scenario.journal.messages(in: .alreadyThere, limit: 10)
      let marks = Set(records.map { $0.1.removal })
      #expect(records.count == 6 && marks == [manner == .expunge ? .removed : .flagged])
    }
  }
}
