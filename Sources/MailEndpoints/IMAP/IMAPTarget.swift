// mailmove: an IMAP account to put mail into.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// An IMAP account to put mail into.
package struct IMAPTarget: MailTarget {
  package let connection: IMAPConnection

  /// Opens a session. Throws `SyncError`.
  package static func connect(_ account: IMAPAccount) async throws -> IMAPTarget {
    IMAPTarget(connection: try await .open(account))
  }

  // MARK: Reading

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
    try await connection.interruptible {
      try $0.headers(of: uids, in: mailbox, readOnly: $0.isOpenReadOnly(mailbox))
    }
  }

  package func fetch(_ batch: Batch, from mailbox: MailboxName) async throws -> MessageStream {
    let readOnly = await connection.isOpenReadOnly(mailbox)
    return try await connection.stream(batch, from: mailbox, readOnly: readOnly)
  }

  // MARK: Writing

  package func limits() async -> TargetLimits { await connection.limits() }

  package func quota() async throws -> Quota? {
    try await connection.interruptible { try $0.quota() }
  }

  package func open(_ mailbox: MappedMailbox, lastKnown: MailboxName?) async throws
    -> TargetMailbox
  {
    try await connection.interruptible { try $0.openForAppending(mailbox, lastKnown: lastKnown) }
  }

  package func append(_ message: Message, to mailbox: TargetMailbox) async throws
    -> [AppendResult]
  {
    try await connection.interruptible { try $0.append(message, to: mailbox) }
  }

  package func settle() async throws -> [AppendResult] {
    try await connection.interruptible { try $0.settle() }
  }

  package func store(_ changes: [FlagChange], in mailbox: TargetMailbox) async throws
    -> [FlagRefusal]
  {
    try await connection.interruptible { try $0.store(changes, in: mailbox) }
  }

  package func subscribe(to mailbox: TargetMailbox) async throws {
    try await connection.interruptible { try $0.subscribe(to: mailbox.name) }
  }

  package func keepAlive() async throws {
    try await connection.interruptible { try $0.keepAlive() }
  }

  package func close() async { await connection.close() }
}
