// mailmove: the messages in SQLite.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailWire
import SyncEngine
import Synchronization

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
        try MessageTable(of: pair, at: time, in: db).enroll(chunk, uidValidity: uidValidity)
      }
    }
  }

  package func record(_ outcomes: [Outcome], in pair: MailboxPair) async throws {
    guard !outcomes.isEmpty else { return }
    let time = now()
    try await write { db in
      try MessageTable(of: pair, at: time, in: db).apply(outcomes)
    }
    if outcomes.contains(where: \.givesMark) { marks.withLock { $0.given += 1 } }
  }

  package func summary() async throws -> JobSummary {
    if isWritable { await keepTallies() }
    return try await read { db in
      let kept = try Tally.kept(in: db)
      return JobSummary(
        mailboxes: try Self.pairs(in: db).map { pair in
          let tally = try kept[pair.id] ?? Tally(counting: pair.id, in: db)
          return JobSummary.MailboxLine(
            pair: pair, counts: tally.counts, bytesAtTarget: tally.bytesAtTarget,
            removals: tally.removals)
        })
    }
  }

  /// Counts the mailboxes whose messages changed since they were counted last.
  ///
  /// A full disk must not hide what a run came to: what cannot be kept is counted every time.
  private func keepTallies() async {
    guard let missing = try? await read(Tally.missing(in:)), !missing.isEmpty else { return }
    _ = try? await write { db in
      for pair in try Tally.missing(in: db) {
        try Tally(counting: pair, in: db).keep(for: pair, in: db)
      }
    }
  }

  package func messages(
    in state: MessageState, limit: Int
  ) async throws -> [(MailboxPair, MessageRecord)] {
    try await messages(where: "state = ?", [Int64(state.rawValue)], limit: limit)
  }

  /// Messages with a mark about removal that have not vanished, at most `limit` of them, with the
  /// mailbox each is in.
  package func messages(
    marked mark: RemovalMark, limit: Int
  ) async throws -> [(MailboxPair, MessageRecord)] {
    try await messages(
      where: "removal = ? AND state <> \(MessageState.vanished.rawValue)", [mark.rawValue],
      limit: limit)
  }

  private func messages(
    where condition: String, _ arguments: StatementArguments, limit: Int
  ) async throws -> [(MailboxPair, MessageRecord)] {
    try await read { db in
      let pairs = Dictionary(
        try Self.pairs(in: db).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
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

  /// Mailboxes may be full of messages that a person marked, and most ledgers have no mark of ours:
  /// so that is found out once.
  package func mayHaveOurMark(_ digest: SHA256Digest) async throws -> Bool {
    let marks = marks.withLock { $0 }
    guard marks.noneAfter != marks.given else { return false }
    let (isFound, isAny) = try await read { db in
      let marked = "SELECT EXISTS (SELECT 1 FROM message WHERE removal IN (\(Self.ourMarks))"
      let deleted = Int64(SystemFlags.deleted.rawValue)
      let statement = try db.cachedStatement(
        sql: "\(marked) AND digest = ? AND system_flags & ? = 0)")
      if try Bool.fetchOne(statement, arguments: [Data(digest.bytes), deleted]) == true {
        return (true, true)
      }
      return (false, try Bool.fetchOne(db.cachedStatement(sql: "\(marked))")) == true)
    }
    if !isAny { self.marks.withLock { $0.noneAfter = marks.given } }
    return isFound
  }

  private static let ourMarks =
    RemovalMark.allCases.filter(\.mayBeOurDoing).map { "'\($0.rawValue)'" }.joined(separator: ", ")

  package func firstSeen(in pair: MailboxPair) async throws -> [SourceKey: Int64] {
    try await read { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT uidvalidity, uid, first_seen FROM message
          WHERE pair = ? AND first_seen IS NOT NULL
          """, arguments: [pair.id])
      var times: [SourceKey: Int64] = [:]
      while let row = try rows.next() {
        times[try MessageRow.key(row)] = try Cell.integer(row, 2)
      }
      return times
    }
  }

  package func reopen(_ state: MessageState) async throws -> Int {
    guard state == .skipped || state == .lost else {
      throw SyncError.journal(.internalFault, "only skipped or lost messages can be reopened")
    }
    let time = now()
    return try await write { db in
      try Tally.forgetAll(with: state, in: db)
      try db.execute(
        sql: """
          UPDATE message SET state = 0, target_uid = NULL, reason = NULL, note = NULL,
            removal = \(MessageTable.markWhenListedAgain), dropped_flags = NULL,
            dropped_date = 0, recorded_at = ?
          WHERE state = ?
          """, arguments: [time, Int64(state.rawValue)])
      return db.changesCount
    }
  }
}

extension Outcome {
  /// Whether it may put a mark about removal on record.
  fileprivate var givesMark: Bool {
    switch self {
    case .settled(let record), .rekeyed(_, let record): record.removal != nil
    case .located, .flagsCarried, .relisted, .marked: false
    }
  }
}
