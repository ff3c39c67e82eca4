// mailmove: writing to an account in memory.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Synchronization

/// Writes to a `FakeAccount`; every message it stores is a step at which a test can let it die.
package final class FakeTarget: MailTarget {
  private let account: FakeAccount
  private let reader: FakeSource
  private let crash: CrashPoint
  private let onRequest: @Sendable (String) throws -> Void
  private let waiting = Mutex<[(Message, TargetMailbox)]>([])
  /// The mailboxes that were opened: FETCH and STORE in a session mean the one that was selected.
  private let opened = Mutex<[MailboxName: (identity: Int, uidValidity: UIDValidity)]>([:])

  package init(
    _ account: FakeAccount, crash: CrashPoint = CrashPoint(),
    onRequest: @escaping @Sendable (String) throws -> Void = { _ in }
  ) {
    self.account = account
    self.crash = crash
    self.onRequest = onRequest
    reader = FakeSource(account, onRequest: onRequest)
  }

  package func mailboxes() async throws -> MailboxListing { try await reader.mailboxes() }

  package func status(of mailbox: MailboxName) async throws -> MailboxStatus {
    try await reader.status(of: mailbox)
  }

  package func snapshot(of mailbox: MailboxName, since checkpoint: SourceCheckpoint?) async throws
    -> MailboxSnapshot
  {
    try await reader.snapshot(of: mailbox, since: checkpoint)
  }

  package func headers(of uids: UIDSet, in mailbox: MailboxName) async throws -> [HeadedEntry] {
    let headed = try await reader.headers(of: uids, in: mailbox)
    guard let selected = opened.withLock({ $0[mailbox] }) else { return headed }
    try account.read(mailbox) { try Self.insist(on: selected, $0, mailbox) }
    return headed
  }

  /// A session sees no other mailbox under the name of the one it has opened.
  private static func insist(
    on selected: (identity: Int, uidValidity: UIDValidity)?, _ box: FakeAccount.Box,
    _ name: MailboxName
  ) throws {
    guard box.identity == selected?.identity, box.uidValidity == selected?.uidValidity else {
      throw FakeAccount.changed(name)
    }
  }

  package func fetch(_ batch: Batch, from mailbox: MailboxName) async throws -> MessageStream {
    try await reader.fetch(batch, from: mailbox)
  }

  package func limits() async -> TargetLimits {
    TargetLimits(appendLimit: account.habits.appendLimit)
  }

  package func quota() async throws -> Quota? { nil }

  package func open(_ mailbox: MappedMailbox, lastKnown: MailboxName?) async throws
    -> TargetMailbox
  {
    let asked = lastKnown ?? mailbox.target ?? .inbox
    try onRequest("open \(asked)")
    let name = account.names.contains(asked) ? asked : account.habits.rename(asked)
    let isNew = !account.names.contains(name)
    if isNew {
      try crash.pass("before create \(name)")
      account.create(name)
      try crash.pass("after create \(name)")
    }
    let box = try account.read(name) { $0 }
    opened.withLock { $0[name] = (box.identity, box.uidValidity) }
    return TargetMailbox(
      name: name, uidValidity: box.uidValidity, uidNext: UID(box.nextUID),
      messages: Int64(box.uids.count), permanentFlags: account.habits.permanentFlags,
      appendLimit: account.habits.appendLimits[name], wasCreated: isNew,
      numbers: NumberSpace(try account.status(of: name)))
  }

  package func append(_ message: Message, to mailbox: TargetMailbox) async throws
    -> [AppendResult]
  {
    try onRequest("append \(message.key.uid)")
    let count = waiting.withLock { waiting in
      waiting.append((message, mailbox))
      return waiting.count
    }
    return count >= account.habits.groupMax ? try await settle() : []
  }

  package func settle() async throws -> [AppendResult] {
    let group = waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    guard !group.isEmpty else { return [] }
    try onRequest("settle \(group.count)")
    try crash.pass("before storing \(group.map { "\($0.0.key.uid)" })")
    let results = try group.map { message, mailbox in
      if let error = account.habits.refuse(message) {
        return AppendResult(key: message.key, verdict: .refused(error))
      }
      let (kept, dropped) = account.habits.permanentFlags.split(message.entry.flags)
      // APPEND goes by name, and its answer tells the UIDVALIDITY that the UID belongs to.
      let validity = try account.read(mailbox.name) { $0.uidValidity }
      let uid =
        account.habits.loses(message)
        ? nil
        : account.store(
          account.habits.rewrite(message.bytes), in: mailbox.name, flags: kept,
          date: message.entry.internalDate, by: .mailmove)
      let isTold = account.habits.tellsUIDs && validity == mailbox.uidValidity
      return AppendResult(
        key: message.key,
        verdict: .stored(
          Receipt(
            uid: isTold ? uid : nil,
            concessions: dropped.isEmpty ? [] : [.flagsDropped(dropped)])))
    }
    try crash.pass("after storing \(group.map { "\($0.0.key.uid)" })")
    try onRequest("stored \(group.count)")
    return results
  }

  package func store(_ changes: [FlagChange], in mailbox: TargetMailbox) async throws
    -> [FlagRefusal]
  {
    try onRequest("store \(changes.map(\.uid))")
    try crash.pass("before flags")
    let selected = opened.withLock { $0[mailbox.name] }
    try account.change(mailbox.name) { box in
      try Self.insist(on: selected, box, mailbox.name)
      for change in changes {
        guard let flags = box.visible(change.uid)?.flags else { continue }
        box.messages[change.uid]?.flags = flags.union(change.add).subtracting(change.remove)
        let modSeq = box.nextModSeq(0)
        box.messages[change.uid]?.modSeq = modSeq
      }
    }
    try crash.pass("after flags")
    return []
  }

  package func subscribe(to mailbox: TargetMailbox) async throws {
    try account.change(mailbox.name) { $0.isSubscribed = true }
  }

  package var notesVanished: Bool { account.habits.notesVanished }

  package func noteVanished(_ uids: [UID], in mailbox: TargetMailbox) async throws {
    try account.change(mailbox.name) { $0.vanished.append(uids) }
  }

  package func keepAlive() async throws {}
  package func close() async {}
  package func sessionsMax() async -> Int { account.habits.sessionsMax }
}
