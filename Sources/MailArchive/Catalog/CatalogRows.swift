// mailmove: new messages and their places as rows of the catalog.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailWire

/// New messages and places of a commit on their way into the catalog, which are most of it.
///
/// Written many to a statement, because most of what a statement costs does not depend on its rows.
/// Messages come before places, whatever the order in which they were added.
struct CatalogRows {
  private(set) var messages: [MessageEvent] = []
  private(set) var places: [PlaceRow] = []

  /// A place with the numbers of its flags and labels.
  struct PlaceRow {
    let put: PutEvent
    let flagSet: Int64?
    let labelSet: Int64?
  }

  /// Rows in one statement.
  private static let rowsMax = 64

  var isFull: Bool { messages.count >= Self.rowsMax || places.count >= Self.rowsMax }

  /// Whether a place is here already whose message is only stored now: written together, the
  /// contradiction would not be seen.
  func mustBeWritten(before message: MessageEvent) -> Bool {
    places.contains { $0.put.message == message.place.id }
  }

  mutating func add(_ message: MessageEvent) { messages.append(message) }

  mutating func add(_ place: PlaceRow) { places.append(place) }

  /// Writes the messages, or leaves out those whose number is taken.
  ///
  /// - Returns: how many were written.
  func writeMessages(_ db: Database) throws -> Int {
    guard !messages.isEmpty else { return 0 }
    let statement = try db.cachedStatement(sql: Self.messageStatement.text(rows: messages.count))
    var values = StatementValues(of: statement)
    for message in messages {
      try values.bind(message.place.id)
      try values.bind(Data(message.digest.bytes))
      try values.bind(message.place.segment)
      try values.bind(message.place.offset)
      try values.bind(message.place.compressedLength)
      try values.bind(message.place.at)
      try values.bind(message.place.length)
      try values.bind(message.size)
      try values.bind(message.date)
    }
    try statement.execute()
    return db.changesCount
  }

  /// Writes the places, or leaves out those that are taken or whose message was never stored.
  ///
  /// - Parameter commit: the number of the commit.
  /// - Returns: how many were written.
  func writePlaces(_ db: Database, commit: Int64) throws -> Int {
    guard !places.isEmpty else { return 0 }
    let statement = try db.cachedStatement(sql: Self.placeStatement.text(rows: places.count))
    var values = StatementValues(of: statement)
    try values.bind(commit)
    for place in places {
      let put = place.put
      try values.bind(put.key.folder.rawValue)
      try values.bind(Int64(put.key.uidValidity))
      try values.bind(Int64(put.key.uid))
      try values.bind(put.message)
      try values.bind(put.internalDate?.secondsSinceEpoch)
      try values.bind(put.internalDate.map { Int64($0.zoneMinutes) })
      try values.bind(place.flagSet)
      try values.bind(place.labelSet)
      try values.bind(put.modSeq)
    }
    try statement.execute()
    return db.changesCount
  }

  // MARK: Statements

  /// A statement for any number of rows, each with as many values.
  private struct Template {
    let start: String
    let columns: Int
    let end: String
    /// The text for `rowsMax` rows, which is made once.
    private let full: String

    init(_ start: String, columns: Int, end: String) {
      self.start = start
      self.columns = columns
      self.end = end
      full = Self.text(start, columns, end, rows: CatalogRows.rowsMax)
    }

    func text(rows: Int) -> String {
      rows == CatalogRows.rowsMax ? full : Self.text(start, columns, end, rows: rows)
    }

    private static func text(_ start: String, _ columns: Int, _ end: String, rows: Int) -> String {
      let row = "(" + repeatElement("?", count: columns).joined(separator: ",") + ")"
      return start + repeatElement(row, count: rows).joined(separator: ",") + end
    }
  }

  private static let messageStatement = Template(
    """
    INSERT OR IGNORE INTO message (id, sha256, segment_id, off, clen, at, len, size, date)
    VALUES
    """, columns: 9, end: "")

  /// The join keeps its order, so that each row looks for its message and not the other way round.
  private static let placeStatement = Template(
    """
    INSERT OR IGNORE INTO placement (folder_id, uidvalidity, uid, message_id, idate, zone,
      flagset_id, labelset_id, modseq, added_commit)
    SELECT column1, column2, column3, message.id, column5, column6, column7, column8, column9,
      same.added_commit
    FROM (SELECT ? AS added_commit) AS same CROSS JOIN (VALUES
    """, columns: 9, end: ") CROSS JOIN message ON message.id = column4")
}
