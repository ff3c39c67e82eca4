// mailmove: an archive whose process dies.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine

/// An `ArchiveTarget` that does nothing any more once the crash point was passed.
struct DyingTarget: MailTarget {
  let target: ArchiveTarget
  let crash: CrashPoint

  private func step<Result>(_ name: String, _ body: () async throws -> Result) async throws
    -> Result
  {
    try crash.pass("before \(name)")
    let result = try await body()
    try crash.pass("after \(name)")
    return result
  }

  func mailboxes() async throws -> MailboxListing { try await target.mailboxes() }
  func status(of mailbox: MailboxName) async throws -> MailboxStatus {
    try await target.status(of: mailbox)
  }
  func snapshot(of mailbox: MailboxName, since checkpoint: SourceCheckpoint?) async throws
    -> MailboxSnapshot
  {
    try await target.snapshot(of: mailbox, since: checkpoint)
  }
  func headers(of uids: UIDSet, in mailbox: MailboxName) async throws -> [HeadedEntry] {
    try await target.headers(of: uids, in: mailbox)
  }
  func fetch(_ batch: Batch, from mailbox: MailboxName) async throws -> MessageStream {
    try await target.fetch(batch, from: mailbox)
  }
  func keepAlive() async throws {}
  func close() async { await target.close() }
  func limits() async -> TargetLimits { await target.limits() }
  func quota() async throws -> Quota? { try await target.quota() }
  func open(_ mailbox: MappedMailbox, lastKnown: MailboxName?) async throws -> TargetMailbox {
    try await step("open") { try await target.open(mailbox, lastKnown: lastKnown) }
  }
  func append(_ message: Message, to mailbox: TargetMailbox) async throws -> [AppendResult] {
    try await step("append") { try await target.append(message, to: mailbox) }
  }
  var gathersFor: Duration { .milliseconds(1) }
  func settle() async throws -> [AppendResult] {
    try await step("settle") { try await target.settle() }
  }
  func store(_ changes: [FlagChange], in mailbox: TargetMailbox) async throws -> [FlagRefusal] {
    try await step("store") { try await target.store(changes, in: mailbox) }
  }
  func subscribe(to mailbox: TargetMailbox) async throws {}
  var notesVanished: Bool { target.notesVanished }
  func noteVanished(_ uids: [UID], in mailbox: TargetMailbox) async throws {
    try await step("note vanished") { try await target.noteVanished(uids, in: mailbox) }
  }
}
