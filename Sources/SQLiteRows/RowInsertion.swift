// mailmove: a statement that adds many rows.
// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Adds rows, many of them with one statement: most of what a statement costs does not depend on
/// how many rows it has.
package struct RowInsertion: Sendable {
  private let rows: Int
  private let before: String
  private let row: String
  private let after: String
  private let full: String

  /// - Parameters:
  ///   - rows: how many rows go into one statement at most.
  ///   - row: one row. Parameters with numbers, which come first, are the same in all rows.
  ///   - after: what follows the rows.
  package init(rows: Int, before: String, row: String, after: String = "") {
    self.rows = rows
    self.before = before
    self.row = row
    self.after = after
    full = Self.text(rows, before, row, after)
  }

  /// Adds a row for each element; `bind` gives its values, `common` those that all rows share.
  ///
  /// Throws `DatabaseError`.
  ///
  /// - Returns: how many rows were added or changed.
  @discardableResult
  package func run<Element>(
    _ elements: ArraySlice<Element>, in db: Database,
    bind: (Element, inout StatementValues) throws -> Void,
    common: (inout StatementValues) throws -> Void = { _ in }
  ) throws -> Int {
    var changed = 0
    var rest = elements
    while !rest.isEmpty {
      let count = min(rest.count, rows)
      let sql = count == rows ? full : Self.text(count, before, row, after)
      let statement = try db.cachedStatement(sql: sql)
      repeat {
        var values = StatementValues(of: statement)
        try common(&values)
        for element in rest.prefix(count) { try bind(element, &values) }
        try statement.execute()
        changed += db.changesCount
        rest = rest.dropFirst(count)
      } while rest.count >= rows
    }
    return changed
  }

  private static func text(
    _ rows: Int, _ before: String, _ row: String, _ after: String
  ) -> String {
    let values = repeatElement(row, count: rows).joined(separator: ", ")
    return "\(before) VALUES \(values) \(after)"
  }
}
