// mailmove: what happens during a comparison, as it happens.
// SPDX-License-Identifier: Apache-2.0

/// One thing that happened during a comparison.
package enum VerifyEvent: Sendable {
  /// How many mailboxes are compared, and what the ledger has of them; octets only if every byte
  /// is read.
  case planned(mailboxes: Int, toCompare: Workload)
  case mailboxStarted(MailboxPair)
  /// Messages were compared; octets only if every byte was read.
  case compared(MailboxPair, messages: Int, bytes: Int64)
  case mailboxFinished(VerifiedMailbox)
}

/// Receives events; must return at once.
package typealias VerifyObserver = @Sendable (VerifyEvent) -> Void
