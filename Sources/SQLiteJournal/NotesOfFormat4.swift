// mailmove: what ledgers of an earlier format kept in words.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import SyncEngine

/// The notes of ledgers up to format 4, in which marks and concessions were kept as words.
///
/// Only notes that mailmove wrote itself are read, those of messages that are or were at the
/// target. A skipped message has a server's words there, which could say anything (invariant 19).
enum NotesOfFormat4 {
  private static let marks: [String: RemovalMark] = [
    "copy proven, to be removed from the source": .proven,
    "removed from the source": .removed,
    "marked \\Deleted at the source": .flagged,
    "kept at the source, the target does not hand out the same bytes": .kept,
  ]
  private static let flagsPrefix = "flags not kept: "
  private static let datePrefixes = ["date not kept: ", "date taken from "]

  /// Moves what the notes say into the columns of format 5.
  static func takeApart(in db: Database) throws {
    let written = [MessageState.stored, .alreadyThere, .vanished, .lost]
      .map { String($0.rawValue) }.joined(separator: ", ")
    let notes = try String.fetchAll(
      db,
      sql: """
        SELECT DISTINCT note FROM message WHERE note IS NOT NULL AND state IN (\(written))
        """)
    for note in notes {
      let parts = note.split(separator: "; ").map(String.init)
      let flags = parts.filter { $0.hasPrefix(flagsPrefix) }
        .flatMap { $0.dropFirst(flagsPrefix.count).lowercased().split(separator: " ") }.sorted()
      let hasDate = parts.contains { part in datePrefixes.contains { part.hasPrefix($0) } }
      let rest = parts.filter { marks[$0] == nil }
      try db.execute(
        sql: """
          UPDATE message SET removal = ?, dropped_flags = ?, dropped_date = ?, note = ?
          WHERE note = ? AND state IN (\(written))
          """,
        arguments: [
          parts.lazy.compactMap { marks[$0] }.last?.rawValue,
          flags.isEmpty ? nil : flags.joined(separator: " "), hasDate,
          rest.isEmpty ? nil : rest.joined(separator: "; "), note,
        ])
    }
  }
}
