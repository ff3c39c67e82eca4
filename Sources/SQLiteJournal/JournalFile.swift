// mailmove: the ledger's file before it is used.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import SyncEngine

/// What has to hold of the ledger's file before a single byte of it may be changed.
enum JournalFile {
  /// Makes sure that the file is there and writable; an empty one is a ledger without tables.
  ///
  /// Throws `journalFailed` if it is missing and may not be made.
  static func provide(at path: String, createIfMissing: Bool) throws(SyncError) {
    let create = createIfMissing ? O_CREAT : 0
    // Folder names and server answers are nobody else's business.
    let file = open(path, O_RDWR | O_CLOEXEC | create, 0o600)
    guard file >= 0 else {
      if errno == ENOENT && !createIfMissing { throw missing(path) }
      throw SyncError.journal(errno: errno, at: path)
    }
    close(file)
  }

  /// This process may open as many files more as a ledger has. SQLite says which file it cannot
  /// open, and not why.
  static var canOpenMore: Bool {
    let opened = (0..<descriptorsOfALedger).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
    for file in opened where file >= 0 { close(file) }
    return opened.allSatisfy { $0 >= 0 }
  }

  /// The file and its log for the writer and five readers, and what they share.
  private static let descriptorsOfALedger = 16

  /// The disk of a ledger is full, or so nearly that SQLite's index of its log, 32 KiB, does not
  /// fit: then SQLite only says "I/O error".
  static func hasNoRoom(_ path: String) -> Bool {
    var disk = statvfs()
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    return statvfs(folder, &disk) == 0 && UInt64(disk.f_bavail) * UInt64(disk.f_frsize) < 32 << 10
  }

  /// Throws `journalFailed` if there is no file.
  static func require(at path: String) throws(SyncError) {
    guard access(path, F_OK) == 0 else { throw missing(path) }
  }

  /// The path without symbolic links, as long as the file is there.
  static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// Whose ledger this is; nil for an empty database, which becomes one.
  ///
  /// Throws `journalFailed` for a database of another program and `journalNewer` for a format that
  /// is not known here.
  static func owner(in db: Database, path: String) throws -> JobIdentity? {
    // The migrator's own table may exist before the first migration, if a run is killed just then.
    let tables = """
      SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name <> 'grdb_migrations'
      """
    guard try Int64.fetchOne(db, sql: tables) != 0 else { return nil }
    guard try Int64.fetchOne(db, sql: "PRAGMA application_id") == JournalSchema.applicationID
    else { throw SyncError.journalDamaged(path, "a database of another program") }
    let version = try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    let superseded = try JournalSchema.migrator.hasBeenSuperseded(db)
    guard version <= JournalSchema.version, !superseded else {
      throw SyncError.journal(
        .journalNewer,
        "\(path) has format \(version)\(superseded ? " with additions" : ""), "
          + "this mailmove knows up to \(JournalSchema.version)")
    }
    guard let row = try Row.fetchOne(db, sql: "SELECT source, target FROM job") else {
      return nil
    }
    return JobIdentity(source: try Cell.text(row, 0), target: try Cell.text(row, 1))
  }

  /// Throws `journalForeign`, naming both, unless a ledger is free or belongs to the job.
  static func check(
    _ owner: JobIdentity?, against job: JobIdentity, path: String
  ) throws(SyncError) {
    guard let owner, owner != job else { return }
    throw SyncError.journal(
      .journalForeign, "\(path) records \(owner); this run is \(job)")
  }

  /// Whether a change that a killed run left half done was made to an empty file.
  ///
  /// SQLite's rollback journal begins with eight bytes of magic, the number of pages in it, a
  /// nonce, and how many pages the database had before ("Database File Format", section 3).
  static func firstChangeIsHalf(at path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: resolved(path) + "-journal") else { return false }
    defer { try? file.close() }
    let pagesBefore = 16..<20
    guard let header = try? file.read(upToCount: pagesBefore.upperBound) else { return false }
    return header.count == pagesBefore.upperBound
      && header[pagesBefore].allSatisfy { $0 == 0 }
  }

  /// The error for a ledger that can only be looked at once somebody has written to it.
  static func half(_ path: String) -> SyncError {
    SyncError.journal(
      .journalFailed, "\(path): a run was killed in the middle of a change",
      hint: "run 'mailmove sync' again: it takes the half back and goes on")
  }

  /// The error for a ledger that was never made.
  static func missing(_ path: String) -> SyncError {
    SyncError.journal(
      .journalFailed, "there is no ledger at \(path)",
      hint: "check --state; the first 'mailmove sync' makes it")
  }
}
