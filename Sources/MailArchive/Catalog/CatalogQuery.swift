// mailmove: looking things up in the catalog.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailWire

/// Questions to the catalog; each runs inside a read that someone else opened.
enum CatalogQuery {
  static func accounts(_ db: Database) throws -> [ArchiveAccount] {
    try Row.fetchAll(db, sql: "SELECT id, label, proto, host FROM account ORDER BY id").map { row in
      ArchiveAccount(
        id: AccountID(try CatalogCell.number(row, 0)), label: try CatalogCell.text(row, 1),
        proto: row[2], host: row[3])
    }
  }

  private static let folderColumns = """
    SELECT id, account_id, name, delim, special, mailboxid, uidvalidity, uidnext,
      source_uidvalidity, source_uidnext, highestmodseq FROM folder
    """

  static func folders(of account: AccountID?, _ db: Database) throws -> [ArchiveFolder] {
    try Row.fetchAll(
      db, sql: folderColumns + " WHERE ?1 IS NULL OR account_id = ?1 ORDER BY id",
      arguments: [account?.rawValue]
    ).map(folder)
  }

  static func folder(_ id: FolderID, _ db: Database) throws -> ArchiveFolder? {
    try Row.fetchOne(db, sql: folderColumns + " WHERE id = ?", arguments: [id.rawValue])
      .map(folder)
  }

  private static func folder(_ row: Row) throws -> ArchiveFolder {
    let id = FolderID(try CatalogCell.number(row, 0))
    var scan: ScanEvent?
    if let uidValidity = row[8] as Int64?, let uidNext = row[9] as Int64? {
      scan = ScanEvent(folder: id, uidValidity: uidValidity, uidNext: uidNext, modSeq: row[10])
    }
    return ArchiveFolder(
      id: id, account: AccountID(try CatalogCell.number(row, 1)),
      name: try CatalogCell.text(row, 2), delimiter: row[3], special: row[4], mailboxID: row[5],
      uidValidity: try CatalogCell.narrow(row, 6), uidNext: try CatalogCell.narrow(row, 7),
      scan: scan)
  }

  static func segments(_ db: Database) throws -> [ArchiveSegment] {
    try Row.fetchAll(
      db, sql: "SELECT id, path, bytes, sha256, messages, state, touched FROM segment ORDER BY id"
    ).map { row in
      guard let state = ArchiveSegment.State(rawValue: try CatalogCell.text(row, 5)) else {
        throw CatalogCell.unreadable
      }
      return ArchiveSegment(
        id: try CatalogCell.number(row, 0), path: try CatalogCell.text(row, 1),
        bytes: try CatalogCell.number(row, 2),
        digest: (row[3] as String?).flatMap { SHA256Digest(hexadecimal: $0.utf8) },
        messages: try CatalogCell.number(row, 4), state: state, touched: row[6])
    }
  }

  static let messageColumns = """
    m.id, m.sha256, m.size, m.segment_id, m.off, m.clen, m.at, m.len, m.state, s.path
    """

  /// Messages behind `id` in the order of their numbers, which is the order they were stored in.
  static func messages(
    after id: Int64, limit: Int, _ db: Database
  ) throws -> [StoredMessage] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT \(messageColumns) FROM message m JOIN segment s ON s.id = m.segment_id
        WHERE m.id > ? ORDER BY m.id LIMIT ?
        """,
      arguments: [id, limit]
    ).map { try message($0, from: 0) }
  }

  /// The number of the message with exactly these bytes, if it is in that state.
  static func message(
    with digest: SHA256Digest, size: Int64, state: StoredMessage.State = .live, _ db: Database
  ) throws -> Int64? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT id FROM message
        WHERE substr(sha256, 1, 8) = ? AND sha256 = ? AND size = ? AND state = ?
        """)
    return try Int64.fetchOne(
      statement,
      arguments: [
        Data(digest.bytes.prefix(8)), Data(digest.bytes), size, Int64(state.rawValue),
      ])
  }

  /// The same for one that was not pruned, as a negative number if its bytes are known to be wrong;
  /// a whole one comes first. Asked for every message, so the answer is one number.
  static func keptMessage(
    with digest: SHA256Digest, size: Int64, _ db: Database
  ) throws -> Int64? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT CASE state WHEN 0 THEN id ELSE -id END FROM message
        WHERE substr(sha256, 1, 8) = ? AND sha256 = ? AND size = ? AND state <> 1
        ORDER BY state LIMIT 1
        """)
    let bytes = Data(digest.bytes)
    return try Int64.fetchOne(statement, arguments: [bytes.prefix(8), bytes, size])
  }

  /// Hands over the digest of every message there ever was, in no order.
  static func forEachDigest(_ db: Database, _ body: (SHA256Digest) -> Void) throws {
    let rows = try Row.fetchCursor(db, sql: "SELECT sha256 FROM message")
    while let row = try rows.next() {
      guard let digest = SHA256Digest(bytes: try CatalogCell.bytes(row, 0)) else {
        throw CatalogCell.unreadable
      }
      body(digest)
    }
  }

  /// A message by the SHA-256 of its bytes; one that is whole before one that is not.
  static func storedMessage(with digest: SHA256Digest, _ db: Database) throws -> StoredMessage? {
    try Row.fetchOne(
      db,
      sql: """
        SELECT \(messageColumns) FROM message m JOIN segment s ON s.id = m.segment_id
        WHERE substr(m.sha256, 1, 8) = ? AND m.sha256 = ? ORDER BY m.state = 1, m.state LIMIT 1
        """,
      arguments: [Data(digest.bytes.prefix(8)), Data(digest.bytes)]
    ).map { try message($0, from: 0) }
  }

  static func message(_ row: Row, from first: Int) throws -> StoredMessage {
    guard let digest = SHA256Digest(bytes: try CatalogCell.bytes(row, first + 1)),
      let state = StoredMessage.State(rawValue: try CatalogCell.narrow(row, first + 8))
    else { throw CatalogCell.unreadable }
    let id = try CatalogCell.number(row, first)
    return StoredMessage(
      id: id, digest: digest, size: try CatalogCell.number(row, first + 2),
      place: MessagePlace(
        id: id, segment: try CatalogCell.number(row, first + 3),
        offset: try CatalogCell.number(row, first + 4),
        compressedLength: try CatalogCell.number(row, first + 5),
        at: try CatalogCell.number(row, first + 6), length: try CatalogCell.number(row, first + 7)),
      segmentPath: try CatalogCell.text(row, first + 9), state: state)
  }

  private static let placementTables = """
    SELECT \(messageColumns), p.folder_id, p.uidvalidity, p.uid, p.idate, p.zone, g.flags, l.labels,
      p.modseq, p.added_commit, p.gone_commit
    FROM placement p JOIN message m ON m.id = p.message_id JOIN segment s ON s.id = m.segment_id
    LEFT JOIN flagset g ON g.id = p.flagset_id LEFT JOIN labelset l ON l.id = p.labelset_id
    """

  /// What a choice shows of the placements `p` of messages `m`.
  ///
  /// Of what is only in places it has vanished from, the one that it vanished from last is shown.
  private static func isShown(_ choice: PlacementChoice) -> String {
    let hasVanished =
      switch choice.vanished {
      case .none: "FALSE"
      case .all: "TRUE"
      case .onlyCopies:
        """
        NOT EXISTS (
          SELECT 1 FROM placement o JOIN folder f ON f.id = o.folder_id
          WHERE o.message_id = p.message_id
            AND f.account_id = (SELECT account_id FROM folder WHERE id = p.folder_id)
            AND (o.gone_commit IS NULL OR (o.gone_commit, o.added_commit, o.folder_id, o.uid)
              > (p.gone_commit, p.added_commit, p.folder_id, p.uid)))
        """
      }
    let damaged = choice.includesDamaged ? "" : " AND m.state <> 2"
    return "m.state <> 1\(damaged) AND (p.gone_commit IS NULL OR \(hasVanished))"
  }

  /// Placements of a folder behind a UID, ascending.
  static func placements(
    in folder: ArchiveFolder, after uid: UInt32, limit: Int, _ choice: PlacementChoice,
    _ db: Database
  ) throws -> [ArchivePlacement] {
    let statement = try db.cachedStatement(
      sql: placementTables + """
         WHERE p.folder_id = ? AND p.uidvalidity = ? AND p.uid > ? AND \(isShown(choice))
        ORDER BY p.uid LIMIT ?
        """)
    return try Row.fetchAll(
      statement,
      arguments: [folder.id.rawValue, Int64(folder.uidValidity), Int64(uid), limit]
    ).map(placement)
  }

  static func placement(_ key: PlacementKey, _ db: Database) throws -> ArchivePlacement? {
    let statement = try db.cachedStatement(
      sql: placementTables + " WHERE p.folder_id = ? AND p.uidvalidity = ? AND p.uid = ?")
    return try Row.fetchOne(
      statement,
      arguments: [key.folder.rawValue, Int64(key.uidValidity), Int64(key.uid)]
    ).map(placement)
  }

  /// Every place a message was ever put into.
  static func placements(ofMessage id: Int64, _ db: Database) throws -> [ArchivePlacement] {
    try Row.fetchAll(
      db, sql: placementTables + " WHERE p.message_id = ? ORDER BY p.folder_id, p.uid",
      arguments: [id]
    ).map(placement)
  }

  private static func placement(_ row: Row) throws -> ArchivePlacement {
    var date: InternalDate?
    if let seconds = row[13] as Int64? {
      let zone = (row[14] as Int64?) ?? 0
      guard (-1_439...1_439).contains(zone) else { throw CatalogCell.unreadable }
      date = InternalDate(secondsSinceEpoch: seconds, zoneMinutes: Int(zone))
    }
    return ArchivePlacement(
      key: PlacementKey(
        folder: FolderID(try CatalogCell.number(row, 10)),
        uidValidity: try CatalogCell.narrow(row, 11), uid: try CatalogCell.narrow(row, 12)),
      message: try message(row, from: 0), internalDate: date,
      flags: FlagSet(journalText: (row[15] as String?) ?? ""), labels: labels(row[16]),
      modSeq: row[17], addedCommit: try CatalogCell.number(row, 18), goneCommit: row[19])
  }

  private static func labels(_ text: String?) -> [String] {
    guard let text,
      let json = try? JSONParser.object(Array("{\"labels\":\(text)}".utf8)[...])
    else { return [] }
    return (json.array("labels") ?? []).compactMap { label in
      if case .string(let text) = label { text } else { nil }
    }
  }

  /// Number and bytes of the placements of a folder.
  static func extent(
    of folder: ArchiveFolder, _ choice: PlacementChoice, _ db: Database
  ) throws -> FolderExtent {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT count(*), coalesce(sum(m.size), 0), min(p.idate), max(p.idate)
        FROM placement p JOIN message m ON m.id = p.message_id
        WHERE p.folder_id = ? AND p.uidvalidity = ? AND \(isShown(choice))
        """, arguments: [folder.id.rawValue, Int64(folder.uidValidity)])
    guard let row else { throw CatalogCell.unreadable }
    return FolderExtent(
      messages: try CatalogCell.number(row, 0), bytes: try CatalogCell.number(row, 1),
      earliest: row[2], latest: row[3])
  }

  /// The UID of a message of a POP3 source by its unique-id.
  static func uid(of uidl: String, in folder: FolderID, _ db: Database) throws -> UInt32? {
    let statement = try db.cachedStatement(
      sql: "SELECT uid FROM pop3 WHERE folder_id = ? AND uidl = ?")
    return try Row.fetchOne(statement, arguments: [folder.rawValue, uidl])
      .map { try CatalogCell.narrow($0, 0) }
  }

  /// The highest number that a table has given out.
  static func highestID(in table: String, _ db: Database) throws -> Int64 {
    try Int64.fetchOne(db, sql: "SELECT coalesce(max(id), 0) FROM \(table)") ?? 0
  }
}

/// How much is in a folder.
package struct FolderExtent: Sendable, Equatable {
  package let messages: Int64
  /// Bytes of the messages, whether they are stored once or several times.
  package let bytes: Int64
  /// INTERNALDATE: seconds since 1970-01-01 00:00:00 UTC; nil if the folder is empty.
  package let earliest: Int64?
  package let latest: Int64?
}

/// Values of a row; a damaged file makes them throw, never trap.
enum CatalogCell {
  static let unreadable = ArchiveError.catalogDamaged(
    detail: "it holds a value that cannot be read")

  static func number(_ row: Row, _ index: Int) throws -> Int64 {
    guard let value = Int64.fromDatabaseValue(row[index] as DatabaseValue) else {
      throw unreadable
    }
    return value
  }

  static func narrow<T: FixedWidthInteger>(_ row: Row, _ index: Int) throws -> T {
    guard let narrowed = T(exactly: try number(row, index)) else { throw unreadable }
    return narrowed
  }

  static func text(_ row: Row, _ index: Int) throws -> String {
    guard let value = String.fromDatabaseValue(row[index] as DatabaseValue) else {
      throw unreadable
    }
    return value
  }

  static func bytes(_ row: Row, _ index: Int) throws -> [UInt8] {
    guard let value = Data.fromDatabaseValue(row[index] as DatabaseValue) else { throw unreadable }
    return Array(value)
  }
}
