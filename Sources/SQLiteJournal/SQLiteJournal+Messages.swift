// mailmove: the messages in SQLite.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import MailWire
import SyncEngine

extension SQLiteJournal: Journal {
  /// Messages in one transaction of `enroll`: long enough to be fast, short enough that other
  /// lanes' receipts do not wait.
  private static let enrollChunk = 10_000

  package func records(of pair: MailboxPair) async throws -> [MessageRecord] {
    try await read { db in
      let statement = try db.cachedStatement(
        sql: "SELECT \(MessageRow.columns) FROM message WHERE pair = ? ORDER BY uidvalidity, uid")
      let rows = try Row.fetchCursor(statement, arguments: [pair.id])
      return try Array(rows.map(MessageRow.record(from:)))
    }
  }

  package func enroll(
    _ entries: [Entry], uidValidity: UIDValidity, in pair: MailboxPair
  ) async throws {
    let time = now()
    var rest = entries[...]
    while !rest.isEmpty {
      let chunk = rest.prefix(Self.enrollChunk)
      rest = rest.dropFirst(Self.enrollChunk)
      try await write { db in
        try MessageTable(db: db, pair: pair.id, time: time).enroll(
          chunk, uidValidity: uidValidity)
      }
    }
  }

  package func record(_ outcomes: [Outcome], in pair: MailboxPair) async throws {
    guard !outcomes.isEmpty else { return }
    let time = now()
    try await write { db in
      let table = MessageTable(db: db, pair: pair.id, time: time)
      for outcome in outcomes { try table.apply(outcome) }
    }
  }

  /// One pass in the order of the table: grouping by more than the pair would sort every message.
  private static let tally = """
    SELECT pair, count(*),
      ifnull(sum(size) FILTER (WHERE state IN (\(atTarget))), 0),
      \(MessageState.allCases.map { "count(*) FILTER (WHERE state = \($0.rawValue))" }
        .joined(separator: ", "))
    FROM message GROUP BY pair
    """
  private static let atTarget =
    "\(MessageState.stored.rawValue), \(MessageState.alreadyThere.rawValue)"

  package func summary() async throws -> JobSummary {
    try await read { db in
      var counts: [Int64: [MessageState: Int]] = [:]
      var bytes: [Int64: Int64] = [:]
      let rows = try Row.fetchCursor(db, sql: Self.tally)
      while let row = try rows.next() {
        let pair = try Cell.integer(row, 0)
        var rest: Int = try Cell.narrow(Cell.integer(row, 1))
        bytes[pair] = try Cell.integer(row, 2)
        for (place, state) in MessageState.allCases.enumerated() {
          let count: Int = try Cell.narrow(Cell.integer(row, 3 + place))
          if count > 0 { counts[pair, default: [:]][state] = count }
          rest -= count
        }
        guard rest == 0 else { throw MessageRow.unknownState }
      }
      var removals: [Int64: [RemovalMark: Int]] = [:]
      let notes = try Row.fetchCursor(
        db,
        sql: """
          SELECT pair, count(*), note FROM message WHERE note IS NOT NULL GROUP BY pair, note
          """)
      while let row = try notes.next() {
        guard let mark = RemovalMark(note: row[2] as String?) else { continue }
        removals[try Cell.integer(row, 0), default: [:]][mark, default: 0] +=
          try Cell.narrow(Cell.integer(row, 1))
      }
      return JobSummary(
        mailboxes: try Self.pairs(in: db).map { pair in
          JobSummary.MailboxLine(
            pair: pair, counts: counts[pair.id] ?? [:], bytesAtTarget: bytes[pair.id] ?? 0,
            removals: removals[pair.id] ?? [:])
        })
    }
  }

  package func messages(
    in state: MessageState, limit: Int
  ) async throws -> [(MailboxPair, MessageRecord)] {
    try await messages(where: "state = ?", [Int64(state.rawValue)], limit: limit)
  }

  /// Messages whose record ends with a mark about removal, at most `limit` of them, with the
  /// mailbox each is in.
  package func messages(
    marked mark: RemovalMark, limit: Int
  ) async throws -> [(MailboxPair, MessageRecord)] {
    try await messages(where: "note LIKE ?", ["%\(mark.rawValue)"], limit: limit)
      .filter { RemovalMark(note: $0.1.note) == mark }
  }

  private func messages(
    where condition: String, _ arguments: StatementArguments, limit: Int
  ) async throws -> [(MailboxPair, MessageRecord)] {
    try await read { db in
      let pairs = Dictionary(uniqueKeysWithValues: try Self.pairs(in: db).map { ($0.id, $0) })
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT \(MessageRow.columns), pair FROM message WHERE \(condition)
          ORDER BY pair, uidvalidity, uid LIMIT ?
          """, arguments: arguments + [Int64(max(0, limit))])
      var found: [(MailboxPair, MessageRecord)] = []
      while let row = try rows.next() {
        guard let pair = pairs[try Cell.integer(row, MessageRow.count)] else { continue }
        found.append((pair, try MessageRow.record(from: row)))
      }
      return found
    }
  }

  package func reopen(_ state: MessageState) async throws -> Int {
    guard state == .skipped || state == .lost else {
      throw SyncError.journal(.internalFault, "only skipped or lost messages can be reopened")
    }
    let time = now()
    return try await write { db in
      try db.execute(
        sql: """
          UPDATE message SET state = 0, target_uid = NULL, reason = NULL, note = NULL,
            recorded_at = ? WHERE state = ?
          """, arguments: [time, Int64(state.rawValue)])
      return db.changesCount
    }
  }
}
