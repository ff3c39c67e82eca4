// mailmove: tests of what has to be done.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Testing

@Suite("What has to be done in a mailbox")
struct WorkListTests {
  static let validity = UIDValidity(7)
  static let seen = FlagSet(system: .seen)

  static func entry(_ uid: UInt32, flags: FlagSet = .none) -> Entry {
    Entry(uid: UID(uid), size: 10, internalDate: nil, flags: flags)
  }

  static func record(
    _ uid: UInt32, _ state: MessageState, validity: UIDValidity = validity, flags: FlagSet = .none
  ) -> MessageRecord {
    MessageRecord(
      key: SourceKey(uidValidity: validity, uid: UID(uid)), state: state, size: 10, flags: flags)
  }

  static func snapshot(
    _ entries: [Entry], extent: MailboxSnapshot.Extent = .complete,
    validity: UIDValidity = validity, traits: MailboxSnapshot.Traits = []
  ) -> MailboxSnapshot {
    MailboxSnapshot(
      status: MailboxStatus(
        messages: Int64(entries.count), uidNext: nil, uidValidity: validity, highestModSeq: nil),
      extent: extent, entries: entries, traits: traits)
  }

  @Test(arguments: MessageState.allCases)
  func whatIsNoLongerListedMayBeUnderAnotherKeyOnlyWhereKeysChange(_ state: MessageState) {
    let records = [Self.record(1, state), Self.record(2, .stored)]
    let steady = WorkList(snapshot: Self.snapshot([Self.entry(2)]), records: records)
    #expect(steady.unlisted.isEmpty)
    let changing = WorkList(
      snapshot: Self.snapshot([Self.entry(2)], traits: .keysMayChange), records: records)
    let isKnown = state == .stored || state == .alreadyThere || state == .lost
    #expect(changing.unlisted.map(\.key.uid) == (isKnown ? [UID(1)] : []))
    #expect(changing.stale.isEmpty)
    let partial = WorkList(
      snapshot: Self.snapshot([], extent: .changes(among: UIDSet([])), traits: .keysMayChange),
      records: records)
    #expect(partial.unlisted.isEmpty)
  }

  @Test func aSourceWithoutFlagsTakesNoneAway() {
    let work = WorkList(
      snapshot: Self.snapshot([Self.entry(1)], traits: .withoutFlags),
      records: [Self.record(1, .stored, flags: Self.seen)])
    #expect(work.drifts.isEmpty)
  }

  @Test func whatIsNotOnRecordIsMovedInTheOrderOfTheMailbox() {
    let work = WorkList(
      snapshot: Self.snapshot([Self.entry(1), Self.entry(2), Self.entry(3)]),
      records: [Self.record(2, .pending)])
    #expect(work.unknown.map(\.uid) == [UID(1), UID(3)])
    #expect(work.toMove.map(\.uid) == [UID(1), UID(2), UID(3)])
  }

  @Test(arguments: MessageState.allCases)
  func onlyPendingAndVanishedMessagesAreMovedAgain(_ state: MessageState) {
    let work = WorkList(
      snapshot: Self.snapshot([Self.entry(1)]), records: [Self.record(1, state)])
    #expect(work.unknown.isEmpty)
    switch state {
    case .pending, .vanished: #expect(work.toMove.count == 1)
    case .stored, .alreadyThere, .skipped, .lost: #expect(work.toMove.isEmpty)
    }
  }

  @Test(arguments: MessageState.allCases)
  func onlyFlagsOfMessagesAtTheTargetDrift(_ state: MessageState) {
    let work = WorkList(
      snapshot: Self.snapshot([Self.entry(1, flags: Self.seen)]),
      records: [Self.record(1, state)])
    let isThere = state == .stored || state == .alreadyThere
    #expect(work.drifts.map(\.flags) == (isThere ? [Self.seen] : []))
  }

  @Test func equalFlagsAreNoDrift() {
    let work = WorkList(
      snapshot: Self.snapshot([Self.entry(1, flags: Self.seen)]),
      records: [Self.record(1, .stored, flags: Self.seen)])
    #expect(work.unknown.isEmpty && work.toMove.isEmpty && work.drifts.isEmpty)
    #expect(work.gone.isEmpty && work.vanished.isEmpty && work.stale.isEmpty)
  }

  @Test func aSizeThatALedgerDidNotKeepIsLearntFromTheListing() {
    var known = Self.record(2, .stored)
    known.listedSize = 10
    let work = WorkList(
      snapshot: Self.snapshot([Self.entry(1), Self.entry(2)]),
      records: [Self.record(1, .stored), known])
    #expect(work.sizes == [.relisted(Self.record(1, .stored).key, size: 10)])
  }

  @Test func aMessageThatWasNotMovedAndIsNotListedHasVanished() {
    let records = [
      Self.record(3, .pending), Self.record(1, .pending), Self.record(2, .stored),
      Self.record(4, .skipped),
    ]
    let work = WorkList(snapshot: Self.snapshot([]), records: records)
    #expect(work.vanished.map(\.uid) == [UID(1), UID(3), UID(4)])
  }

  @Test func aListOfChangesProvesNothingAboutWhatItLeavesOut() {
    let work = WorkList(
      snapshot: Self.snapshot([], extent: .changes(among: UIDSet([]))),
      records: [Self.record(1, .pending)])
    #expect(work.vanished.isEmpty)
  }

  @Test func recordsUnderAnotherUIDValidityAreStale() {
    let old = Self.record(1, .stored, validity: UIDValidity(6))
    let work = WorkList(snapshot: Self.snapshot([Self.entry(1)]), records: [old])
    #expect(work.stale == [old])
    #expect(work.toMove.count == 1 && work.vanished.isEmpty)
  }

  @Test(arguments: [WorkListTests.validity, .unknown])
  func whatWasPendingUnderAnotherUIDValidityIsNotWaitedForForEver(_ validity: UIDValidity) {
    let old = Self.record(1, .pending, validity: UIDValidity(6))
    let work = WorkList(
      snapshot: Self.snapshot([Self.entry(1)], validity: validity), records: [old])
    #expect(work.vanished == [old.key])
    #expect(work.unknown.map(\.uid) == [UID(1)] && work.stale.isEmpty)
  }

  @Test func withoutAKnownUIDValidityWhatIsPendingAndListedIsStillToBeMoved() {
    let records = [1, 2].map { Self.record($0, .pending, validity: .unknown) }
    let work = WorkList(
      snapshot: Self.snapshot([Self.entry(1)], validity: .unknown), records: records)
    #expect(work.vanished == [records[1].key] && work.toMove.map(\.uid) == [UID(1)])
  }

  @Test func withoutAKnownUIDValidityEveryRecordIsStale() {
    let old = Self.record(1, .stored, validity: .unknown)
    let work = WorkList(
      snapshot: Self.snapshot([Self.entry(1)], validity: .unknown), records: [old])
    #expect(work.stale == [old])
    #expect(work.toMove.map(\.uid) == [UID(1)])
  }
}
