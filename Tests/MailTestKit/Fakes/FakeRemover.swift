// mailmove: removing from an account in memory.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Synchronization

/// Removes from a `FakeAccount`, at once or, like POP3, when the session ends.
package final class FakeRemover: MailRemover {
  private let account: FakeAccount
  private let reader: FakeSource
  private let crash: CrashPoint
  private let onRequest: @Sendable (String) throws -> Void
  private let beforeRemoving: @Sendable (MailboxName, UIDSet) -> Void
  /// Tokens of the messages that go when the session ends.
  private let wishes = Mutex<[(Set<Int>, MailboxName)]>([])

  package init(
    _ account: FakeAccount, crash: CrashPoint,
    onRequest: @escaping @Sendable (String) throws -> Void,
    beforeRemoving: @escaping @Sendable (MailboxName, UIDSet) -> Void = { _, _ in }
  ) {
    self.beforeRemoving = beforeRemoving
    self.account = account
    self.crash = crash
    self.onRequest = onRequest
    reader = FakeSource(account, onRequest: onRequest)
  }

  package func obstacle(to manner: Removal.Manner) async -> SyncError? {
    guard !account.habits.expungesExactly, manner == .expunge else { return nil }
    return SyncError(.cannotRemove, scope: .run, remedy: .stop, side: .source)
  }

  package func listing(of mailbox: MailboxName) async throws -> MailboxSnapshot {
    try await reader.snapshot(of: mailbox, since: nil)
  }

  package func remove(
    _ proven: [RemovalProof], from mailbox: MailboxName, uidValidity: UIDValidity,
    manner: Removal.Manner
  ) async throws -> Set<UID> {
    let box = try account.read(mailbox) { $0 }
    guard box.uidValidity == uidValidity else { throw FakeAccount.changed(mailbox) }
    let same = Set(
      proven.filter { proof in
        box.visible(proof.uid).map { SHA256Digest(of: $0.bytes) } == proof.digest
      }.map(\.uid))
    try onRequest("remove \(mailbox) \(UIDSet(same))")
    guard try account.read(mailbox, { $0.uidValidity }) == uidValidity else {
      throw FakeAccount.changed(mailbox)
    }
    let tokens = Set(same.compactMap { box.messages[$0]?.token })
    switch manner {
    case .flagOnly: try flag(tokens, in: mailbox)
    case .expunge where account.habits.removesAtEnd:
      wishes.withLock { $0.append((tokens, mailbox)) }
    case .expunge:
      try flag(tokens, in: mailbox)
      try expunge(tokens, in: mailbox)
    }
    return same
  }

  package func commit() async throws {
    try onRequest("commit")
    for (tokens, mailbox) in wishes.withLock({ $0 }) { try expunge(tokens, in: mailbox) }
  }

  package func close() async {}

  /// In a session UIDs stand for what they stood for: other messages under them are not meant.
  private func uids(of tokens: Set<Int>, in mailbox: MailboxName) throws -> UIDSet {
    let box = try account.read(mailbox) { $0 }
    return UIDSet(box.uids.filter { box.messages[$0].map { tokens.contains($0.token) } ?? false })
  }

  private func flag(_ tokens: Set<Int>, in mailbox: MailboxName) throws {
    let uids = try uids(of: tokens, in: mailbox)
    try crash.pass("before flagging \(uids)")
    beforeRemoving(mailbox, uids)
    try account.change(mailbox) { box in
      for uid in box.uids where uids.contains(uid) {
        box.messages[uid]?.flags.system.insert(.deleted)
        let modSeq = box.nextModSeq(0)
        box.messages[uid]?.modSeq = modSeq
      }
    }
    try crash.pass("after flagging \(uids)")
  }

  private func expunge(_ tokens: Set<Int>, in mailbox: MailboxName) throws {
    let uids = try uids(of: tokens, in: mailbox)
    try crash.pass("before expunging \(uids)")
    beforeRemoving(mailbox, uids)
    try account.change(mailbox) { box in
      for uid in box.uids where uids.contains(uid) { box.messages[uid] = nil }
      box.modSeq += 1
    }
    try crash.pass("after expunging \(uids)")
  }
}
