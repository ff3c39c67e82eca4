// mailmove: opens the target mailbox in its place.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension PairSync {
  /// Opens the target mailbox, below the mailbox its parent has really become.
  ///
  /// A parent that nothing is known of yet, because another lane has not come to it, is opened
  /// first: only then is it certain what the server calls it.
  func openTarget(lastKnown: MailboxName?) async throws -> TargetMailbox {
    for parent in names.above(pair.mapped) { try await learnName(of: parent) }
    var row = names.placed(pair.mapped)
    row.existsAtTarget = row.existsAtTarget || pair.mapped.target.map(names.knows) == true
    let mailbox = try await target.open(row, lastKnown: lastKnown)
    if let planned = pair.mapped.target { names.note(mailbox.name, for: planned) }
    return mailbox
  }

  private func learnName(of parent: MailboxPair) async throws {
    guard let planned = parent.mapped.target, !planned.isInbox, !names.knows(planned) else {
      return
    }
    if let anchor = try await journal.standing(of: parent).target {
      names.note(anchor.mailbox, for: planned)
      return
    }
    do {
      let mailbox = try await target.open(names.placed(parent.mapped), lastKnown: nil)
      names.note(mailbox.name, for: planned)
    } catch let error as SyncError where error.scope == .mailbox {
      // The parent's own turn reports it; the child is tried where it was planned.
      return
    }
  }
}
