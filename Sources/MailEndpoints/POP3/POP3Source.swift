// mailmove: a POP3 account to read from.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// A POP3 account to read from, never changed: one mailbox, INBOX, without flags and dates.
///
/// It sends no DELE. That a server marks or removes what was read is its own business; the snapshot
/// says so where the server does.
package struct POP3Source: MailSource {
  package let connection: POP3Connection
  private let keys: any KeyBook

  /// Opens a session. Throws `SyncError`.
  ///
  /// - Parameter keys: gives each message the number under which it is on record.
  package static func connect(_ account: POP3Account, keys: any KeyBook) async throws
    -> POP3Source
  {
    POP3Source(connection: try await .open(account), keys: keys)
  }

  package func mailboxes() async throws -> MailboxListing {
    try await connection.interruptible { connection in
      let status = MailboxStatus(
        messages: try connection.announced(), uidValidity: Maildrop.uidValidity)
      return MailboxListing(
        mailboxes: [Mailbox(name: .inbox, delimiter: nil, status: status)],
        host: connection.account.url.host, family: connection.family)
    }
  }

  package func status(of mailbox: MailboxName) async throws -> MailboxStatus {
    try require(mailbox)
    return try await connection.interruptible { connection in
      MailboxStatus(messages: try connection.announced(), uidValidity: Maildrop.uidValidity)
    }
  }

  /// Always all of it: POP3 cannot tell what changed.
  package func snapshot(of mailbox: MailboxName, since checkpoint: SourceCheckpoint?) async throws
    -> MailboxSnapshot
  {
    try require(mailbox)
    return try await connection.interruptible { [keys] in try await $0.snapshot(keys) }
  }

  package func headers(of uids: UIDSet, in mailbox: MailboxName) async throws -> [HeadedEntry] {
    try require(mailbox)
    return try await connection.interruptible { [keys] in
      try await $0.headers(of: uids, keys)
    }
  }

  package func fetch(_ batch: Batch, from mailbox: MailboxName) async throws -> MessageStream {
    try require(mailbox)
    let number = try await connection.interruptible { [keys] in
      try await $0.beginRetrieving(batch, keys)
    }
    return MessageStream { [connection] in
      try await connection.interruptible { try $0.nextRetrieved(of: number) }
    }
  }

  /// Not interruptible: the end of a mailbox must not cost the connection.
  package func keepAlive() async throws { try await connection.keepAlive() }

  package func close() async { await connection.close() }

  package var executor: (any TaskExecutor)? { connection.thread }

  private func require(_ mailbox: MailboxName) throws {
    guard mailbox.isInbox else {
      throw SyncError(
        .mailboxMissing, scope: .mailbox, remedy: .stop, side: connection.account.side,
        mailbox: mailbox, detail: "POP3 has only INBOX")
    }
  }
}
