// mailmove: asking the catalog what is not as it was put there.
// SPDX-License-Identifier: Apache-2.0

import GRDB

extension CatalogQuery {
  /// UIDs of a folder that have vanished at the source, ascending.
  ///
  /// The index is named because without statistics SQLite would read the whole folder; a writer's
  /// catalog always has it.
  static func vanished(in folder: ArchiveFolder, _ db: Database) throws -> [UInt32] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT uid FROM placement INDEXED BY placement_gone
        WHERE folder_id = ? AND uidvalidity = ? AND gone_commit IS NOT NULL ORDER BY uid
        """)
    return try Row.fetchAll(
      statement, arguments: [folder.id.rawValue, Int64(folder.uidValidity)]
    ).map { try CatalogCell.narrow($0, 0) }
  }

  /// UIDs of a folder whose bytes are on record as wrong, ascending.
  static func damaged(in folder: ArchiveFolder, _ db: Database) throws -> [UInt32] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT p.uid FROM message m CROSS JOIN placement p ON p.message_id = m.id
        WHERE m.state = 2 AND p.folder_id = ? AND p.uidvalidity = ? ORDER BY p.uid
        """)
    return try Row.fetchAll(
      statement, arguments: [folder.id.rawValue, Int64(folder.uidValidity)]
    ).map { try CatalogCell.narrow($0, 0) }
  }

  /// Every message whose bytes are on record as wrong.
  static func damagedMessages(_ db: Database) throws -> [StoredMessage] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT \(messageColumns) FROM message m JOIN segment s ON s.id = m.segment_id
        WHERE m.state = 2 ORDER BY m.id
        """
    ).map { try message($0, from: 0) }
  }

  /// Messages in a segment behind the one with the number `id`, but for pruned ones.
  static func messages(
    inSegment segment: Int64, after id: Int64, limit: Int, _ db: Database
  ) throws -> [StoredMessage] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT \(messageColumns) FROM message m JOIN segment s ON s.id = m.segment_id
        WHERE m.segment_id = ? AND m.id > ? AND m.state <> 1 ORDER BY m.id LIMIT ?
        """,
      arguments: [segment, id, limit]
    ).map { try message($0, from: 0) }
  }

  /// Whether damage of a segment is on record: a message in it is known to be damaged, or it has
  /// bytes that no message is in any more, because what was there was stored once more elsewhere.
  static func knowsDamage(of segment: ArchiveSegment, _ db: Database) throws -> Bool {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT coalesce(sum(clen), 0), coalesce(max(damaged), 0) FROM (
          SELECT clen, max(state = 2) AS damaged FROM message
          WHERE segment_id = ? AND state <> 1 GROUP BY off)
        """, arguments: [segment.id])
    guard let row else { throw CatalogCell.unreadable }
    return try CatalogCell.number(row, 1) != 0 || CatalogCell.number(row, 0) < segment.bytes
  }
}
