// mailmove: removing from an account in memory, as POP3 does.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Synchronization

/// Removes from a maildrop in memory what has the bytes that were proven, when the session ends.
package final class FakeMaildropRemover: MailRemover {
  private let account: FakeAccount
  private let maildrop: FakeMaildrop
  private let crash: CrashPoint
  private let beforeRemoving: @Sendable (MailboxName, UIDSet) -> Void
  private let wishes = Mutex<[UID]>([])

  package init(
    _ account: FakeAccount, keys: any KeyBook, crash: CrashPoint,
    onRequest: @escaping @Sendable (String) throws -> Void,
    beforeRemoving: @escaping @Sendable (MailboxName, UIDSet) -> Void
  ) {
    self.account = account
    self.crash = crash
    self.beforeRemoving = beforeRemoving
    maildrop = FakeMaildrop(account, keys: keys, onRequest: onRequest)
  }

  package func obstacle(to manner: Removal.Manner) async -> SyncError? {
    guard manner == .flagOnly else { return nil }
    return SyncError(.cannotRemove, scope: .run, remedy: .stop, side: .source)
  }

  package func listing(of mailbox: MailboxName) async throws -> MailboxSnapshot {
    try await maildrop.snapshot(of: mailbox, since: nil)
  }

  package func remove(
    _ proven: [RemovalProof], from mailbox: MailboxName, uidValidity: UIDValidity,
    manner: Removal.Manner
  ) async throws {
    let meant = try await maildrop.numbered().filter { message in
      let digest = SHA256Digest(of: message.stored.bytes)
      return proven.contains { $0.uid == message.key && $0.digest == digest }
    }
    wishes.withLock { $0 += meant.map(\.uid) }
  }

  package func commit() async throws {
    let uids = wishes.withLock { $0 }
    guard !uids.isEmpty else { return }
    try crash.pass("before expunging \(UIDSet(uids))")
    beforeRemoving(.inbox, UIDSet(uids))
    account.expunge(uids, in: .inbox)
    try crash.pass("after expunging \(UIDSet(uids))")
  }

  package func close() async {}
}
