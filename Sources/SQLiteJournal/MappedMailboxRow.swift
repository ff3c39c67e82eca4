// mailmove: a mapped mailbox as a row.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailWire
import SyncEngine

/// The columns of `pair` that hold a `MappedMailbox`; the one place that knows both forms.
enum MappedMailboxRow {
  static let columns = """
    source, source_delimiter, source_path, source_uidvalidity, source_mailbox_id, renamed_from, \
    target, target_path, target_delimiter, role, role_rule, decision, reason, create_role, \
    exists_at_target, subscribe
    """
  static let count = 16

  /// For an upsert: what makes a row that was left out the row that is to be moved now.
  static let replacements: String = columns.split(separator: ",").map { column -> String in
    let name = column.trimmingCharacters(in: .whitespaces)
    return "\(name) = excluded.\(name)"
  }.joined(separator: ", ")

  static func arguments(of mapped: MappedMailbox) -> StatementArguments {
    sourceArguments(of: mapped) + [
      mapped.target.map { Data($0.bytes) }, mapped.targetPath,
      mapped.targetDelimiter.map { Int64($0) }, mapped.role?.rawValue, mapped.roleRule.rawValue,
      mapped.decision.rawValue, mapped.reason, mapped.createRole?.rawValue,
      mapped.existsAtTarget, mapped.subscribe,
    ]
  }

  /// The columns up to `renamed_from`, all that a rename at the source changes.
  static func sourceArguments(of mapped: MappedMailbox) -> StatementArguments {
    [
      Data(mapped.source.bytes), mapped.sourceDelimiter.map { Int64($0) }, mapped.sourcePath,
      mapped.sourceUIDValidity?.rawValue, mapped.sourceMailboxID,
      mapped.renamedFrom.map { Data($0.bytes) },
    ]
  }

  /// Reads the columns, which begin the row; throws if they hold a word that is not known.
  static func mapped(from row: Row) throws -> MappedMailbox {
    var mapped = MappedMailbox(
      source: MailboxName(try Cell.bytes(row, 0)), sourceDelimiter: try delimiter(row, 1),
      sourcePath: try Cell.text(row, 2), role: try Cell.optionalWord(row, 9),
      roleRule: try Cell.word(row, 10), decision: try Cell.word(row, 11),
      reason: try Cell.text(row, 12))
    mapped.sourceUIDValidity = (row[3] as Int64?).map { UIDValidity($0) }
    mapped.sourceMailboxID = row[4] as String?
    mapped.renamedFrom = Cell.optionalBytes(row, 5).map { MailboxName($0) }
    mapped.target = Cell.optionalBytes(row, 6).map { MailboxName($0) }
    mapped.targetPath = row[7] as String?
    mapped.targetDelimiter = try delimiter(row, 8)
    mapped.createRole = try Cell.optionalWord(row, 13)
    mapped.existsAtTarget = try Cell.integer(row, 14) != 0
    mapped.subscribe = try Cell.integer(row, 15) != 0
    return mapped
  }

  private static func delimiter(_ row: Row, _ index: Int) throws -> UInt8? {
    guard let value = row[index] as Int64? else { return nil }
    return try Cell.narrow(value)
  }
}
