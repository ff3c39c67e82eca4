// mailmove: the frozen map in SQLite.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailWire
import SyncEngine

extension SQLiteJournal {
  package func pairs() async throws -> [MailboxPair] {
    try await read { try Self.pairs(in: $0) }
  }

  package func freeze(_ mailboxes: [MappedMailbox]) async throws -> [MailboxPair] {
    try await write { db in
      let places = databaseQuestionMarks(count: MappedMailboxRow.count)
      let insert = try db.cachedStatement(
        sql: """
          INSERT INTO pair (\(MappedMailboxRow.columns)) VALUES (\(places))
          ON CONFLICT (source) DO UPDATE SET \(MappedMailboxRow.replacements)
            WHERE target IS NULL
          """)
      try Self.rename(mailboxes.filter { $0.renamedFrom != nil }, in: db)
      for mapped in mailboxes {
        try insert.execute(arguments: MappedMailboxRow.arguments(of: mapped))
      }
      return try Self.pairs(in: db)
    }
  }

  package func release(_ pairs: [MailboxPair]) async throws -> [MailboxPair] {
    try await write { db in
      let statement = try db.cachedStatement(
        sql: """
          UPDATE pair SET target = NULL, target_path = NULL WHERE id = ? AND anchor_mailbox IS NULL
            AND NOT EXISTS (
              SELECT 1 FROM message WHERE message.pair = pair.id AND state IN (1, 2, 5))
          """)
      for pair in pairs { try statement.execute(arguments: [pair.id]) }
      return try Self.pairs(in: db)
    }
  }

  package func standing(of pair: MailboxPair) async throws -> PairStanding {
    try await read { db in
      // Asked for every mailbox, so it is prepared once.
      let statement = try db.cachedStatement(
        sql: """
          SELECT done_uidvalidity, done_uidnext, done_modseq, done_messages, done_size,
            done_mailbox_id, anchor_mailbox, anchor_uidvalidity, anchor_uidnext, anchor_apart,
            anchor_told_uidnext, anchor_modseq, anchor_mailbox_id,
            \(Tally.pending), \(Tally.unlocated)
          FROM pair WHERE id = ?
          """)
      let row = try Row.fetchOne(statement, arguments: [pair.id])
      guard let row else { throw Self.unknown(pair) }
      return PairStanding(
        source: try Self.checkpoint(row), target: try Self.anchor(row),
        pending: try Cell.narrow(Cell.integer(row, 13)),
        unlocated: try Cell.narrow(Cell.integer(row, 14)))
    }
  }

  package func begin(at anchors: [(pair: MailboxPair, anchor: TargetAnchor)]) async throws {
    try await write { db in
      for (pair, anchor) in anchors { try Self.place(anchor, of: pair, in: db) }
    }
  }

  package func finish(
    _ pair: MailboxPair, source: SourceCheckpoint, target: TargetAnchor?
  ) async throws {
    let time = now()
    try await write { db in
      if let target { try Self.place(target, of: pair, in: db) }
      try db.cachedStatement(
        sql: """
          UPDATE pair SET done_uidvalidity = ?1, done_uidnext = ?2, done_modseq = ?3,
            done_messages = ?4, done_size = ?5, done_mailbox_id = ?6, finished_at = ?7
          WHERE id = ?8
          """
      ).execute(arguments: [
        source.uidValidity.rawValue, source.uidNext.map { Int64($0.rawValue) },
        source.highestModSeq, source.messages, source.size, source.mailboxID, time, pair.id,
      ])
      guard db.changesCount == 1 else { throw Self.unknown(pair) }
    }
  }

  package func identify(_ pair: MailboxPair, by status: MailboxStatus) async throws {
    try await write { db in
      try Self.identify(pair, by: status.uidValidity ?? .unknown, status.mailboxID, in: db)
    }
  }

  /// What the server does not tell stays as it was.
  private static func identify(
    _ pair: MailboxPair, by uidValidity: UIDValidity, _ mailboxID: String?, in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        UPDATE pair SET source_uidvalidity = ifnull(nullif(?, 0), source_uidvalidity),
          source_mailbox_id = ifnull(?, source_mailbox_id)
        WHERE id = ?
        """
    ).execute(arguments: [uidValidity.rawValue, mailboxID, pair.id])
    guard db.changesCount == 1 else { throw Self.unknown(pair) }
  }

  static func pairs(in db: Database) throws -> [MailboxPair] {
    let rows = try Row.fetchCursor(
      db, sql: "SELECT \(MappedMailboxRow.columns), id FROM pair ORDER BY id")
    return try Array(
      rows.map { row in
        MailboxPair(
          id: try Cell.integer(row, MappedMailboxRow.count),
          mapped: try MappedMailboxRow.mapped(from: row))
      })
  }

  /// Follows mailboxes that got other names at the source; their targets and messages stay.
  ///
  /// Mailboxes may have swapped their names, so all of them give up the old ones first.
  private static func rename(_ rows: [MappedMailbox], in db: Database) throws {
    var moving: [(id: Int64, mapped: MappedMailbox, old: Data)] = []
    for mapped in rows {
      guard let old = mapped.renamedFrom.map({ Data($0.bytes) }),
        let id = try Int64.fetchOne(
          db, sql: "SELECT id FROM pair WHERE source = ?", arguments: [old])
      else { continue }
      moving.append((id, mapped, old))
    }
    for row in moving {
      // No server gives a name with a NUL in it.
      try db.execute(
        sql: "UPDATE pair SET source = CAST(char(0) || id AS BLOB) WHERE id = ?",
        arguments: [row.id])
    }
    for row in moving {
      try db.execute(
        sql: """
          UPDATE OR IGNORE pair SET source = ?, source_delimiter = ?, source_path = ?,
            source_uidvalidity = ?, source_mailbox_id = ?, renamed_from = ?
          WHERE id = ?
          """,
        arguments: MappedMailboxRow.sourceArguments(of: row.mapped) + [row.id])
      if db.changesCount == 0 {
        try db.execute(
          sql: "UPDATE pair SET source = ? WHERE id = ?", arguments: [row.old, row.id])
      }
    }
  }

  private static func place(
    _ anchor: TargetAnchor, of pair: MailboxPair, in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        UPDATE pair SET anchor_mailbox = ?, anchor_uidvalidity = ?, anchor_uidnext = ?,
          anchor_apart = ?, anchor_told_uidnext = ?, anchor_modseq = ?, anchor_mailbox_id = ?
        WHERE id = ?
        """
    ).execute(arguments: [
      Data(anchor.mailbox.bytes), anchor.uidValidity.rawValue,
      Int64(anchor.uidNext.rawValue), anchor.isApart,
      anchor.toldUIDNext.map { Int64($0.rawValue) }, anchor.highestModSeq, anchor.mailboxID,
      pair.id,
    ])
    guard db.changesCount == 1 else { throw unknown(pair) }
  }

  private static func checkpoint(_ row: Row) throws -> SourceCheckpoint? {
    guard let uidValidity = row[0] as Int64? else { return nil }
    return SourceCheckpoint(
      uidValidity: UIDValidity(uidValidity), uidNext: try Cell.optionalUID(row, 1),
      highestModSeq: row[2] as Int64?, messages: row[3] as Int64?, size: row[4] as Int64?,
      mailboxID: row[5] as String?)
  }

  private static func anchor(_ row: Row) throws -> TargetAnchor? {
    guard let name = Cell.optionalBytes(row, 6), let uidNext = try Cell.optionalUID(row, 8) else {
      return nil
    }
    return TargetAnchor(
      mailbox: MailboxName(name), uidValidity: UIDValidity(try Cell.integer(row, 7)),
      uidNext: uidNext, isApart: try Cell.integer(row, 9) == 1,
      toldUIDNext: try Cell.optionalUID(row, 10), highestModSeq: row[11] as Int64?,
      mailboxID: row[12] as String?)
  }

  static func unknown(_ pair: MailboxPair) -> SyncError {
    SyncError.journal(.internalFault, "the mailbox is not in the frozen map")
      .at(mailbox: pair.mapped.source)
  }
}
