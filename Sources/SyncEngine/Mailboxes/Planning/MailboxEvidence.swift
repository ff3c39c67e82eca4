// mailmove: by what a mailbox is known again.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// By what a listed mailbox is known to be the one of a frozen row, or another one: MAILBOXID
/// (RFC 8474), else UIDVALIDITY where no two mailboxes have the same.
struct MailboxEvidence: Sendable {
  private let listed: [Mailbox]
  private let rows: [MappedMailbox]
  /// Values of UIDVALIDITY that one mailbox alone has; servers give many the same one.
  private let distinctive: Set<UIDValidity>

  init(_ mailboxes: [Mailbox], _ rows: [MappedMailbox]) {
    listed = mailboxes
    self.rows = rows
    let all = mailboxes.compactMap(\.status?.uidValidity).filter(\.isKnown)
    distinctive = Set(Dictionary(grouping: all, by: { $0 }).filter { $0.value.count == 1 }.keys)
  }

  /// Whether something proves that a mailbox is the one of a row, whatever it is called.
  func isSame(_ mailbox: Mailbox, as row: MappedMailbox) -> Bool {
    if let old = row.sourceMailboxID, let id = mailbox.status?.mailboxID { return old == id }
    guard let old = row.sourceUIDValidity, let validity = mailbox.status?.uidValidity else {
      return false
    }
    return old == validity && distinctive.contains(validity)
  }

  /// Whether a mailbox that has the name of a row is another one: the row's own is listed
  /// elsewhere, or this one is known as another row's. A mailbox that got new numbers, or was made
  /// anew in its place, goes on where it was.
  func isAnother(_ mailbox: Mailbox, than row: MappedMailbox) -> Bool {
    contradicts(mailbox, row)
      && (listed.contains { $0.name != mailbox.name && isSame($0, as: row) }
        || rows.contains { $0.source != row.source && isSame(mailbox, as: $0) })
  }

  private func contradicts(_ mailbox: Mailbox, _ row: MappedMailbox) -> Bool {
    if let old = row.sourceMailboxID, let id = mailbox.status?.mailboxID { return old != id }
    guard let old = row.sourceUIDValidity, let validity = mailbox.status?.uidValidity,
      old.isKnown, validity.isKnown
    else { return false }
    return old != validity
  }
}
