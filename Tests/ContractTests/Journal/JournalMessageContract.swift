// mailmove: the journal's contract, the messages.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite struct JournalMessageContract {
  /// A journal with one pair and UIDs 1 to 3 pending.
  private func enrolled(
    _ kind: JournalKind, _ test: (any Journal, MailboxPair) async throws -> Void
  ) async throws {
    try await kind.with { journal in
      let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
      try await journal.enroll(
        JournalSamples.entries(1...3), uidValidity: JournalSamples.generation, in: pair)
      try await test(journal, pair)
    }
  }

  private func states(_ journal: any Journal, _ pair: MailboxPair) async throws -> [MessageState] {
    try await journal.records(of: pair).map(\.state)
  }

  @Test(arguments: JournalKind.allCases)
  func enrollsWhatWasListedAsPending(_ kind: JournalKind) async throws {
    let flags = FlagSet(system: [.flagged], keywords: [Keyword("b"), Keyword("a")])
    try await enrolled(kind) { journal, pair in
      let undated = Entry(uid: UID(.max), size: 0, internalDate: nil, flags: flags)
      try await journal.enroll([undated], uidValidity: JournalSamples.generation, in: pair)
      let records = try await journal.records(of: pair)
      #expect(records.map(\.key.uid.rawValue) == [1, 2, 3, .max])
      #expect(
        records.first
          == MessageRecord(
            key: JournalSamples.key(1), state: .pending, size: 1_000, listedSize: 1_000,
            internalDate: JournalSamples.entry(1).internalDate))
      #expect(records.last?.flags == flags)
      #expect(records.last?.internalDate == nil)
      #expect(try await journal.standing(of: pair).pending == 4)
    }
  }

  @Test(arguments: JournalKind.allCases)
  func refreshesPendingMessagesButNoOthersWhenTheyAreListedAgain(
    _ kind: JournalKind
  ) async throws {
    try await enrolled(kind) { journal, pair in
      let settled = JournalSamples.stored(2)
      try await journal.record([.settled(settled)], in: pair)
      let again = (1...2).map {
        JournalSamples.entry($0, size: 7, flags: FlagSet(system: [.seen]))
      }
      try await journal.enroll(again, uidValidity: JournalSamples.generation, in: pair)
      let records = try await journal.records(of: pair)
      #expect(records.first?.size == 7)
      #expect(records.first?.flags == FlagSet(system: [.seen]))
      #expect(records.dropFirst().first == settled)
    }
  }

  @Test(arguments: JournalKind.allCases)
  func keepsEveryFieldOfASettledMessage(_ kind: JournalKind) async throws {
    try await enrolled(kind) { journal, pair in
      var bare = JournalSamples.stored(9)
      bare.state = .alreadyThere
      bare.fingerprint = nil
      bare.internalDate = nil
      bare.flags = .none
      bare.targetUID = nil
      bare.note = nil
      bare.listedSize = nil
      bare.dropped = DroppedMetadata()
      var marked = JournalSamples.stored(1)
      marked.removal = .flagged
      let all = [
        marked, JournalSamples.skipped(2), JournalSamples.stored(3), bare,
      ]
      try await journal.record(all.map { .settled($0) }, in: pair)
      #expect(try await journal.records(of: pair) == all)
      #expect(try await journal.standing(of: pair).pending == 0)
    }
  }

  /// In whichever mailbox; not where the person had marked the message before.
  @Test(arguments: JournalKind.allCases)
  func knowsWhichMessagesMayHaveOurMark(_ kind: JournalKind) async throws {
    try await kind.with { journal in
      let pairs = try await journal.freeze(
        ["INBOX", "Sent"].map { JournalSamples.mailbox($0) })
      for (index, mark) in ([nil] + RemovalMark.allCases).enumerated() {
        for isMarked in [false, true] {
          var record = JournalSamples.stored(UInt32(index + 1))
          let bytes = [UInt8](repeating: UInt8(index), count: 31) + [isMarked ? 1 : 0]
          let digest = try #require(SHA256Digest(bytes: bytes))
          record.digest = digest
          record.removal = mark
          record.flags = isMarked ? FlagSet(system: [.seen, .deleted]) : FlagSet(system: .seen)
          try await journal.record([.settled(record)], in: pairs[isMarked ? 1 : 0])
          let mayHaveIt = try await journal.mayHaveOurMark(digest)
          #expect(mayHaveIt == (mark?.mayBeOurDoing == true && !isMarked))
        }
      }
    }
  }

  @Test(arguments: JournalKind.allCases)
  func recordsAllOfAGroupOrNothing(_ kind: JournalKind) async throws {
    try await enrolled(kind) { journal, pair in
      let before = try await journal.records(of: pair)
      await expectFault {
        try await journal.record(
          [
            .settled(JournalSamples.stored(1)), .marked(JournalSamples.key(99), .vanished),
          ], in: pair)
      }
      #expect(try await journal.records(of: pair) == before)
      try await journal.record([.settled(JournalSamples.stored(1))], in: pair)
      #expect(try await states(journal, pair) == [.stored, .pending, .pending])
    }
  }

  @Test(arguments: JournalKind.allCases)
  func neverHoldsAStoredMessageWithoutDigestOrASkippedOneWithoutReason(
    _ kind: JournalKind
  ) async throws {
    try await enrolled(kind) { journal, pair in
      let unproven = MessageRecord(key: JournalSamples.key(1), state: .stored, size: 1)
      let unexplained = MessageRecord(key: JournalSamples.key(1), state: .skipped, size: 1)
      await expectFault { try await journal.record([.settled(unproven)], in: pair) }
      await expectFault { try await journal.record([.settled(unexplained)], in: pair) }
      await expectFault {
        try await journal.record([.marked(JournalSamples.key(1), .stored)], in: pair)
      }
      let states = try await states(journal, pair)
      #expect(states == [.pending, .pending, .pending])
    }
  }

  @Test(arguments: JournalKind.allCases)
  func changesOnlyWhatAnOutcomeIsAbout(_ kind: JournalKind) async throws {
    try await enrolled(kind) { journal, pair in
      var expected = JournalSamples.stored(1)
      try await journal.record([.settled(expected)], in: pair)
      let flags = FlagSet(system: [.answered], keywords: [Keyword("later")])
      try await journal.record(
        [
          .located(JournalSamples.key(1), targetUID: UID(.max)),
          .flagsCarried(JournalSamples.key(1), flags), .marked(JournalSamples.key(1), .lost),
          .relisted(JournalSamples.key(1), size: 1 << 40),
        ], in: pair)
      expected.listedSize = 1 << 40
      expected.targetUID = UID(.max)
      expected.flags = flags
      expected.state = .lost
      #expect(try await journal.records(of: pair).first == expected)
      try await journal.record([.located(JournalSamples.key(1), targetUID: nil)], in: pair)
      #expect(try await journal.records(of: pair).first?.targetUID == nil)
    }
  }

  @Test(arguments: JournalKind.allCases)
  func refusesOutcomesOfMessagesThatAreNotOnRecord(_ kind: JournalKind) async throws {
    let stranger = JournalSamples.key(99)
    try await enrolled(kind) { journal, pair in
      let outcomes: [Outcome] = [
        .located(stranger, targetUID: nil), .flagsCarried(stranger, .none),
        .marked(stranger, .vanished), .rekeyed(from: stranger, to: JournalSamples.stored(100)),
        .relisted(stranger, size: 1),
      ]
      for outcome in outcomes {
        await expectFault { try await journal.record([outcome], in: pair) }
      }
      let records = try await journal.records(of: pair)
      #expect(records.count == 3)
    }
  }

  @Test(arguments: JournalKind.allCases)
  func movesARecordToItsNewKeyOverAPendingOne(_ kind: JournalKind) async throws {
    let newer = UIDValidity(78)
    try await enrolled(kind) { journal, pair in
      try await journal.record([.settled(JournalSamples.stored(1))], in: pair)
      try await journal.enroll(JournalSamples.entries(1...1), uidValidity: newer, in: pair)
      var moved = JournalSamples.stored(1)
      moved.key = JournalSamples.key(1, newer)
      moved.listedSize = 4_711
      var others = try await journal.records(of: pair).filter { $0.state == .pending }
      others[0].key = JournalSamples.key(8, newer)
      try await journal.record(
        [
          .rekeyed(from: JournalSamples.key(1), to: moved),
          .rekeyed(from: JournalSamples.key(2), to: others[0]),
          .rekeyed(from: JournalSamples.key(3), to: others[1]),
        ], in: pair)
      let records = try await journal.records(of: pair)
      #expect(records.map(\.key.uid.rawValue) == [3, 1, 8])
      #expect(records.dropFirst().first == moved)
    }
  }

  @Test(arguments: JournalKind.allCases)
  func movesARecordOverOneThatHasVanishedOrWasSkipped(_ kind: JournalKind) async throws {
    var skipped = MessageRecord(key: JournalSamples.key(1), state: .skipped, size: 2)
    skipped.reason = .messageCutShort
    for occupant in [Outcome.marked(JournalSamples.key(1), .vanished), .settled(skipped)] {
      try await movesARecord(over: occupant, kind)
    }
  }

  private func movesARecord(over occupant: Outcome, _ kind: JournalKind) async throws {
    try await enrolled(kind) { journal, pair in
      try await journal.record([.settled(JournalSamples.stored(2)), occupant], in: pair)
      var moved = JournalSamples.stored(2)
      moved.key = JournalSamples.key(1)
      try await journal.record([.rekeyed(from: JournalSamples.key(2), to: moved)], in: pair)
      #expect(try await journal.records(of: pair).first == moved)
      #expect(try await journal.records(of: pair).count == 2)
    }
  }

  @Test(arguments: JournalKind.allCases)
  func neverMovesARecordOverOneThatIsSettled(_ kind: JournalKind) async throws {
    try await enrolled(kind) { journal, pair in
      try await journal.record([.settled(JournalSamples.stored(1))], in: pair)
      await expectFault {
        try await journal.record(
          [.rekeyed(from: JournalSamples.key(2), to: JournalSamples.stored(1))], in: pair)
      }
      #expect(try await journal.records(of: pair).first == JournalSamples.stored(1))
      #expect(try await journal.records(of: pair).count == 3)
    }
  }

  /// What we marked is marked still when it is wanted again, or listed again after it had vanished,
  /// and counts while it has not; so may be what we removed and somebody put back.
  @Test(arguments: JournalKind.allCases)
  func keepsMarksOfWhatIsWantedAgainAndCountsNoneOfWhatVanished(_ kind: JournalKind) async throws {
    try await enrolled(kind) { journal, pair in
      let marks: [RemovalMark] = [.flagged, .removed, .flagged, .kept, .proven]
      let records = marks.enumerated().map { number, mark in
        var record = JournalSamples.stored(UInt32(number + 1))
        record.removal = mark
        record.state = .lost
        return record
      }
      try await journal.record(records.map { .settled($0) }, in: pair)
      #expect(try await journal.reopen(.lost) == 5)
      try await journal.record([.marked(JournalSamples.key(3), .vanished)], in: pair)
      let left: [RemovalMark?] = [.flagged, .proven, .flagged, nil, .proven]
      #expect(try await journal.records(of: pair).map(\.removal) == left)
      let summary = try await journal.summary()
      #expect(summary.count(.flagged) == 1 && summary.count(.removed) == 0)
    }
  }

  @Test(arguments: JournalKind.allCases)
  func reopensOnlySkippedAndLostMessages(_ kind: JournalKind) async throws {
    try await enrolled(kind) { journal, pair in
      var lost = JournalSamples.stored(1)
      lost.state = .lost
      try await journal.record(
        [.settled(lost), .settled(JournalSamples.skipped(2)), .settled(JournalSamples.stored(3))],
        in: pair)
      #expect(try await journal.reopen(.lost) == 1)
      #expect(try await journal.reopen(.skipped) == 1)
      #expect(try await journal.reopen(.skipped) == 0)
      await expectFault { _ = try await journal.reopen(.stored) }
      let records = try await journal.records(of: pair)
      #expect(records.map(\.state) == [.pending, .pending, .stored])
      #expect(records.first?.digest == lost.digest)
      #expect(records.prefix(2).allSatisfy { $0.reason == nil && $0.note == nil })
      #expect(records.prefix(2).allSatisfy { $0.removal == nil && !$0.dropped.date })
      #expect(records.first?.targetUID == nil)
      #expect(try await journal.standing(of: pair).pending == 2)
    }
  }

  @Test(arguments: JournalKind.allCases)
  func summarisesEachMailboxAndListsMessagesByState(_ kind: JournalKind) async throws {
    try await enrolled(kind) { journal, inbox in
      let pairs = try await journal.freeze([JournalSamples.mailbox("Sent")])
      let sent = try #require(pairs.last)
      var adopted = JournalSamples.stored(2, size: 50)
      adopted.state = .alreadyThere
      try await journal.record(
        [.settled(JournalSamples.stored(1, size: 100)), .settled(adopted)], in: inbox)
      try await journal.record([.settled(JournalSamples.skipped(2))], in: sent)
      try await journal.record([.settled(JournalSamples.skipped(1))], in: sent)
      try await journal.record([.settled(JournalSamples.skipped(3))], in: inbox)
      let summary = try await journal.summary()
      #expect(
        summary.mailboxes == [
          .init(
            pair: inbox, counts: [.stored: 1, .alreadyThere: 1, .skipped: 1], bytesAtTarget: 150),
          .init(pair: sent, counts: [.skipped: 2], bytesAtTarget: 0),
        ])
      let skipped = try await journal.messages(in: .skipped, limit: 2)
      #expect(skipped.map(\.0) == [inbox, sent])
      #expect(skipped.map(\.1) == [JournalSamples.skipped(3), JournalSamples.skipped(1)])
      #expect(try await journal.messages(in: .skipped, limit: 0).isEmpty)
      #expect(try await journal.messages(in: .lost, limit: 10).isEmpty)
    }
  }

  @Test(arguments: JournalKind.allCases)
  func countsWhatWasRemovedFromTheSourceAndWhatWasKept(_ kind: JournalKind) async throws {
    try await enrolled(kind) { journal, inbox in
      let marks: [RemovalMark] = [.removed, .removed, .flagged, .kept, .proven]
      for (index, mark) in marks.enumerated() {
        var record = JournalSamples.stored(UInt32(index + 1))
        record.removal = mark
        try await journal.record([.settled(record)], in: inbox)
      }
      // Once removed, and then at the source again.
      var again = JournalSamples.stored(2)
      again.removal = .kept
      try await journal.record([.settled(again)], in: inbox)
      let summary = try await journal.summary()
      #expect(summary.mailboxes[0].removals == [.removed: 1, .flagged: 1, .kept: 2, .proven: 1])
      #expect(summary.count(.kept) == 2 && summary.mailboxes[0].counts[.stored] == 5)
    }
  }

  @Test(arguments: JournalKind.allCases)
  func whatAServerSaysIsNeverReadAsAMark(_ kind: JournalKind) async throws {
    try await enrolled(kind) { journal, pair in
      for (index, mark) in RemovalMark.allCases.enumerated() {
        var record = JournalSamples.skipped(UInt32(index + 1))
        record.note = "the server refused the message: NO x; \(mark.text); flags not kept: a"
        try await journal.record([.settled(record)], in: pair)
      }
      #expect(try await journal.summary().mailboxes[0].removals.isEmpty)
      let records = try await journal.records(of: pair)
      #expect(records.allSatisfy { $0.removal == nil && $0.dropped == DroppedMetadata() })
    }
  }

  @Test(arguments: JournalKind.allCases)
  func knowsHowManyCopiesHaveNoUID(_ kind: JournalKind) async throws {
    try await enrolled(kind) { journal, pair in
      for uid in 1...3 as ClosedRange<UInt32> {
        var record = JournalSamples.stored(uid)
        if uid > 1 { record.targetUID = nil }
        try await journal.record([.settled(record)], in: pair)
      }
      #expect(try await journal.standing(of: pair).unlocated == 2)
      _ = try await journal.summary()
      #expect(try await journal.standing(of: pair).unlocated == 2)
      try await journal.record([.marked(JournalSamples.key(2), .lost)], in: pair)
      #expect(try await journal.standing(of: pair).unlocated == 1)
    }
  }
}
