// mailmove: the mailboxes still to be worked on.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import Synchronization

/// The mailboxes still to be worked on, shared by all lanes of a run.
final class MailboxQueue: Sendable {
  struct Item: Sendable {
    let pair: MailboxPair
    /// From LIST-STATUS, where it is offered.
    let status: MailboxStatus?
    /// Those of the same listing.
    let labels: ListedLabels
  }

  private let items: Mutex<ArraySlice<Item>>

  init(_ items: [Item]) { self.items = Mutex(items[...]) }

  func next() -> Item? { items.withLock { $0.popFirst() } }
}
