// mailmove: the journal in SQLite.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import SyncEngine
import Synchronization

/// The journal of one job in one SQLite file (docs/journal.md).
///
/// Statements run on GRDB's own queues, so that a slow disk never blocks Swift's threads. Every
/// function throws `SyncError`.
package final class SQLiteJournal: Sendable {
  /// Seconds since 1970-01-01 00:00:00 UTC.
  package typealias Clock = @Sendable () -> Int64

  package static let systemClock: Clock = { Int64(Date().timeIntervalSince1970) }

  /// The pair of endpoints the ledger belongs to.
  package let job: JobIdentity
  let database: any DatabaseWriter
  let now: Clock
  let path: String
  /// nil when opened for reading.
  private let lock: JournalLock?
  /// How many times marks about removal were put on record, and the last of these times after which
  /// the ledger was seen to have none of ours.
  let marks = Mutex((given: 0, noneAfter: -1))

  private init(
    path: String, job: JobIdentity, database: any DatabaseWriter, lock: JournalLock?,
    now: @escaping Clock
  ) {
    self.path = path
    self.job = job
    self.database = database
    self.lock = lock
    self.now = now
  }

  /// Opens the ledger of a job for a run, makes it if it is missing, and keeps other runs away.
  ///
  /// Throws `journalLocked`, `journalForeign`, `journalNewer`, `journalFailed`, `stateUnwritable`
  /// or `diskFull`; in each case what was in the file stays as it was.
  ///
  /// - Parameter former: whose the ledger may be as well: the same job, before an archive of it was
  ///   moved. The ledger says the new place from then on.
  package static func open(
    at path: String, job: JobIdentity, formerly former: JobIdentity? = nil,
    createIfMissing: Bool = true, now: @escaping Clock = systemClock
  ) throws -> SQLiteJournal {
    do {
      try JournalFile.provide(at: path, createIfMissing: createIfMissing)
      // One file has one lock, by whatever link it is named.
      let lock = try JournalLock(besides: JournalFile.resolved(path), now: now())
      // Opening a pool writes to the file, so whose it is gets read first.
      let owner = try owner(at: path)
      if owner == nil || owner != former {
        try JournalFile.check(owner, against: job, path: path)
      }
      let pool = try DatabasePool(path: path, configuration: configuration())
      try JournalSchema.migrator.migrate(pool)
      try claim(pool, for: job, at: now())
      try insistOnDurability(pool)
      return SQLiteJournal(path: path, job: job, database: pool, lock: lock, now: now)
    } catch {
      throw SyncError.journal(error, at: path)
    }
  }

  /// Opens a ledger only to look, also while a run is using it; whatever changes it throws.
  ///
  /// nil when nothing is on record: a run has only just begun, or was killed before its first
  /// change was whole.
  ///
  /// - Parameter expected: whose it has to be, else `journalForeign` is thrown; nil: anybody's.
  package static func openForReading(at path: String, of expected: JobIdentity? = nil) throws
    -> SQLiteJournal?
  {
    do {
      try JournalFile.require(at: path)
      let queue: DatabaseQueue
      let owner: JobIdentity?
      do {
        queue = try DatabaseQueue(path: path, configuration: configuration(readonly: true))
        owner = try queue.read { try JournalFile.owner(in: $0, path: path) }
      } catch let error as DatabaseError
        where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK
      {
        // Half of a change is in the file, and taking it back would be a change as well.
        guard JournalFile.firstChangeIsHalf(at: path) else { throw JournalFile.half(path) }
        return nil
      }
      guard let job = owner else { return nil }
      if let expected { try JournalFile.check(job, against: expected, path: path) }
      return SQLiteJournal(
        path: path, job: job, database: try raised(queue), lock: nil, now: systemClock)
    } catch {
      throw SyncError.journal(error, at: path)
    }
  }

  /// A ledger of an older format is read as a copy in memory, so that looking changes no file.
  private static func raised(_ queue: DatabaseQueue) throws -> DatabaseQueue {
    if try queue.read({ try JournalSchema.migrator.hasCompletedMigrations($0) }) { return queue }
    let copy = try DatabaseQueue(configuration: configuration())
    try queue.backup(to: copy)
    try queue.close()
    try JournalSchema.migrator.migrate(copy)
    return copy
  }

  /// Opened for a run, not for reading.
  var isWritable: Bool { lock != nil }

  /// Closes the file, then gives the lock back.
  ///
  /// The file is whole by itself then, without the log beside it, for whoever copies it.
  package func close() throws {
    do {
      if isWritable {
        // Somebody who reads for long is in the way of it; then the log stays, and nothing is lost.
        database.writeWithoutTransaction { db in _ = try? db.checkpoint(.truncate) }
      }
      try database.close()
    } catch { throw SyncError.journal(error, at: path) }
    lock?.release()
  }

  /// Reads one consistent state; a cancelled task stops reading.
  func read<T: Sendable>(_ query: @escaping @Sendable (Database) throws -> T) async throws -> T {
    do { return try await database.read(query) } catch {
      throw SyncError.journal(error, at: path)
    }
  }

  /// Changes the ledger in one transaction and returns when it is on disk (invariant 3).
  ///
  /// Not stopped by cancellation: what the target has acknowledged is recorded even while a run is
  /// being ended.
  func write<T: Sendable>(_ change: @escaping @Sendable (Database) throws -> T) async throws -> T {
    do {
      return try await withCheckedThrowingContinuation { continuation in
        database.asyncWrite(change) { _, result in continuation.resume(with: result) }
      }
    } catch {
      throw SyncError.journal(error, at: path)
    }
  }
}

extension SQLiteJournal {
  /// Seconds to wait for another program that has the file open, such as a backup.
  private static let busyTimeout = 5.0

  private static func configuration(readonly: Bool = false) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = readonly
    // Looked up for every message, they took a tenth of the time of a listing. `MessageTable` asks
    // once for all of them.
    configuration.foreignKeysEnabled = false
    configuration.busyMode = .timeout(busyTimeout)
    configuration.label = "mailmove ledger"
    return configuration
  }

  private static func owner(at path: String) throws -> JobIdentity? {
    do { return try owner(at: path, readonly: true) } catch let error as DatabaseError
      where error.resultCode == .SQLITE_READONLY
    {
      // A run was killed in the middle of a change. Only who may write can take back the half of
      // it that is in the file; that leaves what was there before.
      return try owner(at: path, readonly: false)
    }
  }

  private static func owner(at path: String, readonly: Bool) throws -> JobIdentity? {
    let queue = try DatabaseQueue(path: path, configuration: configuration(readonly: readonly))
    let owner = try queue.read { try JournalFile.owner(in: $0, path: path) }
    try queue.close()
    return owner
  }

  private static func claim(_ pool: DatabasePool, for job: JobIdentity, at time: Int64) throws {
    try pool.write { db in
      try db.execute(
        sql: """
          INSERT INTO job (id, source, target, created_at) VALUES (1, ?, ?, ?)
          ON CONFLICT (id) DO UPDATE SET source = excluded.source, target = excluded.target
          WHERE (source, target) <> (excluded.source, excluded.target)
          """,
        arguments: [job.source, job.target, time])
    }
  }

  /// GRDB lowers `synchronous` while it opens a pool, so it is raised afterwards and read back.
  private static func insistOnDurability(_ pool: DatabasePool) throws {
    let level = try pool.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA synchronous = FULL")
      // Where fsync leaves data in the drive's cache, as on macOS.
      try db.execute(sql: "PRAGMA fullfsync = ON")
      return try Int64.fetchOne(db, sql: "PRAGMA synchronous")
    }
    guard level == 2 else {
      throw SyncError.journal(
        .journalFailed, "SQLite does not write through to the disk (synchronous is not FULL)")
    }
  }
}
