// mailmove: what the source has and the ledger has never heard of.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A mailbox that a run would move and that is not on record: it was made after the last run, or no
/// run came to it.
package struct UnmovedMailbox: Sendable, Equatable {
  package let mapped: MappedMailbox
  /// As the source says; nil where it does not.
  package let messages: Int64?

  package init(mapped: MappedMailbox, messages: Int64?) {
    self.mapped = mapped
    self.messages = messages
  }
}

extension Verify {
  /// The mailboxes that the next run would put on record, found as a run finds them.
  func unmoved(beside pairs: [MailboxPair], _ listing: MailboxListing) async throws
    -> [UnmovedMailbox]
  {
    let selection = FolderSelection(listing: listing, frozen: pairs, rules: rules)
    guard selection.needsPlanning else { return [] }
    let map = try MailboxMapping.plan(
      for: listing, target: try await target.mailboxes(), rules: rules,
      frozen: pairs.map(\.mapped).filter { $0.target != nil })
    // What a run left out is on record, and was meant to be.
    let onRecord = Set(pairs.lazy.map(\.mapped.source))
      .subtracting(map.rows.compactMap(\.renamedFrom))
    var found: [UnmovedMailbox] = []
    for row in map.rows
    where row.target != nil && row.renamedFrom == nil && !onRecord.contains(row.source) {
      guard let listed = listing.mailboxes.first(where: { $0.name == row.source }) else { continue }
      found.append(UnmovedMailbox(mapped: row, messages: try await messages(in: row, listed)))
    }
    return found
  }

  /// Of what no other mailbox holds, no number is told.
  private func messages(in row: MappedMailbox, _ listed: Mailbox) async throws -> Int64? {
    guard row.decision != .remainder else { return nil }
    if let messages = listed.status?.messages { return messages }
    do {
      return try await source.status(of: row.source).messages
    } catch let error as SyncError where error.isOfOneMailbox {
      return nil
    }
  }
}
