// mailmove: stand-in.
// SPDX-License-Identifier: Apache-2.0

import MailWire

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
  package var target: MailboxName?
  package var targetPath: String
  package var targetDelimiter: UInt8?
  package var role: String?
  package var roleRule: RoleRule
  package var decision: Decision
  package var reason: String
  package var createRole: String?
  package var existsAtTarget: Bool
  package var subscribe: Bool

  package init(
    source: MailboxName, sourceDelimiter: UInt8?, sourcePath: String, target: MailboxName?,
    targetPath: String, targetDelimiter: UInt8?, role: String?, roleRule: RoleRule,
    decision: Decision, reason: String, createRole: String?, existsAtTarget: Bool,
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
}
