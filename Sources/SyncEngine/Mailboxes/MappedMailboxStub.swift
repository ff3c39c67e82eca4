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
  package var subscribe: Bool
}
