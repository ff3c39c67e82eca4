// mailmove: an IMAP account to put mail into.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// An IMAP account to put mail into.
package struct IMAPTarget: IMAPReader, MailTarget {
  package let connection: IMAPConnection

  /// As long as an answer takes: what comes within that time joins the APPEND that is open, and
  /// costs nobody a round trip.
  package let gathersFor: Duration

  /// Opens a session. Throws `SyncError`.
  package static func connect(_ account: IMAPAccount) async throws -> IMAPTarget {
    let connection = try await IMAPConnection.open(account)
    return IMAPTarget(
      connection: connection, gathersFor: min(await connection.roundTrip, gathersForMax))
  }

  /// A slow server must not keep the source waiting for long.
  private static let gathersForMax = Duration.milliseconds(250)

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
}
