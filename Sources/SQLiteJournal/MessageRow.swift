// mailmove: a message record as a row.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailWire
import SyncEngine

/// The columns of `message` that hold a `MessageRecord`; the one place that knows both forms.
enum MessageRow {
  static let columns = """
    uidvalidity, uid, state, size, digest, fingerprint, date_seconds, date_zone, system_flags, \
    keywords, target_uid, reason, note, listed_size, removal, dropped_flags, dropped_date
    """
  static let count = 17

  /// For an upsert: all columns but the key.
  static let replacements: String = columns.split(separator: ",").dropFirst(2)
    .map { column -> String in
      let name = column.filter { $0 != " " && $0 != "\n" }
      return "\(name) = excluded.\(name)"
    }.joined(separator: ", ")

  /// Reads the columns, which begin the row.
  static func record(from row: Row) throws -> MessageRecord {
    var record = MessageRecord(
      key: try key(row),
      state: try state(row, 2), size: try Cell.integer(row, 3), listedSize: row[13] as Int64?,
      digest: Cell.optionalBytes(row, 4).flatMap(SHA256Digest.init(bytes:)),
      fingerprint: Cell.optionalBytes(row, 5).flatMap(Fingerprint.init(bytes:)),
      internalDate: try date(row), flags: try flags(row),
      targetUID: try Cell.optionalUID(row, 10), note: row[12] as String?)
    if let reason = row[11] as String? { explain(&record, by: reason) }
    record.removal = try Cell.optionalWord(row, 14)
    record.dropped = DroppedMetadata(
      flags: (row[15] as String?)?.split(separator: " ").map(String.init) ?? [],
      date: try Cell.integer(row, 16) != 0)
    return record
  }

  /// The key, which begins the row.
  static func key(_ row: Row) throws -> SourceKey {
    SourceKey(
      uidValidity: UIDValidity(try Cell.integer(row, 0)),
      uid: UID(try Cell.narrow(Cell.integer(row, 1))))
  }

  static func state(_ row: Row, _ index: Int) throws -> MessageState {
    guard let state = MessageState(rawValue: try Cell.narrow(Cell.integer(row, index))) else {
      throw unknownState
    }
    return state
  }

  static var unknownState: SyncError {
    .journal(.journalFailed, "the ledger holds a message in an unknown state")
  }

  /// A reason that only another version knows stays readable, in the note.
  private static func explain(_ record: inout MessageRecord, by reason: String) {
    record.reason = SyncError.Cause(rawValue: reason)
    guard record.reason == nil else { return }
    record.note = [reason, record.note].compactMap { $0 }.joined(separator: ": ")
  }

  private static func date(_ row: Row) throws -> InternalDate? {
    guard let seconds = row[6] as Int64?, let zone = row[7] as Int64? else { return nil }
    return InternalDate(secondsSinceEpoch: seconds, zoneMinutes: try Cell.narrow(zone))
  }

  private static func flags(_ row: Row) throws -> FlagSet {
    let system = SystemFlags(rawValue: try Cell.narrow(Cell.integer(row, 8)))
    guard let keywords = row[9] as String? else { return FlagSet(system: system) }
    return FlagSet(
      system: system, keywords: keywords.split(separator: " ").map { Keyword(String($0)) })
  }

  /// Keywords are atoms (RFC 9051, 9), so a space keeps them apart.
  static func text(of keywords: [Keyword]) -> String? {
    keywords.isEmpty ? nil : keywords.map(\.name).joined(separator: " ")
  }
}
