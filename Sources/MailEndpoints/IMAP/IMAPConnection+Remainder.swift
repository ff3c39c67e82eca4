// mailmove: what a view of everything holds beside the other mailboxes.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

extension IMAPConnection {
  /// The messages of a mailbox that have none of the labels, listed in full (X-GM-EXT-1).
  ///
  /// A message whose labels are not told counts as one without: to copy it twice is better than to
  /// leave it behind.
  func remainder(of name: MailboxName, without labels: ListedLabels) throws -> MailboxSnapshot {
    guard try line().capabilities.has(.gmailExtensions) else {
      throw SyncError(
        .mailboxRefused, scope: .mailbox, remedy: .stop, side: account.side, mailbox: name,
        detail: "it no longer tells labels (X-GM-EXT-1)")
    }
    let mailbox = try open(name, readOnly: true, afresh: true)
    guard mailbox.status.messages != 0 else {
      return MailboxSnapshot(status: mailbox.status, extent: .complete, entries: [])
    }
    var elsewhere: Set<UID> = []
    let everything = try fullListing(of: mailbox, items: [.gmailLabels]) { data, uid in
      guard let found = data.gmailLabels else { return }
      if labels.contains(oneOf: found) { elsewhere.insert(uid) } else { elsewhere.remove(uid) }
    }
    let entries = everything.entries.filter { !elsewhere.contains($0.uid) }
    var status = everything.status
    // What was announced and not listed is missing here too.
    status.messages = status.messages.map { max(0, $0 - Int64(elsewhere.count)) }
    return MailboxSnapshot(
      status: status, extent: .complete, entries: entries, listingDoubt: everything.listingDoubt)
  }
}
