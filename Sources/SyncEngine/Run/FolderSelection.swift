// mailmove: which mailboxes a run works on.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Which mailboxes a run works on: the frozen map, narrowed to what is there and wanted now.
struct FolderSelection: Sendable {
  let items: [MailboxQueue.Item]
  /// At the source, and not moved by this run, each with the reason.
  let leftOut: [MailboxPair]
  /// The source has mailboxes that the map has no place for yet, so the target has to be asked.
  let needsPlanning: Bool

  /// The mailboxes on record that the source has.
  var listed: Set<MailboxPair> { Set(items.map(\.pair) + leftOut) }

  init(listing: MailboxListing, frozen: [MailboxPair], rules: MappingRules) {
    let known = Dictionary(
      frozen.map { ($0.mapped.source, $0) }, uniquingKeysWith: { first, _ in first })
    var items: [MailboxQueue.Item] = []
    var leftOut: [MailboxPair] = []
    var needsPlanning = false
    let labels = ListedLabels(listing)
    let evidence = MailboxEvidence(listing.mailboxes, frozen.map(\.mapped))
    let tree = ListingTree(listing, liftsInboxChildren: rules.liftsInboxChildren)
    for listed in tree.mailboxes {
      guard let pair = known[listed.mailbox.name] else {
        needsPlanning = true
        continue
      }
      // A name that another mailbox has by now.
      needsPlanning = needsPlanning || evidence.isAnother(listed.mailbox, than: pair.mapped)
      let skip = SkipReason.of(listed, role: pair.mapped.role, in: listing, rules: rules)
      guard pair.mapped.target != nil else {
        leftOut.append(pair)
        needsPlanning = needsPlanning || skip == nil
        continue
      }
      guard let skip, !rules.names(listed) else {
        items.append(MailboxQueue.Item(pair: pair, status: listed.mailbox.status, labels: labels))
        continue
      }
      leftOut.append(MailboxPair(id: pair.id, mapped: pair.mapped.leftOut(because: skip.text)))
    }
    let there = Set(items.map(\.pair) + leftOut)
    let sharing = Dictionary(grouping: frozen) { $0.mapped.target }
    for index in items.indices {
      let pair = items[index].pair
      items[index].neighbours = sharing[pair.mapped.target, default: []]
        .filter { $0 != pair }
        .map { Neighbour(pair: $0, isListed: there.contains($0)) }
    }
    self.items = items.sorted { first, second in
      (first.pair.mapped.source.isInbox ? 0 : 1, first.pair.id)
        < (second.pair.mapped.source.isInbox ? 0 : 1, second.pair.id)
    }
    self.leftOut = leftOut
    self.needsPlanning = needsPlanning
  }
}

extension FolderSelection {
  /// What there is to copy; nil where the listing does not tell numbers and sizes of all mailboxes.
  ///
  /// Octets are in proportion where a mailbox is done in part.
  func workload(_ summary: JobSummary) -> Workload? {
    let dealtWith = Dictionary(
      summary.mailboxes.map { line in
        (line.pair, line.counts.reduce(0) { $0 + ($1.key == .pending ? 0 : $1.value) })
      }, uniquingKeysWith: { first, _ in first })
    var messages = 0
    var bytes = 0.0
    // Of what no other mailbox holds, the listing does not tell how much there is.
    for item in items where item.pair.mapped.decision != .remainder {
      guard let total = item.status?.messages, let size = item.status?.size else { return nil }
      let open = max(0, Int(total) - (dealtWith[item.pair] ?? 0))
      messages += open
      bytes += total == 0 ? 0 : Double(size) * Double(open) / Double(total)
    }
    return Workload(messages: messages, bytes: Int64(bytes))
  }
}
