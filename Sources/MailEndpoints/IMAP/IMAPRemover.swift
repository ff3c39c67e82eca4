// mailmove: removing messages from an IMAP account.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// Removes messages from an IMAP account: \Deleted and UID EXPUNGE of exactly these (RFC 4315).
package struct IMAPRemover: MailRemover {
  private let connection: IMAPConnection

  /// Opens a session. Throws `SyncError`.
  package static func connect(_ account: IMAPAccount) async throws -> IMAPRemover {
    IMAPRemover(connection: try await .open(account))
  }

  /// EXPUNGE without UIDs would take what others have marked along.
  package func obstacle(to manner: Removal.Manner) async -> SyncError? {
    switch manner {
    case .flagOnly: return nil
    case .expunge:
      guard await !connection.capabilities().canExpungeByUID else { return nil }
      return SyncError(
        .cannotRemove, scope: .run, remedy: .stop, side: .source, detail: "it has no UIDPLUS")
    }
  }

  package func listing(of mailbox: MailboxName) async throws -> MailboxSnapshot {
    try await connection.interruptible {
      try $0.snapshot(of: mailbox, readOnly: false, since: nil)
    }
  }

  /// A UID never stands for another message (RFC 9051, 2.3.1.1), unless an account was put back
  /// from a backup. So each message is looked at once more: its header, size and date, and where
  /// these leave a doubt, its bytes.
  package func remove(
    _ proven: [RemovalProof], from mailbox: MailboxName, uidValidity: UIDValidity,
    manner: Removal.Manner
  ) async throws -> Set<UID> {
    try await connection.interruptible {
      try $0.remove(proven, from: mailbox, uidValidity: uidValidity, manner: manner)
    }
  }

  /// IMAP has made everything final already.
  package func commit() async throws {}

  package func close() async { await connection.close() }
}

extension IMAPConnection {
  fileprivate func remove(
    _ proven: [RemovalProof], from name: MailboxName, uidValidity: UIDValidity,
    manner: Removal.Manner
  ) throws -> Set<UID> {
    // Afresh, so that nothing is believed that was told before.
    let mailbox = try open(name, readOnly: false, afresh: true)
    guard uidValidity.isKnown, mailbox.status.uidValidity == uidValidity else {
      throw SyncError(
        .mailboxChanged, scope: .mailbox, remedy: .stop, side: account.side, mailbox: name)
    }
    let uids = try uidsStillTheSame(proven, in: name, uidValidity)
    let wire = try line()
    for part in UIDSet(uids).lines(of: family.commandBytesMax) {
      try wire.perform(.uidStore(part, .add, FlagSet(system: .deleted)), on: .store)
      if manner == .expunge { try wire.perform(.uidExpunge(part), on: .store) }
    }
    return uids
  }
}

extension IMAPConnection {
  private func uidsStillTheSame(
    _ proven: [RemovalProof], in name: MailboxName, _ uidValidity: UIDValidity
  ) throws -> Set<UID> {
    let proofs = Dictionary(
      proven.map { ($0.uid, $0) }, uniquingKeysWith: { first, _ in first })
    var same: Set<UID> = []
    var doubtful: [Entry] = []
    for original in try headers(of: UIDSet(proofs.keys), in: name, readOnly: false) {
      if proofs[original.entry.uid]?.isSettled(by: original) == true {
        same.insert(original.entry.uid)
      } else {
        doubtful.append(original.entry)
      }
    }
    var batching = Batching(doubtful, uidValidity: uidValidity)
    while let batch = batching.peek() {
      batching.take(batch)
      let tag = try beginFetch(batch, from: name, readOnly: false)
      while let fetched = try nextFetched(of: tag) {
        guard case .message(let message) = fetched,
          proofs[message.key.uid]?.digest == message.digest
        else { continue }
        same.insert(message.key.uid)
      }
    }
    return same
  }
}

extension CapabilitySet {
  /// UID EXPUNGE is there: with UIDPLUS, and as a part of IMAP4rev2 (RFC 9051, 6.4.9).
  fileprivate var canExpungeByUID: Bool { has(.uidPlus) || has(.imap4rev2) }
}
