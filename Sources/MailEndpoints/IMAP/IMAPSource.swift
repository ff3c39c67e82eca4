// mailmove: an IMAP account to read from.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// An IMAP account to read from: EXAMINE and BODY.PEEK[], never anything that changes it.
package struct IMAPSource: MailSource {
  package let connection: IMAPConnection

  /// Opens a session. Throws `SyncError`.
  package static func connect(_ account: IMAPAccount) async throws -> IMAPSource {
    IMAPSource(connection: try await .open(account))
  }

  package func mailboxes() async throws -> MailboxListing {
    try await connection.interruptible { try $0.listing() }
  }

  package func status(of mailbox: MailboxName) async throws -> MailboxStatus {
    try await connection.interruptible { try $0.status(of: mailbox) }
  }

  package func snapshot(of mailbox: MailboxName, since checkpoint: SourceCheckpoint?) async throws
    -> MailboxSnapshot
  {
    try await connection.interruptible {
      try $0.snapshot(of: mailbox, readOnly: true, since: checkpoint)
    }
  }

  package func headers(of uids: UIDSet, in mailbox: MailboxName) async throws -> [HeadedEntry] {
    try await connection.interruptible { try $0.headers(of: uids, in: mailbox, readOnly: true) }
  }

  package func fetch(_ batch: Batch, from mailbox: MailboxName) async throws -> MessageStream {
    try await connection.stream(batch, from: mailbox, readOnly: true)
  }

  package func keepAlive() async throws {
    try await connection.interruptible { try $0.keepAlive() }
  }

  package func close() async { await connection.close() }
}

extension IMAPConnection {
  /// Sends the command now; its messages are read as the stream is.
  nonisolated func stream(_ batch: Batch, from mailbox: MailboxName, readOnly: Bool) async throws
    -> MessageStream
  {
    let tag = try await interruptible {
      try $0.beginFetch(batch, from: mailbox, readOnly: readOnly)
    }
    return MessageStream {
      try await self.interruptible { try $0.nextFetched(of: tag) }
    }
  }
}
