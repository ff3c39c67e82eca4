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

  /// Targets that more than one source goes to. Nothing may ever be deleted there to mirror a
  /// source.
  package var sharedTargets: Set<MailboxName> {
    var seen: Set<MailboxName> = []
    return Set(rows.compactMap(\.target).filter { !seen.insert($0).inserted })
  }

  /// The mailboxes to create, parents before children.
  package var toCreate: [MappedMailbox] {
    var seen: Set<MailboxName> = []
    return rows.filter { row in
      guard let target = row.target, !row.existsAtTarget else { return false }
      return seen.insert(target).inserted
    }.sorted { ($0.target ?? .inbox) < ($1.target ?? .inbox) }
  }
}
