// mailmove: tests of what survives.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailTestKit
import MailWire
import SyncEngine
import Testing

@testable import SQLiteJournal

@Suite struct DurabilityTests {
  @Test func isWholeInItsFileAloneOnceARunHasEnded() async throws {
    let bench = try Bench()
    let journal = try bench.open()
    let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
    try await journal.enroll(
      JournalSamples.entries(1...100), uidValidity: JournalSamples.generation, in: pair)
    // What looks meanwhile, such as the metrics of a run, keeps the log from being cleared away.
    let reader = try #require(try SQLiteJournal.openForReading(at: bench.path))
    #expect(try await reader.pairs().count == 1)
    try journal.close()
    let copy = try Bench()
    try bench.contents().write(to: URL(fileURLWithPath: copy.path))
    try reader.close()
    let other = try copy.open()
    #expect(try await other.records(of: pair).count == 100)
    try other.close()
  }

  @Test func hasEverythingItConfirmedAfterAKill() async throws {
    let bench = try Bench()
    let path = bench.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let journal = try SQLiteJournal.open(at: path, job: Bench.job)
      let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
      try await journal.enroll(
        JournalSamples.entries(1...100), uidValidity: JournalSamples.generation, in: pair)
      try await journal.begin(pair, at: JournalSamples.anchor(5))
      for uid in UInt32(1)...40 {
        try await journal.record([.settled(JournalSamples.stored(uid))], in: pair)
      }
      kill(getpid(), SIGKILL)
    }
    let reader = try #require(try SQLiteJournal.openForReading(at: path))
    let pair = try #require(try await reader.pairs().first)
    #expect(try await reader.standing(of: pair).pending == 60)
    try reader.close()
    let journal = try bench.open()
    let records = try await journal.records(of: pair)
    #expect(records.prefix(40).elementsEqual((1...40).map { JournalSamples.stored($0) }))
    #expect(records.dropFirst(40).count == 60)
    #expect(records.dropFirst(40).allSatisfy { $0.state == .pending })
    #expect(try await journal.standing(of: pair).target == JournalSamples.anchor(5))
    try journal.close()
  }

  @Test func opensWithTheCommitsBeforeTheTearWhenTheWALIsCutOff() async throws {
    let bench = try Bench()
    let journal = try bench.open()
    let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
    for uid in UInt32(1)...20 {
      try await journal.record([.settled(JournalSamples.stored(uid))], in: pair)
    }
    let file = try bench.contents()
    let wal = try Data(contentsOf: URL(fileURLWithPath: bench.path + "-wal"))
    try journal.close()
    var counts: [Int] = []
    for length in stride(from: wal.count, to: wal.count / 2, by: -3_000) {
      let torn = try Bench()
      try file.write(to: URL(fileURLWithPath: torn.path))
      try wal.prefix(length).write(to: URL(fileURLWithPath: torn.path + "-wal"))
      let reopened = try torn.open()
      let records = try await reopened.records(of: pair)
      #expect(records == (0..<records.count).map { JournalSamples.stored(UInt32($0 + 1)) })
      counts.append(records.count)
      try reopened.close()
    }
    #expect(counts.first == 20)
    #expect(counts.count > 2)
    #expect(counts == counts.sorted(by: >))
  }

  @Test func keepsItsStateAndSaysSoWhenTheDiskIsFull() async throws {
    let bench = try Bench()
    let journal = try bench.open()
    let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
    try await journal.record([.settled(JournalSamples.stored(1))], in: pair)
    try await journal.write { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
    }
    let error = await #expect(throws: SyncError.self) {
      try await journal.enroll(
        JournalSamples.entries(2...5_000), uidValidity: JournalSamples.generation, in: pair)
    }
    #expect(error?.cause == .diskFull)
    #expect(try await journal.records(of: pair) == [JournalSamples.stored(1)])
    try await journal.write { try $0.execute(sql: "PRAGMA max_page_count = 100000") }
    try await journal.enroll(
      JournalSamples.entries(2...5_000), uidValidity: JournalSamples.generation, in: pair)
    #expect(try await journal.standing(of: pair).pending == 4_999)
    try journal.close()
  }

  @Test func recordsWhatTheTargetAcknowledgedEvenWhenTheTaskIsCancelled() async throws {
    let bench = try Bench()
    let journal = try bench.open()
    let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await journal.record([.settled(JournalSamples.stored(1))], in: pair)
    }
    try await task.value
    #expect(try await journal.records(of: pair) == [JournalSamples.stored(1)])
    try journal.close()
  }

  @Test func keepsAReasonThatOnlyAnotherVersionKnows() async throws {
    let bench = try Bench()
    let journal = try bench.open()
    let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
    try await journal.record([.settled(JournalSamples.skipped(1))], in: pair)
    try await journal.write { try $0.execute(sql: "UPDATE message SET reason = 'moonPhase'") }
    let record = try #require(try await journal.records(of: pair).first)
    #expect(record.state == .skipped)
    #expect(record.reason == nil)
    #expect(record.note == "moonPhase: the limit is 8")
    try await journal.record([.flagsCarried(record.key, FlagSet(system: [.seen]))], in: pair)
    #expect(try await journal.reopen(.skipped) == 1)
    try journal.close()
  }
}
