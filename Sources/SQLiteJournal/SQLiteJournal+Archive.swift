// mailmove: the archive on record in SQLite.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import MailWire
import SyncEngine

extension SQLiteJournal {
  package func archiveMark() async throws -> ArchiveMark? {
    try await read { db in try Self.archiveMark(in: db) }
  }

  private static func archiveMark(in db: Database) throws -> ArchiveMark? {
    let row = try Row.fetchOne(
      db, sql: "SELECT uuid, commit_number, commit_digest FROM archive")
    return try row.map {
      ArchiveMark(
        uuid: try Cell.text($0, 0), commit: try Cell.integer($0, 1), digest: try Cell.text($0, 2))
    }
  }

  /// Whose a ledger is by its own words, and which archive is on record in it; nil when nothing is.
  package static func label(
    ofLedgerAt path: String
  ) throws -> (job: JobIdentity, archive: ArchiveMark?)? {
    guard let journal = try openForReading(at: path) else { return nil }
    defer { try? journal.close() }
    return (journal.job, try journal.database.read { try archiveMark(in: $0) })
  }

  package func note(_ mark: ArchiveMark, isContinuous: Bool) async throws {
    try await write { db in
      try db.execute(
        sql: """
          INSERT OR REPLACE INTO archive (id, uuid, commit_number, commit_digest)
          VALUES (1, ?, ?, ?)
          """, arguments: [mark.uuid, mark.commit, mark.digest])
      guard !isContinuous else { return }
      try db.execute(
        sql: "UPDATE pair SET anchor_uidvalidity = ? WHERE anchor_uidvalidity IS NOT NULL",
        arguments: [UIDValidity.unknown.rawValue])
    }
  }
}
