// mailmove: the catalog of an archive.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// What the journal says, as tables to look things up in.
///
/// Everything in it comes from the journal, so it can be thrown away at any time. It remembers up
/// to which commit it was made.
struct Catalog: Sendable {
  let database: any DatabaseWriter

  /// Where a catalog is kept.
  enum Place: Sendable, Equatable {
    case memory
    /// The path of the SQLite file.
    case file(String)
  }

  private static let busyTimeout = 10.0

  /// An empty catalog in memory.
  static func inMemory() throws(ArchiveError) -> Catalog {
    try ArchiveError.fromCatalog {
      Catalog(database: try DatabaseQueue(configuration: configuration()))
    }
  }

  /// Opens a catalog for writing, and makes the file if it is missing.
  ///
  /// The file is for its owner alone, and SQLite gives the files beside it the same mode.
  static func open(_ path: String) throws(ArchiveError) -> Catalog {
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(
        atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
    }
    return try ArchiveError.fromCatalog(at: path) {
      Catalog(database: try DatabasePool(path: path, configuration: configuration()))
    }
  }

  /// Opens a catalog that somebody else may be writing to.
  static func openForReading(_ path: String) throws(ArchiveError) -> Catalog {
    try ArchiveError.fromCatalog {
      Catalog(
        database: try DatabaseQueue(path: path, configuration: configuration(readonly: true)))
    }
  }

  private static func configuration(readonly: Bool = false) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = readonly
    configuration.foreignKeysEnabled = false
    configuration.busyMode = .timeout(busyTimeout)
    configuration.label = "mailmove archive catalog"
    return configuration
  }

  /// Up to where it was made; nil if it has no tables yet.
  ///
  /// Throws `catalogDamaged` also for one of another archive or version.
  func position(of archive: String) throws(ArchiveError) -> JournalPosition? {
    try read { db in
      let tables = try Int64.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
      guard tables > 0 else { return nil }
      guard try Int64.fetchOne(db, sql: "PRAGMA application_id") == CatalogSchema.applicationID,
        try Int64.fetchOne(db, sql: "PRAGMA user_version") == CatalogSchema.version
      else { throw ArchiveError.catalogDamaged(detail: "it is no catalog of this version") }
      guard try CatalogMeta.text("archive", in: db) == archive else {
        throw ArchiveError.catalogDamaged(detail: "it belongs to another archive")
      }
      guard try CatalogMeta.number("building", in: db) == nil else {
        throw ArchiveError.catalogDamaged(detail: "it was not finished")
      }
      guard let position = try CatalogMeta.position(in: db) else {
        throw ArchiveError.catalogDamaged(detail: "it does not say up to where it was made")
      }
      return position
    }
  }

  /// Whether a run was killed while it made it.
  func isUnfinished() throws(ArchiveError) -> Bool {
    try read { db in try CatalogMeta.number("building", in: db) != nil }
  }

  /// Makes the tables of an empty catalog.
  func create(for archive: String) throws(ArchiveError) {
    try ArchiveError.fromCatalog {
      try database.write { db in
        try CatalogSchema.create(db)
        try CatalogMeta.set("archive", archive, in: db)
        try CatalogMeta.set("building", Int64(1), in: db)
        try CatalogMeta.set(.beginning, in: db)
      }
    }
  }

  /// Makes the indexes, and the catalog usable.
  func finishBuilding() throws(ArchiveError) {
    try ArchiveError.fromCatalog {
      try database.write { db in
        try CatalogSchema.createIndexes(db)
        try CatalogMeta.remove("building", in: db)
      }
    }
  }

  /// Makes the indexes that an earlier version of the program did not make.
  func provideIndexes() throws(ArchiveError) {
    try ArchiveError.fromCatalog {
      try database.write { db in try CatalogSchema.createIndexes(db) }
    }
  }

  /// Takes over commits in one transaction, up to a place.
  func apply(_ commits: [JournalCommit], upTo position: JournalPosition) throws(ArchiveError) {
    try ArchiveError.fromCatalog {
      try database.write { db in
        for commit in commits { try CatalogChange(db: db, commit: commit).apply() }
        try CatalogMeta.set(position, in: db)
      }
    }
  }

  func read<T>(_ query: (Database) throws -> T) throws(ArchiveError) -> T {
    try ArchiveError.fromCatalog { try database.read(query) }
  }

  /// The same for the one writer, without a transaction: nobody else changes what it looks at, and
  /// it asks for every message.
  func look<T>(_ query: (Database) throws -> T) throws(ArchiveError) -> T {
    try ArchiveError.fromCatalog { try database.writeWithoutTransaction(query) }
  }

  /// Brings everything into the one file, so that a copy of it is whole and no older log is taken
  /// for part of another file put in its place. A reader may keep that from happening.
  func settle() {
    _ = try? database.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
  }

  func close() throws(ArchiveError) {
    try ArchiveError.fromCatalog { try database.close() }
  }
}

extension ArchiveError {
  /// Anything thrown while the catalog was in use, without statements and their values.
  ///
  /// - Parameter path: the catalog's file, where its disk is to be looked at.
  static func fromCatalog<T>(
    at path: String? = nil, _ body: () throws -> T
  ) throws(ArchiveError) -> T {
    do { return try body() } catch let error as ArchiveError { throw error } catch {
      guard let failure = error as? DatabaseError else { throw .catalog(detail: "\(error)") }
      let code = failure.extendedResultCode.rawValue
      switch failure.resultCode {
      case .SQLITE_FULL: throw .diskFull(path: ArchiveLayout.catalog)
      case .SQLITE_IOERR where path.map(hasNoRoom) == true:
        throw .diskFull(path: ArchiveLayout.catalog)
      case .SQLITE_READONLY, .SQLITE_PERM: throw .readOnly(path: ArchiveLayout.catalog)
      case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH:
        throw .catalogDamaged(detail: failure.message ?? "SQLite result \(code)")
      default: throw .catalog(detail: failure.message ?? "SQLite result \(code)")
      }
    }
  }

  /// SQLite's index of its log has 32 KiB, and where they do not fit it only says "I/O error".
  private static func hasNoRoom(besides path: String) -> Bool {
    var disk = statvfs()
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    return statvfs(folder, &disk) == 0 && UInt64(disk.f_bavail) * UInt64(disk.f_frsize) < 32 << 10
  }
}
