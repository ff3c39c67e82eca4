// mailmove: where mail is read from.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Where mail is read from. It only reads: nothing here changes a flag or removes a message.
///
/// Every function throws `SyncError`. One task uses a source at a time, except `interrupt`.
package protocol MailSource: Sendable {
  /// All mailboxes, with subscription and status where the server gives them in the same breath.
  func mailboxes() async throws -> MailboxListing

  /// MESSAGES, UIDNEXT and UIDVALIDITY of one mailbox, without opening it.
  func status(of mailbox: MailboxName) async throws -> MailboxStatus

  /// What a mailbox holds; with a checkpoint whose numbers went on possibly only what changed. The
  /// last message known comes along then, to show whether it is still the same.
  func snapshot(of mailbox: MailboxName, since checkpoint: SourceCheckpoint?) async throws
    -> MailboxSnapshot

  /// What a mailbox holds beside others: the messages with none of the labels, listed in full,
  /// because nothing says which messages have lost a label since. MESSAGES counts only these.
  func snapshot(of mailbox: MailboxName, without labels: ListedLabels) async throws
    -> MailboxSnapshot

  /// Entries with the fingerprints of their headers, for the UIDs that exist; ascending.
  func headers(of uids: UIDSet, in mailbox: MailboxName) async throws -> [HeadedEntry]

  /// Asks for a batch; the command is sent when this returns. Pipelined up to two batches.
  func fetch(_ batch: Batch, from mailbox: MailboxName) async throws -> MessageStream

  /// Keeps an idle connection alive; does nothing if it was used lately.
  func keepAlive() async throws

  /// Says goodbye and closes; never throws, never takes long.
  func close() async

  /// Where a task best runs that does nothing but talk to this source: on the thread of its
  /// connection, so that no message costs a change of threads. nil where any thread will do.
  var executor: (any TaskExecutor)? { get }

  /// Sessions of one user that the server is known to bear at the same time, beside those of the
  /// user's own programs; 1 where more would be of no use.
  func sessionsMax() async -> Int
}

extension MailSource {
  package var executor: (any TaskExecutor)? { nil }
  package func sessionsMax() async -> Int { 1 }
}

extension MailSource {
  /// Most servers have no labels; what is frozen as the rest of a mailbox is never copied whole.
  package func snapshot(of mailbox: MailboxName, without labels: ListedLabels) async throws
    -> MailboxSnapshot
  {
    throw SyncError(
      .mailboxRefused, scope: .mailbox, remedy: .stop, side: .source, mailbox: mailbox,
      detail:
        "it no longer tells labels, so what is in no other folder cannot be told from the rest")
  }

  /// All that a row of the map is about, listed in full.
  func snapshot(of row: MappedMailbox, labels: ListedLabels) async throws -> MailboxSnapshot {
    row.decision == .remainder
      ? try await snapshot(of: row.source, without: labels)
      : try await snapshot(of: row.source, since: nil)
  }
}
