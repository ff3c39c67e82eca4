// mailmove: the mailboxes still to be worked on.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import Synchronization

/// The mailboxes still to be worked on, shared by all lanes of a run.
///
/// Two source mailboxes may go into one target mailbox. They are never worked on at the same time:
/// each would take the other's copies for its own.
final class MailboxQueue: Sendable {
  struct Item: Sendable {
    let pair: MailboxPair
    /// From LIST-STATUS, where it is offered.
    let status: MailboxStatus?
    /// Those of the same listing.
    let labels: ListedLabels
    /// Mailboxes that go into the same one.
    var neighbours: [Neighbour] = []
  }

  private struct State {
    var waiting: [Item]
    var busy: Set<MailboxName> = []
  }

  private let state: Mutex<State>

  init(_ items: [Item]) { state = Mutex(State(waiting: items)) }

  /// The next mailbox whose target nobody is working on. nil: there is nothing left to do for
  /// whoever asks; what may still wait is taken by the lane that has its target.
  func next() -> Item? {
    state.withLock { state in
      let free = state.waiting.firstIndex { item in
        item.pair.mapped.target.map { !state.busy.contains($0) } ?? true
      }
      guard let free else { return nil }
      let item = state.waiting.remove(at: free)
      if let target = item.pair.mapped.target { state.busy.insert(target) }
      return item
    }
  }

  /// Says that a mailbox is done with, for now or for good.
  func finish(_ item: Item) {
    guard let target = item.pair.mapped.target else { return }
    _ = state.withLock { $0.busy.remove(target) }
  }
}
