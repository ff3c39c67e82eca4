// mailmove: the journal's contract, what the messages come to.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite struct JournalSummaryContract {
  /// What a summary has to say, counted from the records.
  private func counted(_ journal: any Journal) async throws -> JobSummary {
    var lines: [JobSummary.MailboxLine] = []
    for pair in try await journal.pairs() {
      let records = try await journal.records(of: pair)
      lines.append(
        JobSummary.MailboxLine(
          pair: pair, counts: Dictionary(records.map { ($0.state, 1) }, uniquingKeysWith: +),
          bytesAtTarget: records.filter(\.isAtTarget).reduce(0) { $0 + $1.size },
          removals: Dictionary(
            records.compactMap { record in record.removal.map { ($0, 1) } },
            uniquingKeysWith: +)))
    }
    return JobSummary(mailboxes: lines)
  }

  private var marked: MessageRecord {
    var record = JournalSamples.stored(6)
    record.removal = .kept
    return record
  }

  @Test(arguments: JournalKind.allCases)
  func theSummaryIsRightAfterEveryChange(_ kind: JournalKind) async throws {
    try await kind.with { journal in
      let pairs = try await journal.freeze(["INBOX", "Sent"].map { JournalSamples.mailbox($0) })
      let (inbox, sent) = (pairs[0], pairs[1])
      let key = JournalSamples.key(1)
      var lost = JournalSamples.stored(5)
      lost.state = .lost
      let enroll = { (uids: ClosedRange<UInt32>, pair: MailboxPair) in
        try await journal.enroll(
          JournalSamples.entries(uids), uidValidity: JournalSamples.generation, in: pair)
      }
      let record = { (outcome: Outcome) in try await journal.record([outcome], in: inbox) }
      let changes: [() async throws -> Void] = [
        { try await enroll(1...6, inbox) }, { try await enroll(1...1, sent) },
        { try await record(.settled(JournalSamples.stored(1))) },
        { try await record(.settled(JournalSamples.skipped(4))) },
        { try await record(.settled(lost)) }, { try await record(.settled(marked)) },
        { try await record(.marked(key, .alreadyThere)) },
        { try await record(.rekeyed(from: key, to: JournalSamples.stored(2))) },
        { try await record(.marked(JournalSamples.key(2), .vanished)) },
        { try await enroll(7...9, inbox) }, { _ = try await journal.reopen(.lost) },
        { _ = try await journal.reopen(.skipped) },
        { _ = try await journal.freeze([JournalSamples.mailbox("Drafts")]) },
      ]
      for (number, change) in changes.enumerated() {
        try await change()
        let expected = try await counted(journal)
        for _ in 1...2 { #expect(try await journal.summary() == expected, "change \(number)") }
        for line in expected.mailboxes {
          #expect(
            try await journal.standing(of: line.pair).pending == line.counts[.pending] ?? 0,
            "change \(number)")
        }
      }
    }
  }

  @Test(arguments: JournalKind.allCases)
  func aChangeThatFailsChangesNoSummary(_ kind: JournalKind) async throws {
    try await kind.with { journal in
      let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
      try await journal.enroll(
        JournalSamples.entries(1...3), uidValidity: JournalSamples.generation, in: pair)
      let before = try await journal.summary()
      await #expect(throws: SyncError.self) {
        try await journal.record(
          [
            .settled(JournalSamples.stored(1)), .marked(JournalSamples.key(99), .vanished),
          ], in: pair)
      }
      #expect(try await journal.summary() == before)
      #expect(try await journal.standing(of: pair).pending == 3)
    }
  }

  @Test(arguments: JournalKind.allCases, [1, 15, 16, 17, 64, 99, 100, 101, 250])
  func groupsOfEverySizeArriveWholeAndInOrder(_ kind: JournalKind, size: Int) async throws {
    try await kind.with { journal in
      let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
      let uids = 1...UInt32(size)
      try await journal.enroll(
        JournalSamples.entries(uids), uidValidity: JournalSamples.generation, in: pair)
      #expect(try await journal.records(of: pair).map(\.key.uid.rawValue) == Array(uids))
      var outcomes: [Outcome] = uids.map { .settled(JournalSamples.skipped($0)) }
      // What is said of a message later counts, whatever is said in between.
      outcomes += uids.map { .settled(JournalSamples.stored($0)) }
      outcomes.append(.flagsCarried(JournalSamples.key(1), .none))
      outcomes.append(.located(JournalSamples.key(UInt32(size)), targetUID: UID(1)))
      try await journal.record(outcomes, in: pair)
      var expected = uids.map { JournalSamples.stored($0) }
      expected[0].flags = .none
      expected[size - 1].targetUID = UID(1)
      #expect(try await journal.records(of: pair) == expected)
    }
  }

  @Test(arguments: JournalKind.allCases)
  func messagesOfAMailboxThatIsNotInTheMapAreRefused(_ kind: JournalKind) async throws {
    try await kind.with { journal in
      let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
      let stranger = MailboxPair(id: pair.id + 1, mapped: pair.mapped)
      let calls: [() async throws -> Void] = [
        {
          try await journal.enroll(
            JournalSamples.entries(1...3), uidValidity: JournalSamples.generation, in: stranger)
        }, { try await journal.record([.settled(JournalSamples.stored(1))], in: stranger) },
      ]
      for call in calls {
        let error = await #expect(throws: SyncError.self) { try await call() }
        #expect(error?.cause == .internalFault && error?.remedy == .stop)
      }
      #expect(try await journal.summary().mailboxes.map(\.counts) == [[:]])
    }
  }
}
