// mailmove: the values of a statement.
// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Binds the values of a statement one after the other.
///
/// `StatementArguments` wraps each value three times; for a listing of a million messages that
/// took longer than SQLite did. Compiled into whoever uses it, for each type of value.
package struct StatementValues {
  @usableFromInline let statement: Statement
  @usableFromInline var bound: CInt = 0

  /// Forgets the values the statement had.
  @inlinable
  package init(of statement: Statement) {
    self.statement = statement
    // Says as well that what is bound from here on is not to be checked and bound again.
    statement.setUncheckedArguments(StatementArguments())
  }

  /// Binds the next value; nil is NULL. Throws `DatabaseError`.
  @inlinable
  package mutating func bind(_ value: (some StatementBinding)?) throws {
    bound += 1
    let code =
      if let value { value.bind(to: statement.sqliteStatement, at: bound) } else {
        DatabaseValue.null.bind(to: statement.sqliteStatement, at: bound)
      }
    guard code == ResultCode.SQLITE_OK.rawValue else {
      throw DatabaseError(resultCode: ResultCode(rawValue: code))
    }
  }
}
