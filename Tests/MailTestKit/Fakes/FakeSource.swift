// mailmove: reading an account in memory.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Synchronization

/// Reads a `FakeAccount`.
package final class FakeSource: MailSource {
  package let account: FakeAccount
  /// Called before each request with its name; what it throws is thrown.
  private let onRequest: @Sendable (String) throws -> Void

  package init(
    _ account: FakeAccount, onRequest: @escaping @Sendable (String) throws -> Void = { _ in }
  ) {
    self.account = account
    self.onRequest = onRequest
  }

  package func mailboxes() async throws -> MailboxListing {
    try onRequest("list")
    return account.listing()
  }

  package func status(of mailbox: MailboxName) async throws -> MailboxStatus {
    try onRequest("status \(mailbox)")
    return try account.status(of: mailbox)
  }

  package func snapshot(of mailbox: MailboxName, since checkpoint: SourceCheckpoint?) async throws
    -> MailboxSnapshot
  {
    try onRequest("snapshot \(mailbox)")
    let status = try account.status(of: mailbox)
    let box = try account.read(mailbox) { $0 }
    if account.habits.hasModSeq, account.habits.searches, let checkpoint,
      checkpoint.numbers.isContinued(by: NumberSpace(status)), let since = checkpoint.highestModSeq
    {
      let changed = box.uids.filter {
        (box.messages[$0]?.modSeq ?? 0) > since || $0.next >= checkpoint.uidNext ?? UID(0)
      }
      return MailboxSnapshot(
        status: status, extent: .changes(among: UIDSet(box.uids)),
        entries: entries(changed, of: box))
    }
    return MailboxSnapshot(
      status: status, extent: .complete, entries: entries(box.uids, of: box),
      traits: account.habits.traits)
  }

  package func snapshot(of mailbox: MailboxName, without labels: ListedLabels) async throws
    -> MailboxSnapshot
  {
    try onRequest("remainder \(mailbox)")
    var status = try account.status(of: mailbox)
    let box = try account.read(mailbox) { $0 }
    let uids = box.uids.filter { uid in
      !labels.contains(oneOf: (box.labels[uid] ?? []).map { Array($0.utf8) })
    }
    status.messages = Int64(uids.count)
    return MailboxSnapshot(status: status, extent: .complete, entries: entries(uids, of: box))
  }

  package func headers(of uids: UIDSet, in mailbox: MailboxName) async throws -> [HeadedEntry] {
    try onRequest("headers \(mailbox)")
    return try account.read(mailbox) { box in
      box.uids.filter(uids.contains).compactMap { uid in
        box.messages[uid].map {
          HeadedEntry(entry: account.entry(uid, $0), header: account.habits.tellsHeader($0.bytes))
        }
      }
    }
  }

  package func fetch(_ batch: Batch, from mailbox: MailboxName) async throws -> MessageStream {
    try onRequest("fetch \(mailbox) \(batch.uids)")
    let box = try account.read(mailbox) { $0 }
    guard box.uidValidity == batch.uidValidity else { throw FakeAccount.changed(mailbox) }
    let withheld = account.habits.withheld
    let messages = batch.entries.compactMap { entry -> Fetched? in
      guard let stored = box.visible(entry.uid), !withheld.contains(entry.uid) else { return nil }
      return .message(
        Message(
          key: SourceKey(uidValidity: batch.uidValidity, uid: entry.uid),
          entry: account.entry(entry.uid, stored), bytes: stored.bytes))
    }
    let rest = Mutex(messages[...])
    return MessageStream { [onRequest] in
      guard let next = rest.withLock({ $0.popFirst() }) else { return nil }
      try onRequest("body \(next.key.uid)")
      return next
    }
  }

  package func keepAlive() async throws {}
  package func close() async {}
  package func sessionsMax() async -> Int { account.habits.sessionsMax }

  private func entries(_ uids: [UID], of box: FakeAccount.Box) -> [Entry] {
    uids.compactMap { uid in
      account.habits.unlisted.contains(uid)
        ? nil : box.messages[uid].map { account.entry(uid, $0) }
    }
  }
}
