// mailmove: tests of rows that share their statements.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Testing

@testable import SQLiteJournal

@Suite struct RowTests {
  /// Long enough for the same statement to be used again for rows that lack what others had.
  @Test func aRowHasNothingOfTheRowsBeforeIt() async throws {
    let bench = try Bench()
    let journal = try bench.open()
    let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
    let uids: ClosedRange<UInt32> = 1...450
    func isFull(_ uid: UInt32) -> Bool { (uid - 1) / 150 != 1 }
    let entries = uids.map { uid in
      isFull(uid)
        ? JournalSamples.entry(
          uid, flags: FlagSet(system: .seen, keywords: [Keyword("K\(uid)")]))
        : Entry(uid: UID(uid), size: 5, internalDate: nil, flags: .none)
    }
    try await journal.enroll(entries, uidValidity: JournalSamples.generation, in: pair)
    for (entry, record) in zip(entries, try await journal.records(of: pair)) {
      #expect(record.key.uid == entry.uid && record.size == entry.size)
      #expect(record.internalDate == entry.internalDate)
      #expect(record.flags == entry.flags)
    }

    let settled = uids.map { uid in
      isFull(uid)
        ? JournalSamples.stored(uid)
        : MessageRecord(
          key: JournalSamples.key(uid), state: .vanished, size: 5, flags: .none)
    }
    try await journal.record(settled.map(Outcome.settled), in: pair)
    #expect(try await journal.records(of: pair) == settled)
    try journal.close()
  }
}
