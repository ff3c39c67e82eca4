// mailmove: where all mailboxes go.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The mapping of every mailbox the source listed, ready to be shown and then frozen.
package struct MailboxMap: Sendable, Equatable {
  /// One row for each listed mailbox, and the frozen rows of mailboxes that are gone; sorted by raw
  /// source name.
  package let rows: [MappedMailbox]
  /// What the operator should know before saying yes.
  package let notes: [MappingNote]
}
