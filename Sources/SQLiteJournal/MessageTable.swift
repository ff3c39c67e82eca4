// mailmove: changes to the messages of one pair.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailWire
import SQLiteRows
import SyncEngine

/// Changes to the messages of one pair, inside a transaction that someone else commits.
struct MessageTable {
  private let db: Database
  private let pair: Int64
  /// When all of it is recorded.
  private let time: Int64

  /// Begins to change the messages of a pair: what they came to is forgotten.
  ///
  /// Throws `internalFault` if the pair is not in the map.
  ///
  /// - Parameter time: seconds since 1970-01-01 00:00:00 UTC.
  init(of pair: MailboxPair, at time: Int64, in db: Database) throws {
    // Once for all of them; SQLite would look at every row.
    let known = try db.cachedStatement(sql: "SELECT id FROM pair WHERE id = ?")
    guard try Int64.fetchOne(known, arguments: [pair.id]) != nil else {
      throw SQLiteJournal.unknown(pair)
    }
    try Tally.forget(pair.id, in: db)
    self.db = db
    self.pair = pair.id
    self.time = time
  }

  /// Adds pending messages; of those that are there only pending ones take the listing's values.
  func enroll(_ entries: ArraySlice<Entry>, uidValidity: UIDValidity) throws {
    try Self.enrollment.run(entries, in: db) { entry, values in
      try values.bind(Int64(entry.uid.rawValue))
      try values.bind(entry.size)
      try values.bind(entry.size)
      try values.bind(entry.internalDate?.secondsSinceEpoch)
      try values.bind(entry.internalDate.map { Int64($0.zoneMinutes) })
      try values.bind(Int64(entry.flags.system.rawValue))
      try values.bind(MessageRow.text(of: entry.flags.keywords))
    } common: { values in
      try values.bind(pair)
      try values.bind(uidValidity.rawValue)
      try values.bind(time)
    }
  }

  private static let enrollment = RowInsertion(
    rows: 100,
    before: """
      INSERT INTO message
        (pair, uidvalidity, recorded_at, first_seen, state, uid, size, listed_size, date_seconds,
         date_zone, system_flags, keywords)
      """,
    row: "(?1, ?2, ?3, ?3, 0, ?, ?, ?, ?, ?, ?, ?)",
    after: """
      ON CONFLICT DO UPDATE SET size = excluded.size, listed_size = excluded.listed_size,
        date_seconds = excluded.date_seconds, date_zone = excluded.date_zone,
        system_flags = excluded.system_flags, keywords = excluded.keywords
      WHERE state = 0
      """)

  /// Applies outcomes in their order.
  func apply(_ outcomes: [Outcome]) throws {
    var settled: [MessageRecord] = []
    for outcome in outcomes {
      if case .settled = outcome {} else { try settle(&settled) }
      switch outcome {
      case .settled(let record): settled.append(record)
      case .located(let key, let uid):
        try update(key, "target_uid = ?", [uid.map { Int64($0.rawValue) }])
      case .flagsCarried(let key, let flags):
        try update(
          key, "system_flags = ?, keywords = ?",
          [Int64(flags.system.rawValue), MessageRow.text(of: flags.keywords)])
      case .rekeyed(let old, let record):
        try rekey(from: old, to: record.key)
        settled.append(record)
      case .relisted(let key, let size): try update(key, "listed_size = ?", [size])
      case .marked(let key, let state):
        let removal = state == .vanished ? ", removal = \(Self.markWhenListedAgain)" : ""
        try update(key, "state = ?\(removal)", [Int64(state.rawValue)])
      }
    }
    try settle(&settled)
  }

  /// What is left of the column `removal`.
  static let markWhenListedAgain =
    "CASE removal "
    + RemovalMark.allCases.compactMap { mark in
      mark.whenListedAgain.map { "WHEN '\(mark.rawValue)' THEN '\($0.rawValue)' " }
    }.joined() + "END"

  /// Puts records in place of what is there, and leaves none.
  private func settle(_ records: inout [MessageRecord]) throws {
    try Self.settlement.run(records[...], in: db) { record, values in
      try values.bind(record.key.uidValidity.rawValue)
      try values.bind(Int64(record.key.uid.rawValue))
      try values.bind(Int64(record.state.rawValue))
      try values.bind(record.size)
      try values.bind(record.digest.map { Data($0.bytes) })
      try values.bind(record.fingerprint.map { Data($0.bytes) })
      try values.bind(record.internalDate?.secondsSinceEpoch)
      try values.bind(record.internalDate.map { Int64($0.zoneMinutes) })
      try values.bind(Int64(record.flags.system.rawValue))
      try values.bind(MessageRow.text(of: record.flags.keywords))
      try values.bind(record.targetUID.map { Int64($0.rawValue) })
      try values.bind(record.reason?.rawValue)
      try values.bind(record.note)
      try values.bind(record.listedSize)
      try values.bind(record.removal?.rawValue)
      try values.bind(
        record.dropped.flags.isEmpty ? nil : record.dropped.flags.joined(separator: " "))
      try values.bind(record.dropped.date ? 1 : 0)
    } common: { values in
      try values.bind(pair)
      try values.bind(time)
    }
    records.removeAll()
  }

  /// When a message was first seen stays as it was.
  private static let settlement = RowInsertion(
    rows: 16,
    before: "INSERT INTO message (pair, recorded_at, first_seen, \(MessageRow.columns))",
    row: "(?1, ?2, ?2\(repeatElement(", ?", count: MessageRow.count).joined()))",
    after: "ON CONFLICT DO UPDATE SET recorded_at = ?2, \(MessageRow.replacements)")

  private func rekey(from old: SourceKey, to new: SourceKey) throws {
    if old != new {
      let enrolled = try db.cachedStatement(
        sql:
          """
          DELETE FROM message
          WHERE pair = ? AND uidvalidity = ? AND uid = ? AND state IN (0, 3, 4)
          """)
      try enrolled.execute(arguments: [pair, new.uidValidity.rawValue, Int64(new.uid.rawValue)])
    }
    try update(
      old, "uidvalidity = ?, uid = ?", [new.uidValidity.rawValue, Int64(new.uid.rawValue)])
  }

  /// Changes columns of exactly one message; a message that is not on record is a fault of ours.
  private func update(
    _ key: SourceKey, _ assignments: String, _ values: StatementArguments
  ) throws {
    let statement = try db.cachedStatement(
      sql: """
        UPDATE message SET \(assignments), recorded_at = ?
        WHERE pair = ? AND uidvalidity = ? AND uid = ?
        """)
    try statement.execute(
      arguments: values + [time, pair, key.uidValidity.rawValue, Int64(key.uid.rawValue)])
    guard db.changesCount == 1 else {
      throw SyncError.journal(.internalFault, "the message is not on record", key: key)
    }
  }
}
