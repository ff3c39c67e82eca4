// mailmove: the numbering of messages without UIDs in SQLite.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailWire
import SQLiteRows
import SyncEngine

extension SQLiteJournal: KeyBook {
  /// A journal that was opened for reading gives new names numbers that it forgets again.
  package func numbers(for names: [String?], of mailbox: MailboxName) async throws -> [UID] {
    guard isWritable else {
      return try await read { db in
        var numbering = try Self.numbering(of: mailbox, in: db)
        return try numbering.numbers(for: names).uids
      }
    }
    return try await write { db in
      var numbering = try Self.numbering(of: mailbox, in: db)
      let before = numbering.last
      let given = try numbering.numbers(for: names)
      guard numbering.last != before else { return given.uids }
      try db.execute(
        sql: """
          INSERT INTO numbering (mailbox, last) VALUES (?, ?)
          ON CONFLICT (mailbox) DO UPDATE SET last = excluded.last
          """, arguments: [Data(mailbox.bytes), Int64(numbering.last)])
      try Self.nameInsertion.run(given.added[...], in: db) { added, values in
        try values.bind(added.name)
        try values.bind(Int64(added.uid.rawValue))
      } common: { values in
        try values.bind(Data(mailbox.bytes))
      }
      return given.uids
    }
  }

  private static let nameInsertion = RowInsertion(
    rows: 64, before: "INSERT INTO name (mailbox, name, number)", row: "(?1, ?, ?)")

  private static func numbering(
    of mailbox: MailboxName, in db: Database
  ) throws -> KeyNumbering {
    let key = Data(mailbox.bytes)
    let last = try Row.fetchOne(
      db, sql: "SELECT last FROM numbering WHERE mailbox = ?", arguments: [key]
    ).map { try Cell.narrow(Cell.integer($0, 0)) as UInt32 }
    var known: [String: UID] = [:]
    let rows = try Row.fetchCursor(
      db, sql: "SELECT name, number FROM name WHERE mailbox = ?", arguments: [key])
    while let row = try rows.next() {
      known[try Cell.text(row, 0)] = UID(try Cell.narrow(Cell.integer(row, 1)))
    }
    return KeyNumbering(last: last ?? 0, known: known)
  }
}
