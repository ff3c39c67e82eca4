// mailmove: tests of opening a ledger.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailTestKit
import SyncEngine
import Testing

@testable import SQLiteJournal

@Suite struct OpeningTests {
  @Test func makesAFileThatOnlyItsOwnerCanRead() throws {
    let bench = try Bench()
    let journal = try bench.open()
    for name in ["job.sqlite", "job.sqlite-wal", "job.sqlite.lock"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: bench.folder.file(name))
      #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
    }
    try journal.close()
  }

  @Test func followsAJobWhoseArchiveWasMoved() throws {
    let bench = try Bench()
    let moved = JobIdentity(source: Bench.job.source, target: "archive:/elsewhere")
    try bench.open().close()
    _ = expectError(.journalForeign) {
      _ = try SQLiteJournal.open(at: bench.path, job: moved)
    }
    _ = expectError(.journalForeign) {
      let other = JobIdentity(source: "x", target: "y")
      _ = try SQLiteJournal.open(at: bench.path, job: moved, formerly: other)
    }
    #expect(try SQLiteJournal.label(ofLedgerAt: bench.path)?.job == Bench.job)
    try SQLiteJournal.open(at: bench.path, job: moved, formerly: Bench.job).close()
    #expect(try SQLiteJournal.label(ofLedgerAt: bench.path)?.job == moved)
    try SQLiteJournal.open(at: bench.path, job: moved, formerly: Bench.job).close()
    _ = expectError(.journalForeign) {
      _ = try SQLiteJournal.open(at: bench.path, job: Bench.job)
    }
  }

  @Test func makesNothingWhenItMayNot() throws {
    let bench = try Bench()
    let error = expectError(.journalFailed) {
      _ = try SQLiteJournal.open(at: bench.path, job: Bench.job, createIfMissing: false)
    }
    #expect(error?.detail.contains("there is no ledger") == true)
    _ = expectError(.journalFailed) { _ = try SQLiteJournal.openForReading(at: bench.path) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: bench.folder.path).isEmpty)
  }

  @Test func takesAnEmptyFileThatAKilledRunLeft() throws {
    let bench = try Bench()
    #expect(FileManager.default.createFile(atPath: bench.path, contents: nil))
    #expect(try SQLiteJournal.openForReading(at: bench.path) == nil)
    try bench.open().close()
    try bench.open().close()
  }

  @Test func takesBackTheHalfOfAChangeThatAKilledRunLeft() throws {
    let bench = try Bench()
    try leaveHalfOfAChange(in: bench)
    let before = try bench.contents()
    #expect(before.count > 0)
    #expect(try SQLiteJournal.openForReading(at: bench.path) == nil)
    #expect(try bench.contents() == before)
    let journal = try bench.open()
    try journal.close()
    try SQLiteJournal.openForReading(at: bench.path)?.close()
  }

  @Test func saysThatARunHasToTakeBackTheHalfOfAChangeToALedgerInUse() throws {
    let bench = try Bench()
    try leaveHalfOfAChange(in: bench, afterTables: true)
    let before = try bench.contents()
    let error = expectError(.journalFailed) {
      _ = try SQLiteJournal.openForReading(at: bench.path)
    }
    #expect(error?.detail.contains("killed in the middle of a change") == true)
    #expect(error?.hint.contains("mailmove sync") == true)
    #expect(try bench.contents() == before)
  }

  private func leaveHalfOfAChange(in bench: Bench, afterTables: Bool = false) throws {
    let other = bench.folder.file("other.sqlite")
    let queue = try DatabaseQueue(path: other)
    try queue.writeWithoutTransaction { db in
      if afterTables { try db.execute(sql: "CREATE TABLE whole (x)") }
      try db.execute(sql: "PRAGMA cache_size = 1; BEGIN; CREATE TABLE half (x)")
      for _ in 0..<200 { try db.execute(sql: "INSERT INTO half VALUES (zeroblob(2000))") }
      // As SIGKILL would leave it: pages in the file, and the journal that takes them back.
      for suffix in ["", "-journal"] {
        try FileManager.default.copyItem(atPath: other + suffix, toPath: bench.path + suffix)
      }
      try db.execute(sql: "ROLLBACK")
    }
  }

  @Test func takesAFileWhoseRunWasKilledBeforeTheTablesWereMade() throws {
    let bench = try Bench()
    try bench.tamper("CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
    try bench.open().close()
  }

  @Test func writesThroughToTheDisk() async throws {
    let bench = try Bench()
    let journal = try bench.open()
    for _ in 0..<2 {
      let level = try await journal.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
      #expect(level == 2)
      let mode = try await journal.write { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
      #expect(mode == "wal")
    }
    try journal.close()
  }

  @Test func refusesTheLedgerOfAnotherPairOfAccountsAndNamesBoth() throws {
    let bench = try Bench()
    try bench.open().close()
    let before = try bench.contents()
    let other = JobIdentity(source: "imaps://c@old.example", target: "imaps://d@new.example")
    let error = expectError(.journalForeign) { _ = try bench.open(job: other) }
    for name in [Bench.job.source, Bench.job.target, other.source, other.target] {
      #expect(error?.detail.contains(name) == true)
    }
    #expect(try bench.contents() == before)
    _ = expectError(.journalForeign) {
      _ = try SQLiteJournal.openForReading(at: bench.path, of: other)
    }
    #expect(try SQLiteJournal.openForReading(at: bench.path, of: Bench.job)?.job == Bench.job)
    try bench.open().close()
  }

  @Test(arguments: [
    "PRAGMA user_version = 6", "INSERT INTO grdb_migrations (identifier) VALUES ('v6')",
  ])
  func refusesAFileOfANewerVersionAndLeavesItAlone(_ change: String) throws {
    let bench = try Bench()
    try bench.open().close()
    try bench.tamper(change)
    let before = try bench.contents()
    let error = expectError(.journalNewer) { _ = try bench.open() }
    #expect(error?.detail.contains("up to 5") == true)
    _ = expectError(.journalNewer) { _ = try SQLiteJournal.openForReading(at: bench.path) }
    #expect(try bench.contents() == before)
  }

  @Test func refusesADatabaseOfAnotherProgramAndLeavesItAlone() throws {
    let bench = try Bench()
    try bench.tamper("CREATE TABLE recipes (name TEXT)")
    let before = try bench.contents()
    let error = expectError(.journalFailed) { _ = try bench.open() }
    #expect(error?.detail.contains("another program") == true)
    #expect(try bench.contents() == before)
  }

  @Test func refusesAFileThatIsNoDatabaseAndLeavesItAlone() throws {
    let bench = try Bench()
    let letter = Data(String(repeating: "Dear diary, ", count: 1_000).utf8)
    try letter.write(to: URL(fileURLWithPath: bench.path))
    let error = expectError(.journalFailed) { _ = try bench.open() }
    #expect(error?.hint.contains("left untouched") == true)
    #expect(try bench.contents() == letter)
  }

  @Test func saysThatADamagedFileIsKept() async throws {
    let bench = try Bench()
    let journal = try bench.open()
    let pair = try #require(try await journal.freeze([JournalSamples.mailbox("INBOX")]).first)
    try await journal.enroll(
      JournalSamples.entries(1...5_000), uidValidity: JournalSamples.generation, in: pair)
    try journal.close()
    var bytes = try bench.contents()
    let page = 4_096
    for start in stride(from: 20 * page, to: bytes.count - page, by: page) {
      bytes.replaceSubrange(start..<start + 64, with: Data(repeating: 0xA5, count: 64))
    }
    try bytes.write(to: URL(fileURLWithPath: bench.path))
    let damaged = try bench.open()
    let error = await #expect(throws: SyncError.self) { _ = try await damaged.records(of: pair) }
    #expect(error?.cause == .journalFailed)
    #expect(error?.hint.contains("left untouched") == true)
    try damaged.close()
    // SQLite counts in the first page, adds one at the end, and notes that among the schema, which
    // is in the first pages; the records stay as they were.
    let records = 20 * page..<bytes.count
    #expect(try bench.contents()[records] == bytes[records])
  }

  @Test func saysThatTheStateFolderCannotBeWritten() throws {
    let bench = try Bench()
    #expect(FileManager.default.createFile(atPath: bench.path, contents: nil))
    for path in [bench.path + "/job.sqlite", bench.folder.path, "/nowhere/at/all/job.sqlite"] {
      let error = expectError(.stateUnwritable) {
        _ = try SQLiteJournal.open(at: path, job: Bench.job)
      }
      #expect(error?.detail.contains(path) == true)
    }
  }
}
