// mailmove: what the target listed.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// What the target listed at the start of a run, to see whether mailboxes on record are still there
/// and their numbers went on (invariant 13).
struct TargetListing: Sendable {
  private let statuses: [MailboxName: MailboxStatus]

  init(_ listing: MailboxListing) {
    statuses = Dictionary(
      listing.mailboxes.lazy.filter(\.isSelectable).map { ($0.name, $0.status ?? MailboxStatus()) },
      uniquingKeysWith: { first, _ in first })
  }

  /// What is known of a mailbox; nil where it is not listed. Every account has INBOX, under
  /// whatever name.
  func status(of name: MailboxName) -> MailboxStatus? {
    statuses[name] ?? (name.isInbox ? MailboxStatus() : nil)
  }

  /// Whether a mailbox may still be the one on record. Where the listing tells no numbers, opening
  /// it tells them.
  func isContinued(from anchor: TargetAnchor) -> Bool {
    guard let status = status(of: anchor.mailbox) else { return false }
    guard tellsNumbers(of: anchor.mailbox) else { return true }
    return anchor.numbers.isContinued(by: NumberSpace(status))
  }

  /// Whether the UIDVALIDITY of a mailbox was told, and means something.
  func tellsNumbers(of name: MailboxName) -> Bool {
    status(of: name)?.uidValidity?.isKnown == true
  }
}
