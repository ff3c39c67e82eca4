// mailmove: removing messages from a POP3 account.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// Removes messages from a POP3 account: DELE is a wish until QUIT is answered +OK (RFC 1939, 6).
package struct POP3Remover: MailRemover {
  private let connection: POP3Connection
  private let keys: any KeyBook

  /// Opens a session. Throws `SyncError`.
  package static func connect(_ account: POP3Account, keys: any KeyBook) async throws
    -> POP3Remover
  {
    POP3Remover(connection: try await .open(account), keys: keys)
  }

  package func obstacle(to manner: Removal.Manner) async -> SyncError? {
    switch manner {
    case .expunge: nil
    case .flagOnly:
      SyncError(
        .cannotRemove, scope: .run, remedy: .stop, side: .source, detail: "POP3 has no flags",
        hint: "use --delete-source without flag-only")
    }
  }

  package func listing(of mailbox: MailboxName) async throws -> MailboxSnapshot {
    try await connection.interruptible { [keys] in try await $0.snapshot(keys) }
  }

  /// A unique-id may come again for another message, so each message is read once more in the
  /// session that removes it, in which the numbers stand still.
  package func remove(
    _ proven: [RemovalProof], from mailbox: MailboxName, uidValidity: UIDValidity,
    manner: Removal.Manner
  ) async throws -> Set<UID> {
    guard uidValidity == Maildrop.uidValidity, mailbox.isInbox else {
      throw SyncError(
        .mailboxChanged, scope: .mailbox, remedy: .stop, side: .source, mailbox: mailbox)
    }
    let digests = Dictionary(
      proven.map { ($0.uid, $0.digest) }, uniquingKeysWith: { first, _ in first })
    let same = try await connection.interruptible { [keys] in
      try await $0.uids(ofMessagesWith: digests, keys)
    }
    return Set(
      try await connection.interruptible { [keys] in try await $0.delete(same, keys) })
  }

  package func commit() async throws {
    guard try await connection.interruptible({ try $0.quit() }) else {
      throw SyncError(
        .removalNotConfirmed, scope: .endpoint, remedy: .stop, side: .source,
        detail: "QUIT was not answered +OK")
    }
  }

  package func close() async { await connection.close() }
}
