// mailmove: removing from an account in memory, as POP3 does.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Synchronization

/// Removes from a maildrop in memory what comes with the bytes that were proven, when the session
/// ends.
final class FakeMaildropRemover: MailRemover {
  private let account: FakeAccount
  private let maildrop: FakeMaildrop
  private let crash: CrashPoint
  private let beforeRemoving: @Sendable (MailboxName, UIDSet) -> Void
  /// Tokens of the messages that go with QUIT.
  private let wishes = Mutex<[Int]>([])

  init(
    _ account: FakeAccount, reading maildrop: FakeMaildrop, crash: CrashPoint,
    beforeRemoving: @escaping @Sendable (MailboxName, UIDSet) -> Void
  ) {
    self.account = account
    self.maildrop = maildrop
    self.crash = crash
    self.beforeRemoving = beforeRemoving
  }

  func obstacle(to manner: Removal.Manner) async -> SyncError? {
    guard manner == .flagOnly else { return nil }
    return SyncError(.cannotRemove, scope: .run, remedy: .stop, side: .source)
  }

  func listing(of mailbox: MailboxName) async throws -> MailboxSnapshot {
    try await maildrop.snapshot(of: mailbox, since: nil)
  }

  func remove(
    _ proven: [RemovalProof], from mailbox: MailboxName, uidValidity: UIDValidity,
    manner: Removal.Manner
  ) async throws -> Set<UID> {
    let digests = Dictionary(
      proven.map { ($0.uid, $0.digest) }, uniquingKeysWith: { first, _ in first })
    let same = try await maildrop.tokens(ofMessagesWith: digests)
    wishes.withLock { $0 += same.values }
    return Set(same.keys)
  }

  func commit() async throws {
    let wishes = Set(wishes.withLock { $0 })
    let box = try account.read(.inbox) { $0 }
    let uids = box.uids.filter { uid in
      box.messages[uid].map { wishes.contains($0.token) } ?? false
    }
    guard !uids.isEmpty else { return }
    try crash.pass("before expunging \(UIDSet(uids))")
    beforeRemoving(.inbox, UIDSet(uids))
    account.expunge(uids, in: .inbox)
    try crash.pass("after expunging \(UIDSet(uids))")
  }

  func close() async {}
}
