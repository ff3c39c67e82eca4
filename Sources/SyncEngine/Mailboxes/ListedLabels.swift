// mailmove: the labels that show where else a message is.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The labels of Gmail (X-GM-LABELS) that mean that a message is also in a mailbox that is listed.
///
/// `\Starred` and `\Important` are only marks, and a label that is hidden from IMAP has no mailbox:
/// a message with nothing else is in the view of everything alone.
package struct ListedLabels: Sendable, Equatable {
  /// Decoded, and case-folded as Gmail compares them.
  private var texts: Set<String> = []

  /// The labels of everything that can be opened, whether it is copied or left out.
  package init(_ listing: MailboxListing) {
    for listed in ListingTree(listing).mailboxes
    where listed.mailbox.isSelectable && listed.space == .personal {
      texts.insert(Self.text(listed.mailbox.name.bytes))
      for role in Self.marked where listed.has(role) {
        texts.formUnion(role.attributes.map(\.caseFolded))
      }
    }
  }

  /// Whether one of a message's labels, as they came, is among these.
  package func contains(oneOf labels: [[UInt8]]) -> Bool {
    labels.contains { texts.contains(Self.text($0)) }
  }

  /// Modified UTF-7, or UTF-8 after UTF8=ACCEPT, as the names of mailboxes are.
  private static func text(_ bytes: [UInt8]) -> String {
    (ModifiedUTF7.decode(bytes[...]) ?? String(decoding: bytes, as: UTF8.self)).caseFolded
  }

  /// Mailboxes that have a label with a backslash in place of their name.
  private static let marked: [MailboxRole] = [.inbox, .sent, .drafts, .trash, .junk]
}

extension ListedMailbox {
  /// Whether the server says so; a mailbox that is only called so has a label like any other.
  fileprivate func has(_ role: MailboxRole) -> Bool {
    role == .inbox ? isInbox : role.attributes.contains(where: mailbox.has)
  }
}
