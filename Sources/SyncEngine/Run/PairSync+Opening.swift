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
    guard let planned = pair.mapped.target else {
      preconditionFailure("a mailbox that is left out is never opened")
    }
    return try await names.alone(with: planned) {
      var row = names.placed(pair.mapped)
      row.existsAtTarget = row.existsAtTarget || names.knows(planned)
      return try await open(row, planned: planned, lastKnown: lastKnown)
    }
  }

  private func learnName(of parent: MailboxPair) async throws {
    guard let planned = parent.mapped.target, !planned.isInbox, !names.knows(planned) else {
      return
    }
    try await names.alone(with: planned) {
      // Whoever had the turn before may have learnt it.
      guard !names.knows(planned) else { return }
      if let anchor = try await journal.standing(of: parent).target {
        names.note(anchor.mailbox, for: planned)
        return
      }
      do {
        _ = try await open(names.placed(parent.mapped), planned: planned, lastKnown: nil)
      } catch let error as SyncError where error.scope == .mailbox {
        // The parent's own turn reports it; the child is tried where it was planned.
        return
      }
    }
  }

  private func open(
    _ row: MappedMailbox, planned: MailboxName, lastKnown: MailboxName?
  ) async throws -> TargetMailbox {
    let mailbox = try await target.open(row, lastKnown: lastKnown)
    guard lastKnown != nil || !names.isOfAnother(mailbox.name, than: planned) else {
      throw SyncError(
        .mailboxNameRefused, scope: .mailbox, remedy: .stop, side: .target, mailbox: planned,
        detail: "it became '\(mailbox.name)', which is another mailbox of this run")
    }
    names.note(mailbox.name, for: planned)
    return mailbox
  }
}
