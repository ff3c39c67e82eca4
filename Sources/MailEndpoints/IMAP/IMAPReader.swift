// mailmove: reading an IMAP account.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// Reads an IMAP account over one connection; source and target read alike.
///
/// BODY.PEEK[] only. A mailbox that is not open for writing already is opened with EXAMINE.
package protocol IMAPReader: MailSource {
  var connection: IMAPConnection { get }
}

extension IMAPReader {
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

  package func snapshot(of mailbox: MailboxName, without labels: ListedLabels) async throws
    -> MailboxSnapshot
  {
    try await connection.interruptible { try $0.remainder(of: mailbox, without: labels) }
  }

  package func headers(of uids: UIDSet, in mailbox: MailboxName) async throws -> [HeadedEntry] {
    try await connection.interruptible {
      try $0.headers(of: uids, in: mailbox, readOnly: $0.isOpenReadOnly(mailbox))
    }
  }

  /// Sends the command now; its messages are read as the stream is.
  package func fetch(_ batch: Batch, from mailbox: MailboxName) async throws -> MessageStream {
    let tag = try await connection.interruptible {
      try $0.beginFetch(batch, from: mailbox, readOnly: $0.isOpenReadOnly(mailbox))
    }
    return MessageStream { [connection] in
      try await connection.interruptible { try $0.nextFetched(of: tag) }
    }
  }

  /// Not interruptible: the end of a mailbox must not cost the connection.
  package func keepAlive() async throws { try await connection.keepAlive() }

  package func close() async { await connection.close() }

  package var executor: (any TaskExecutor)? { connection.thread }

  package func sessionsMax() async -> Int {
    await connection.family.sessionsMax(isDistant: connection.isDistant)
  }
}
