// mailmove: tests of what is counted once.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import SyncEngine
import Testing

@testable import SQLiteJournal

@Suite struct TallyTests {
  @Test func aMailboxIsCountedAgainOnlyWhenItsMessagesHaveChanged() async throws {
    let bench = try Bench()
    let first = try bench.open()
    let pairs = try await first.freeze(["INBOX", "Sent"].map { JournalSamples.mailbox($0) })
    for pair in pairs {
      try await first.record([.settled(JournalSamples.stored(1))], in: pair)
    }
    #expect(try await first.summary().count(.stored) == 2)
    try first.close()
    // Something that no counting would come to.
    try bench.tamper("UPDATE tally SET stored = 70")
    let second = try bench.open()
    #expect(try await second.summary().count(.stored) == 140)
    try await second.record([.settled(JournalSamples.stored(2))], in: pairs[0])
    #expect(try await second.summary().mailboxes.map { $0.counts[.stored] } == [2, 70])
    try second.close()
  }

  @Test func lookingCountsWithoutWriting() async throws {
    let bench = try Bench()
    let journal = try bench.open()
    let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
    try await journal.record([.settled(JournalSamples.stored(1))], in: pair)
    try journal.close()
    let before = try bench.contents()
    let looked = try #require(try SQLiteJournal.openForReading(at: bench.path))
    #expect(try await looked.summary().count(.stored) == 1)
    #expect(try await looked.standing(of: pair).pending == 0)
    try looked.close()
    #expect(try bench.contents() == before)
  }

  @Test func aSummaryThatCannotBeKeptIsRightAllTheSame() async throws {
    let bench = try Bench()
    let first = try bench.open()
    let pair = try #require(try await first.freeze([JournalSamples.mailbox("INBOX")]).first)
    try first.close()
    try bench.tamper(
      """
      CREATE TRIGGER full BEFORE INSERT ON tally BEGIN SELECT RAISE(ABORT, 'no room'); END
      """)
    let second = try bench.open()
    for uid in 1...2 as ClosedRange<UInt32> {
      try await second.record([.settled(JournalSamples.stored(uid))], in: pair)
      for _ in 1...2 { #expect(try await second.summary().count(.stored) == Int(uid)) }
    }
    try second.close()
  }

  @Test func everyStateAndEveryMarkHasAColumn() {
    let columns = Tally.columns.split(separator: ",").map { $0.drop { $0 == " " } }
    #expect(columns.count == MessageState.allCases.count + 2 + RemovalMark.allCases.count)
  }

  /// As `status` names what was to be removed and stays: it counts no more of them than it names.
  @Test func whatVanishedIsNeitherCountedNorNamedByItsMark() async throws {
    let bench = try Bench()
    let journal = try bench.open()
    let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
    let records = ((1...2) as ClosedRange<UInt32>).map { uid in
      var record = JournalSamples.stored(uid)
      record.removal = .proven
      return record
    }
    try await journal.record(
      records.map { .settled($0) } + [.marked(JournalSamples.key(1), .vanished)], in: pair)
    #expect(try await journal.summary().count(.proven) == 1)
    #expect(try await journal.messages(marked: .proven, limit: 9).map(\.1) == [records[1]])
    try journal.close()
  }
}
