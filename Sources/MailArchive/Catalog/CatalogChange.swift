// mailmove: one commit as changes of the catalog.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import MailWire

/// Takes a commit over into the tables, inside a transaction that someone else commits.
///
/// Throws `ArchiveError.damaged` where a commit names what no commit before it has made, or makes
/// something again: what is about it could not be found, or would hide what was there.
struct CatalogChange {
  let db: Database
  let commit: JournalCommit

  func apply() throws {
    var rows = CatalogRows()
    for event in commit.events {
      if case .message(let message) = event {
        if rows.isFull || rows.mustBeWritten(before: message) { try write(&rows) }
        rows.add(message)
      } else if case .put(let put) = event {
        if rows.isFull { try write(&rows) }
        rows.add(
          CatalogRows.PlaceRow(
            put: put, flagSet: try flagSet(put.flags), labelSet: try put.labels.map(labelSet)))
      } else {
        try write(&rows)
        try apply(event)
      }
    }
    try write(&rows)
    try countNew()
    for (segment, end) in commit.ends {
      try run(
        "UPDATE segment SET bytes = ?, sha256 = ?, touched = ? WHERE id = ?",
        [end.length, end.digest.description, commit.time, segment])
    }
  }

  private func apply(_ event: JournalEvent) throws {
    switch event {
    case .open, .run, .end, .message, .put: break
    case .unknown(let name, let mustBeKnown):
      if mustBeKnown { try CatalogMeta.set(CatalogMeta.unknownEvent, name, in: db) }
    case .account(let account): try upsert(account)
    case .folder(let folder): try upsert(folder)
    case .segment(let id, let path):
      try run(
        "INSERT OR IGNORE INTO segment (id, path, bytes, state) VALUES (?, ?, 0, 'open')",
        [id, path])
      try insistOnChange("segment \(id) is begun again")
    case .flags(let flags):
      try run(
        """
        UPDATE placement SET flagset_id = ?, modseq = coalesce(?, modseq)
        WHERE folder_id = ? AND uidvalidity = ? AND uid = ?
        """,
        [
          try flagSet(flags.flags), flags.modSeq, flags.key.folder.rawValue,
          Int64(flags.key.uidValidity), Int64(flags.key.uid),
        ])
    case .gone(let set, _):
      for uid in set.uids {
        try run(
          """
          UPDATE placement SET gone_commit = ?
          WHERE folder_id = ? AND uidvalidity = ? AND uid = ? AND gone_commit IS NULL
          """,
          [commit.number, set.folder.rawValue, Int64(set.uidValidity), Int64(uid)])
      }
    case .listed(let set, _):
      for uid in set.uids {
        try run(
          """
          UPDATE placement SET gone_commit = NULL
          WHERE folder_id = ? AND uidvalidity = ? AND uid = ?
          """,
          [set.folder.rawValue, Int64(set.uidValidity), Int64(uid)])
      }
    case .scan(let scan):
      try run(
        """
        UPDATE folder SET source_uidvalidity = ?, source_uidnext = ?, highestmodseq = ?,
          scanned_commit = ? WHERE id = ?
        """,
        [scan.uidValidity, scan.uidNext, scan.modSeq, commit.number, scan.folder.rawValue])
    case .seal(let segment, let bytes, let digest):
      try run(
        "UPDATE segment SET state = 'sealed', bytes = ?, sha256 = ? WHERE id = ?",
        [bytes, digest.description, segment])
    case .damage, .heal, .prune, .moved, .drop, .hold, .release: try maintain(event)
    }
  }

  private func maintain(_ event: JournalEvent) throws {
    switch event {
    case .damage(let messages, _): try mark(messages, StoredMessage.State.damaged)
    case .heal(let place):
      try move(to: place)
      try mark([place.id], StoredMessage.State.live)
    case .prune(let messages):
      for message in messages {
        try run(
          """
          UPDATE segment SET dead_messages = dead_messages + 1,
            dead_bytes = dead_bytes + (SELECT len FROM message WHERE id = ?1)
          WHERE id = (SELECT segment_id FROM message WHERE id = ?1 AND state <> 1)
          """,
          [message])
      }
      try mark(messages, StoredMessage.State.pruned)
    case .moved(let places): for place in places { try move(to: place) }
    case .drop(let segment):
      try run("UPDATE segment SET state = 'dropped' WHERE id = ?", [segment])
      try insistOnChange("segment \(segment) is dropped and was never begun")
    case .hold(let id, let query, let since):
      try run(
        "INSERT OR REPLACE INTO hold (id, query, since) VALUES (?, ?, ?)", [id, query, since])
    case .release(let id): try run("DELETE FROM hold WHERE id = ?", [id])
    case .open, .account, .folder, .segment, .message, .put, .flags, .gone, .listed, .scan, .run,
      .end, .seal, .unknown:
      break
    }
  }

  private func upsert(_ account: AccountEvent) throws {
    try run(
      "INSERT OR REPLACE INTO account (id, label, proto, host) VALUES (?, ?, ?, ?)",
      [account.id.rawValue, account.label, account.proto, account.host])
  }

  private func upsert(_ folder: FolderEvent) throws {
    try run(
      """
      INSERT INTO folder (id, account_id, name, delim, special, mailboxid, uidvalidity)
      SELECT ?1, id, ?3, ?4, ?5, ?6, ?7 FROM account WHERE id = ?2
      ON CONFLICT (id) DO UPDATE SET account_id = excluded.account_id, name = excluded.name,
        delim = excluded.delim, special = excluded.special, mailboxid = excluded.mailboxid
      """,
      [
        folder.id.rawValue, folder.account.rawValue, folder.name, folder.delimiter,
        folder.special, folder.mailboxID, Int64(folder.uidValidity),
      ])
    try insistOnChange("folder \(folder.id.rawValue) is of no account")
  }

  /// Writes the rows that have come together.
  private func write(_ rows: inout CatalogRows) throws {
    let messages = rows.messages
    guard try rows.writeMessages(db) == messages.count else {
      throw contradiction("\(Self.span(messages.map(\.place.id))) stored again")
    }
    let places = rows.places
    guard try rows.writePlaces(db, commit: commit.number) == places.count else {
      let span = Self.span(places.map(\.put.message))
      throw contradiction("\(span) put and was never stored, or put where one is already")
    }
    for place in places {
      guard let uidl = place.put.uidl else { continue }
      try run(
        "INSERT OR REPLACE INTO pop3 (folder_id, uidl, uid) VALUES (?, ?, ?)",
        [place.put.key.folder.rawValue, uidl, Int64(place.put.key.uid)])
    }
    rows = CatalogRows()
  }

  private static func span(_ messages: [Int64]) -> String {
    guard let first = messages.min(), let last = messages.max(), first < last else {
      return "message \(messages.first ?? 0) is"
    }
    return "one of the messages \(first) to \(last) is"
  }

  /// What the new messages and places add up to, in segments and in folders that are in the tables
  /// by now.
  private func countNew() throws {
    var messages: [Int64: Int64] = [:]
    var lastUIDs: [FolderID: UInt32] = [:]
    for event in commit.events {
      if case .message(let message) = event { messages[message.place.segment, default: 0] += 1 }
      if case .put(let put) = event {
        lastUIDs[put.key.folder] = max(lastUIDs[put.key.folder] ?? 0, put.key.uid)
      }
    }
    for (segment, count) in messages {
      try run("UPDATE segment SET messages = messages + ? WHERE id = ?", [count, segment])
      try insistOnChange("messages are in segment \(segment), which was never begun")
    }
    for (folder, uid) in lastUIDs {
      try run(
        "UPDATE folder SET uidnext = max(uidnext, ?) WHERE id = ?",
        [Int64(uid) + 1, folder.rawValue])
      try insistOnChange("messages are put into folder \(folder.rawValue), which was never made")
    }
  }

  private func move(to place: MessagePlace) throws {
    try run(
      """
      UPDATE message SET segment_id = ?1, off = ?2, clen = ?3, at = ?4, len = ?5
      WHERE id = ?6 AND EXISTS (SELECT 1 FROM segment WHERE id = ?1)
      """,
      [
        place.segment, place.offset, place.compressedLength, place.at, place.length, place.id,
      ])
    try insistOnChange(
      "message \(place.id) is moved and was never stored, or moved where no segment is")
  }

  private func mark(_ messages: [Int64], _ state: StoredMessage.State) throws {
    for message in messages {
      try run("UPDATE message SET state = ? WHERE id = ?", [Int64(state.rawValue), message])
    }
  }

  private func flagSet(_ flags: FlagSet) throws -> Int64? {
    flags.isEmpty ? nil : try number(of: flags.journalText, table: "flagset", column: "flags")
  }

  private func labelSet(_ labels: [String]) throws -> Int64 {
    var text: [UInt8] = []
    JSONValue.array(labels.map { .string($0) }).write(to: &text)
    return try number(
      of: String(decoding: text, as: UTF8.self), table: "labelset", column: "labels")
  }

  /// The number of a text that many rows share.
  private func number(of text: String, table: String, column: String) throws -> Int64 {
    let known = try db.cachedStatement(sql: "SELECT id FROM \(table) WHERE \(column) = ?")
    if let id = try Int64.fetchOne(known, arguments: [text]) { return id }
    try run("INSERT INTO \(table) (\(column)) VALUES (?)", [text])
    return db.lastInsertedRowID
  }

  /// Throws `damaged` if the last statement found nothing to change.
  private func insistOnChange(_ otherwise: @autoclosure () -> String) throws {
    guard db.changesCount == 0 else { return }
    throw contradiction(otherwise())
  }

  private func contradiction(_ what: String) -> ArchiveError {
    .damaged(
      ArchiveDamage(.journal, path: ArchiveLayout.journal, "commit \(commit.number): \(what)"))
  }

  private func run(_ sql: String, _ arguments: StatementArguments) throws {
    try db.cachedStatement(sql: sql).execute(arguments: arguments)
  }
}
