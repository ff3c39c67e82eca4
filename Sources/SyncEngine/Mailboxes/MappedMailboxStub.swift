// mailmove: stand-in.
// SPDX-License-Identifier: Apache-2.0

import MailWire

package enum MailboxRole: String, Sendable, Equatable, CaseIterable, Codable {
  case inbox, sent, drafts, trash, junk, archive
}

package struct MappedMailbox: Sendable, Equatable {
  package enum Decision: String, Sendable, Codable {
    case same, role, skipped, manual, renamed, suffixed, flattened, merged
  }
  package enum RoleRule: String, Sendable, Codable {
    case attribute, operatorRule, hostRule, trustedName, plausibleName, none
  }
  package var source: MailboxName
  package var sourceDelimiter: UInt8?
  package var sourcePath: String
  package var sourceUIDValidity: UIDValidity?
  package var sourceMailboxID: String?
  package var renamedFrom: MailboxName?
  package var target: MailboxName?
  package var targetPath: String?
  package var targetDelimiter: UInt8?
  package var role: MailboxRole?
  package var roleRule: RoleRule
  package var decision: Decision
  package var reason: String
  package var createRole: MailboxRole?
  package var existsAtTarget: Bool
  package var subscribe: Bool

  package init(
    source: MailboxName, sourceDelimiter: UInt8?, sourcePath: String, target: MailboxName?,
    targetPath: String?, targetDelimiter: UInt8?, role: MailboxRole?, roleRule: RoleRule,
    decision: Decision, reason: String, createRole: MailboxRole?, existsAtTarget: Bool,
    subscribe: Bool
  ) {
    self.source = source
    self.sourceDelimiter = sourceDelimiter
    self.sourcePath = sourcePath
    self.target = target
    self.targetPath = targetPath
    self.targetDelimiter = targetDelimiter
    self.role = role
    self.roleRule = roleRule
    self.decision = decision
    self.reason = reason
    self.createRole = createRole
    self.existsAtTarget = existsAtTarget
    self.subscribe = subscribe
  }

  package init(
    source: MailboxName, sourceDelimiter: UInt8?, sourcePath: String, role: MailboxRole? = nil,
    roleRule: RoleRule = .none, decision: Decision, reason: String
  ) {
    self.init(
      source: source, sourceDelimiter: sourceDelimiter, sourcePath: sourcePath, target: nil,
      targetPath: nil, targetDelimiter: nil, role: role, roleRule: roleRule, decision: decision,
      reason: reason, createRole: nil, existsAtTarget: false, subscribe: false)
  }
}
