// mailmove: a mapped mailbox as a row.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailWire
import SyncEngine

/// The columns of `pair` that hold a `MappedMailbox`; the one place that knows both forms.
enum MappedMailboxRow {
  static let columns = """
    source, source_delimiter, source_path, target, target_path, target_delimiter, role, role_rule, \
    decision, reason, create_role, exists_at_target, subscribe
    """
  static let count = 13

  static func arguments(of mapped: MappedMailbox) -> StatementArguments {
    [
      Data(mapped.source.bytes), mapped.sourceDelimiter.map { Int64($0) }, mapped.sourcePath,
      mapped.target.map { Data($0.bytes) }, mapped.targetPath,
      mapped.targetDelimiter.map { Int64($0) }, mapped.role, mapped.roleRule.rawValue,
      mapped.decision.rawValue, mapped.reason, mapped.createRole, mapped.existsAtTarget,
      mapped.subscribe,
    ]
  }

  /// Reads the columns, which begin the row; throws if they hold a word that is not known.
  static func mapped(from row: Row) throws -> MappedMailbox {
    MappedMailbox(
      source: MailboxName(try Cell.bytes(row, 0)), sourceDelimiter: try delimiter(row, 1),
      sourcePath: try Cell.text(row, 2), target: Cell.optionalBytes(row, 3).map { MailboxName($0) },
      targetPath: try Cell.text(row, 4), targetDelimiter: try delimiter(row, 5),
      role: row[6] as String?, roleRule: try Cell.word(row, 7), decision: try Cell.word(row, 8),
      reason: try Cell.text(row, 9), createRole: row[10] as String?,
      existsAtTarget: try Cell.integer(row, 11) != 0, subscribe: try Cell.integer(row, 12) != 0)
  }

  private static func delimiter(_ row: Row, _ index: Int) throws -> UInt8? {
    guard let value = row[index] as Int64? else { return nil }
    return try Cell.narrow(value)
  }
}
