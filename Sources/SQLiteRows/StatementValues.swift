// mailmove: the values of a statement.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// Binds the values of a statement one after the other.
///
/// `StatementArguments` wraps each value three times; for a listing of a million messages that
/// took longer than SQLite did. So did one generic `bind`, which asks the runtime what the optional
/// of a type is, for every value: hence one for each type.
package struct StatementValues {
  private let statement: Statement
  private var bound: CInt = 0

  /// Forgets the values the statement had.
  package init(of statement: Statement) {
    self.statement = statement
    // Says as well that what is bound from here on is not to be checked and bound again.
    statement.setUncheckedArguments(StatementArguments())
  }

  /// Binds the next value; nil is NULL. Throws `DatabaseError`.
  package mutating func bind(_ value: Int64?) throws {
    guard let value else { return skip() }
    try check(value.bind(to: statement.sqliteStatement, at: next()))
  }

  /// Binds the next value; nil is NULL. Throws `DatabaseError`.
  package mutating func bind(_ value: String?) throws {
    guard let value else { return skip() }
    try check(value.bind(to: statement.sqliteStatement, at: next()))
  }

  /// Binds the next value; nil is NULL. Throws `DatabaseError`.
  package mutating func bind(_ value: Data?) throws {
    guard let value else { return skip() }
    try check(value.bind(to: statement.sqliteStatement, at: next()))
  }

  private mutating func next() -> CInt {
    bound += 1
    return bound
  }

  /// What is not bound is NULL.
  private mutating func skip() { bound += 1 }

  private func check(_ code: CInt) throws {
    guard code == ResultCode.SQLITE_OK.rawValue else {
      throw DatabaseError(resultCode: ResultCode(rawValue: code))
    }
  }
}
