// mailmove: a source whose requests are noted.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// A source whose requests are noted, and fail where the connection is to be lost.
struct NotedSource: MailSource {
  let source: any MailSource
  let onRequest: @Sendable (String) throws -> Void

  func mailboxes() async throws -> MailboxListing {
    try onRequest("list")
    return try await source.mailboxes()
  }

  func status(of mailbox: MailboxName) async throws -> MailboxStatus {
    try onRequest("status \(mailbox)")
    return try await source.status(of: mailbox)
  }

  func snapshot(of mailbox: MailboxName, since checkpoint: SourceCheckpoint?) async throws
    -> MailboxSnapshot
  {
    try onRequest("snapshot \(mailbox)")
    return try await source.snapshot(of: mailbox, since: checkpoint)
  }

  func headers(of uids: UIDSet, in mailbox: MailboxName) async throws -> [HeadedEntry] {
    try onRequest("headers \(mailbox)")
    return try await source.headers(of: uids, in: mailbox)
  }

  func fetch(_ batch: Batch, from mailbox: MailboxName) async throws -> MessageStream {
    try onRequest("fetch \(mailbox) \(batch.uids)")
    let stream = try await source.fetch(batch, from: mailbox)
    return MessageStream { [onRequest] in
      guard let next = try await stream.next() else { return nil }
      if case .message(let message) = next { try onRequest("body \(message.key.uid)") }
      return next
    }
  }

  func keepAlive() async throws { try await source.keepAlive() }
  func close() async { await source.close() }
}
