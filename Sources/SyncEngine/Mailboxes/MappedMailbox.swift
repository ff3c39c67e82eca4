// mailmove: where one mailbox goes.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// One row of the mapping: a source mailbox, where it goes, and why.
package struct MappedMailbox: Sendable, Equatable {
  /// How the role of the source mailbox is known.
  package enum RoleRule: String, Sendable, CaseIterable {
    case attribute
    case operatorRule
    case hostRule
    case trustedName
    case plausibleName
    /// An ambiguous name whose other reading is taken by another mailbox.
    case siblingEvidence
    case none
  }

  /// What was decided.
  package enum Decision: String, Sendable, CaseIterable {
    /// It goes to the target's mailbox for its role.
    case role
    /// The same path.
    case same
    /// Another path: a prefix, a parent or a forbidden character made the difference.
    case renamed
    /// The path was taken, so a number was added.
    case suffixed
    /// The hierarchy could not be kept.
    case flattened
    /// It shares its mailbox at the target with another row.
    case merged
    /// A view of everything, of which only those messages are copied that no other mailbox holds.
    case remainder
    /// It is not copied.
    case skipped
    /// The operator said so.
    case manual
  }

  /// Raw; the identity.
  package var source: MailboxName
  package var sourceDelimiter: UInt8?
  /// For people.
  package var sourcePath: String
  /// With `sourceMailboxID`, what a renamed mailbox is recognised by.
  package var sourceUIDValidity: UIDValidity?
  package var sourceMailboxID: String?
  /// The name this row had before the mailbox was renamed at the source.
  package var renamedFrom: MailboxName?
  /// nil: not copied.
  package var target: MailboxName?
  package var targetDelimiter: UInt8?
  /// For people; nil when not copied.
  package var targetPath: String?
  package var role: MailboxRole?
  package var roleRule: RoleRule
  package var decision: Decision
  /// The rule that won, as one clause for people.
  package var reason: String
  /// CREATE with this role (RFC 6154, 3); nil: a plain CREATE.
  package var createRole: MailboxRole?
  package var existsAtTarget: Bool
  package var subscribe: Bool

  package init(
    source: MailboxName, sourceDelimiter: UInt8?, sourcePath: String, role: MailboxRole? = nil,
    roleRule: RoleRule = .none, decision: Decision, reason: String
  ) {
    self.source = source
    self.sourceDelimiter = sourceDelimiter
    self.sourcePath = sourcePath
    self.role = role
    self.roleRule = roleRule
    self.decision = decision
    self.reason = reason
    existsAtTarget = false
    subscribe = false
  }

  /// The same row for a mailbox that is not copied now, though an earlier run gave it a place.
  func leftOut(because reason: String) -> MappedMailbox {
    var row = self
    row.target = nil
    row.targetDelimiter = nil
    row.targetPath = nil
    row.decision = .skipped
    row.reason = reason
    return row
  }

  /// The same row, known again by these; what the server does not tell stays as it was.
  package func identified(by uidValidity: UIDValidity?, _ mailboxID: String?) -> MappedMailbox {
    var row = self
    if let uidValidity, uidValidity.isKnown { row.sourceUIDValidity = uidValidity }
    row.sourceMailboxID = mailboxID ?? sourceMailboxID
    return row
  }
}
