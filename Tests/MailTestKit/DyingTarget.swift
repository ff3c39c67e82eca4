// mailmove: a target whose process dies.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// Any target, with a crash point before and after everything that lasts; dead, it does nothing.
package struct DyingTarget: MailTarget {
  private let target: any MailTarget
  private let crash: CrashPoint
  private let onRequest: @Sendable (String) throws -> Void

  package init(
    _ target: any MailTarget, crash: CrashPoint,
    onRequest: @escaping @Sendable (String) throws -> Void = { _ in }
  ) {
    self.target = target
    self.crash = crash
    self.onRequest = onRequest
  }

  private func step<Result>(_ name: String, _ body: () async throws -> Result) async throws
    -> Result
  {
    try onRequest(name)
    try crash.pass("before \(name)")
    let result = try await body()
    try crash.pass("after \(name)")
    return result
  }

  package func mailboxes() async throws -> MailboxListing { try await target.mailboxes() }
  package func status(of mailbox: MailboxName) async throws -> MailboxStatus {
    try await target.status(of: mailbox)
  }
  package func snapshot(of mailbox: MailboxName, since checkpoint: SourceCheckpoint?) async throws
    -> MailboxSnapshot
  {
    try await target.snapshot(of: mailbox, since: checkpoint)
  }
  package func headers(of uids: UIDSet, in mailbox: MailboxName) async throws -> [HeadedEntry] {
    try await target.headers(of: uids, in: mailbox)
  }
  package func fetch(_ batch: Batch, from mailbox: MailboxName) async throws -> MessageStream {
    try await target.fetch(batch, from: mailbox)
  }
  package func keepAlive() async throws {}
  package func close() async { await target.close() }
  package func limits() async -> TargetLimits { await target.limits() }
  package func quota() async throws -> Quota? { try await target.quota() }
  package func open(_ mailbox: MappedMailbox, lastKnown: MailboxName?) async throws -> TargetMailbox
  {
    try await step("open") { try await target.open(mailbox, lastKnown: lastKnown) }
  }
  package func append(_ message: Message, to mailbox: TargetMailbox) async throws -> [AppendResult]
  {
    try await step("append") { try await target.append(message, to: mailbox) }
  }
  package var gathersFor: Duration { target.gathersFor }
  package func settle() async throws -> [AppendResult] {
    try await step("settle") { try await target.settle() }
  }
  package func store(_ changes: [FlagChange], in mailbox: TargetMailbox) async throws
    -> [FlagRefusal]
  {
    try await step("store") { try await target.store(changes, in: mailbox) }
  }
  package func subscribe(to mailbox: TargetMailbox) async throws {
    try await step("subscribe") { try await target.subscribe(to: mailbox) }
  }
  package var notesVanished: Bool { target.notesVanished }
  package func noteVanished(_ uids: [UID], in mailbox: TargetMailbox) async throws {
    try await step("note vanished") { try await target.noteVanished(uids, in: mailbox) }
  }
  package func noteListed(_ uids: [UID], in mailbox: TargetMailbox) async throws {
    try await step("note listed") { try await target.noteListed(uids, in: mailbox) }
  }
  package func condition(of mailbox: MailboxName, uidValidity: UIDValidity) async throws
    -> TargetCondition
  { try await target.condition(of: mailbox, uidValidity: uidValidity) }
  package func renew(_ uids: [UID], in mailbox: TargetMailbox) async throws {
    try await target.renew(uids, in: mailbox)
  }
}
