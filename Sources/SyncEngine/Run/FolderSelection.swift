// mailmove: which mailboxes a run works on.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Which mailboxes a run works on: the frozen map, narrowed to what is there and wanted now.
struct FolderSelection: Sendable {
  let items: [MailboxQueue.Item]
  /// In the map, and not moved.
  let leftOut: [MailboxPair]
  /// The source has mailboxes that are not decided for good, so the target has to be asked.
  let needsPlanning: Bool

  init(listing: MailboxListing, frozen: [MailboxPair], rules: MappingRules) {
    let known = Dictionary(
      frozen.map { ($0.mapped.source, $0) }, uniquingKeysWith: { first, _ in first })
    var items: [MailboxQueue.Item] = []
    var leftOut: [MailboxPair] = []
    var needsPlanning = false
    for mailbox in listing.mailboxes {
      guard let pair = known[mailbox.name] else {
        needsPlanning = true
        continue
      }
      if pair.mapped.target != nil, rules.selects(pair.mapped) {
        items.append(MailboxQueue.Item(pair: pair, status: mailbox.status))
      } else {
        leftOut.append(pair)
        needsPlanning = needsPlanning || (pair.mapped.target == nil && rules.selects(pair.mapped))
      }
    }
    self.items = items.sorted { first, second in
      (first.pair.mapped.source.isInbox ? 0 : 1, first.pair.id)
        < (second.pair.mapped.source.isInbox ? 0 : 1, second.pair.id)
    }
    self.leftOut = leftOut
    self.needsPlanning = needsPlanning
  }
}
