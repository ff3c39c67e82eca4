// mailmove: changes to the messages of one pair.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailWire
import SyncEngine

/// Changes to the messages of one pair, inside a transaction that someone else commits.
struct MessageTable {
  let db: Database
  let pair: Int64
  /// When all of it is recorded: seconds since 1970-01-01 00:00:00 UTC.
  let time: Int64

  /// Adds pending messages; of those that are there only pending ones take the listing's values.
  func enroll(_ entries: ArraySlice<Entry>, uidValidity: UIDValidity) throws {
    var rest = entries
    while !rest.isEmpty {
      let group = rest.prefix(Self.enrollRows)
      rest = rest.dropFirst(group.count)
      let statement = try db.cachedStatement(sql: Self.enrollment(rows: group.count))
      var values = StatementValues(of: statement)
      try values.bind(pair)
      try values.bind(uidValidity.rawValue)
      try values.bind(time)
      for entry in group {
        try values.bind(Int64(entry.uid.rawValue))
        try values.bind(entry.size)
        try values.bind(entry.internalDate?.secondsSinceEpoch)
        try values.bind(entry.internalDate.map { Int64($0.zoneMinutes) })
        try values.bind(Int64(entry.flags.system.rawValue))
        try values.bind(MessageRow.text(of: entry.flags.keywords))
      }
      try statement.execute()
    }
  }

  /// Rows in one statement of `enroll`: a listing may have a million, and most of the cost of a
  /// statement does not depend on its rows.
  private static let enrollRows = 100

  private static func enrollment(rows: Int) -> String {
    rows == enrollRows ? fullEnrollment : enrollment(of: rows)
  }

  private static let fullEnrollment = enrollment(of: enrollRows)

  private static func enrollment(of rows: Int) -> String {
    let values = repeatElement("(?, ?, ?, ?, ?, ?)", count: rows).joined(separator: ", ")
    return """
      INSERT INTO message
        (pair, uidvalidity, uid, state, size, date_seconds, date_zone, system_flags, keywords,
         recorded_at)
      SELECT same.pair, same.uidvalidity, column1, 0, column2, column3, column4, column5, column6,
        same.recorded_at
      FROM (SELECT ? AS pair, ? AS uidvalidity, ? AS recorded_at) AS same, (VALUES \(values))
      WHERE true
      ON CONFLICT DO UPDATE SET size = excluded.size,
        date_seconds = excluded.date_seconds, date_zone = excluded.date_zone,
        system_flags = excluded.system_flags, keywords = excluded.keywords
      WHERE state = 0
      """
  }

  func apply(_ outcome: Outcome) throws {
    switch outcome {
    case .settled(let record): try settle(record)
    case .located(let key, let uid):
      try update(key, "target_uid = ?", [uid.map { Int64($0.rawValue) }])
    case .flagsCarried(let key, let flags):
      try update(
        key, "system_flags = ?, keywords = ?",
        [Int64(flags.system.rawValue), MessageRow.text(of: flags.keywords)])
    case .rekeyed(let old, let new): try rekey(from: old, to: new)
    case .marked(let key, let state): try update(key, "state = ?", [Int64(state.rawValue)])
    }
  }

  private func settle(_ record: MessageRecord) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO message (pair, recorded_at, \(MessageRow.columns))
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    var values = StatementValues(of: statement)
    try values.bind(pair)
    try values.bind(time)
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
    try statement.execute()
  }

  private func rekey(from old: SourceKey, to new: SourceKey) throws {
    if old != new {
      let enrolled = try db.cachedStatement(
        sql: "DELETE FROM message WHERE pair = ? AND uidvalidity = ? AND uid = ? AND state = 0")
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
