// mailmove: what the messages of a pair come to.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import SyncEngine

/// What the messages of a pair come to, counted once and kept until one of them changes.
///
/// A pair whose messages changed has no row in `tally`: whoever changes messages calls `forget` in
/// the same transaction, and the next summary counts them again.
struct Tally {
  var counts: [MessageState: Int] = [:]
  var bytesAtTarget: Int64 = 0
  var removals: [RemovalMark: Int] = [:]
  /// At the target, and not known under which UID.
  var unlocated = 0

  /// The states in the order of their columns, then the bytes, then the marks, then the unlocated.
  static let columns = """
    pending, stored, already_there, skipped, vanished, lost, bytes_at_target, \
    proven, removed, flagged, kept, unlocated
    """

  /// How many messages of the pair in `pair.id` are pending, as a column.
  static let pending = """
    ifnull((SELECT pending FROM tally WHERE tally.pair = pair.id),
      (SELECT count(*) FROM message WHERE message.pair = pair.id AND state = 0))
    """

  /// How many messages of the pair are at the target and not known under which UID, as a column.
  static let unlocated = """
    ifnull((SELECT unlocated FROM tally WHERE tally.pair = pair.id),
      (SELECT count(*) FROM message WHERE message.pair = pair.id AND \(isUnlocated)))
    """

  /// Says that messages of a pair change.
  static func forget(_ pair: Int64, in db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM tally WHERE pair = ?").execute(arguments: [pair])
  }

  /// Says that messages in a state change.
  static func forgetAll(with state: MessageState, in db: Database) throws {
    try db.execute(
      sql: "DELETE FROM tally WHERE pair IN (SELECT pair FROM message WHERE state = ?)",
      arguments: [Int64(state.rawValue)])
  }

  /// The pairs that have to be counted.
  static func missing(in db: Database) throws -> [Int64] {
    try Int64.fetchAll(db, sql: "SELECT id FROM pair WHERE id NOT IN (SELECT pair FROM tally)")
  }

  /// The tallies that are kept, by pair.
  static func kept(in db: Database) throws -> [Int64: Tally] {
    var tallies: [Int64: Tally] = [:]
    let rows = try Row.fetchCursor(db, sql: "SELECT \(columns), pair FROM tally")
    while let row = try rows.next() {
      var tally = Tally()
      try tally.readCounts(row)
      let states = MessageState.allCases.count
      tally.bytesAtTarget = try Cell.integer(row, states)
      for (place, mark) in RemovalMark.allCases.enumerated() {
        let count: Int = try Cell.narrow(Cell.integer(row, states + 1 + place))
        if count > 0 { tally.removals[mark] = count }
      }
      let last = states + 1 + RemovalMark.allCases.count
      tally.unlocated = try Cell.narrow(Cell.integer(row, last))
      tallies[try Cell.integer(row, last + 1)] = tally
    }
    return tallies
  }

  /// Counts the messages of a pair, in one pass in the order of the table.
  ///
  /// Throws `journalFailed` if one is in a state that is not known.
  init(counting pair: Int64, in db: Database) throws {
    self.init()
    let statement = try db.cachedStatement(sql: Self.count)
    guard let row = try Row.fetchOne(statement, arguments: [pair]) else { return }
    try readCounts(row)
    let states = MessageState.allCases.count
    bytesAtTarget = try Cell.integer(row, states)
    guard try Cell.integer(row, states + 1) == counts.values.reduce(0, +) else {
      throw MessageRow.unknownState
    }
    unlocated = try Cell.narrow(Cell.integer(row, states + 2))
    for (place, mark) in RemovalMark.allCases.enumerated() {
      let count: Int = try Cell.narrow(Cell.integer(row, states + 3 + place))
      if count > 0 { removals[mark] = count }
    }
  }

  private init() {}

  private static let count = """
    SELECT \(MessageState.allCases.map { "count(*) FILTER (WHERE state = \($0.rawValue))" }
      .joined(separator: ", ")),
      ifnull(sum(size) FILTER (WHERE state IN (\(atTarget))), 0), count(*),
      count(*) FILTER (WHERE \(isUnlocated)),
      \(RemovalMark.allCases.map {
        "count(*) FILTER (WHERE removal = '\($0.rawValue)' AND state <> \(vanished))"
      }.joined(separator: ", "))
    FROM message WHERE pair = ?
    """
  private static let atTarget =
    "\(MessageState.stored.rawValue), \(MessageState.alreadyThere.rawValue)"
  private static let vanished = MessageState.vanished.rawValue
  private static let isUnlocated = "state IN (\(atTarget)) AND target_uid IS NULL"

  /// Reads how many messages are in each state, with which the row begins.
  private mutating func readCounts(_ row: Row) throws {
    for (place, state) in MessageState.allCases.enumerated() {
      let count: Int = try Cell.narrow(Cell.integer(row, place))
      if count > 0 { counts[state] = count }
    }
  }

  /// Keeps the tally of a pair.
  func keep(for pair: Int64, in db: Database) throws {
    var values: [Int64] = MessageState.allCases.map { Int64(counts[$0] ?? 0) }
    values.append(bytesAtTarget)
    values += RemovalMark.allCases.map { Int64(removals[$0] ?? 0) }
    values.append(Int64(unlocated))
    values.append(pair)
    let places = repeatElement("?", count: values.count).joined(separator: ", ")
    try db.cachedStatement(
      sql: "INSERT OR REPLACE INTO tally (\(Self.columns), pair) VALUES (\(places))"
    ).execute(arguments: StatementArguments(values))
  }
}
