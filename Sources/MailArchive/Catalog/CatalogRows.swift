// mailmove: new messages and their places as rows of the catalog.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailWire
import SQLiteRows

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
    try Self.messageInsertion.run(messages[...], in: db) { message, values in
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
  }

  /// Writes the places, or leaves out those that are taken or whose message was never stored.
  ///
  /// - Parameter commit: the number of the commit.
  /// - Returns: how many were written.
  func writePlaces(_ db: Database, commit: Int64) throws -> Int {
    try Self.placeInsertion.run(places[...], in: db) { place, values in
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
    } common: { values in
      try values.bind(commit)
    }
  }

  private static let messageInsertion = RowInsertion(
    rows: rowsMax,
    before: """
      INSERT OR IGNORE INTO message (id, sha256, segment_id, off, clen, at, len, size, date)
      """,
    row: "(?, ?, ?, ?, ?, ?, ?, ?, ?)")

  /// The join keeps its order, so that each row looks for its message and not the other way round.
  private static let placeInsertion = RowInsertion(
    rows: rowsMax,
    before: """
      INSERT OR IGNORE INTO placement (folder_id, uidvalidity, uid, message_id, idate, zone,
        flagset_id, labelset_id, modseq, added_commit)
      SELECT column1, column2, column3, message.id, column5, column6, column7, column8, column9, ?1
      FROM (
      """,
    row: "(?, ?, ?, ?, ?, ?, ?, ?, ?)", after: ") CROSS JOIN message ON message.id = column4")
}
