// mailmove: an account in memory, read as POP3 does.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Synchronization

/// Reads the INBOX of a `FakeAccount` as POP3 shows it: without UIDs, flags and dates, numbered by
/// a key book from unique-ids that last as long as the account keeps its UIDVALIDITY.
package struct FakeMaildrop: MailSource {
  private let account: FakeAccount
  private let keys: any KeyBook
  private let onRequest: @Sendable (String) throws -> Void

  static let uidValidity = UIDValidity(1)

  package init(
    _ account: FakeAccount, keys: any KeyBook,
    onRequest: @escaping @Sendable (String) throws -> Void = { _ in }
  ) {
    self.account = account
    self.keys = keys
    self.onRequest = onRequest
  }

  package func mailboxes() async throws -> MailboxListing {
    try onRequest("list")
    let mailbox = Mailbox(name: .inbox, delimiter: nil, status: try announced())
    return MailboxListing(mailboxes: [mailbox], host: "pop.example.org", family: .generic)
  }

  package func status(of mailbox: MailboxName) async throws -> MailboxStatus {
    try onRequest("status \(mailbox)")
    return try announced()
  }

  package func snapshot(of mailbox: MailboxName, since checkpoint: SourceCheckpoint?) async throws
    -> MailboxSnapshot
  {
    try onRequest("snapshot \(mailbox)")
    let entries = try await numbered().map { Self.entry($0.key, $0.stored) }
    var status = try announced()
    status.messages = Int64(entries.count)
    return MailboxSnapshot(
      status: status, extent: .complete, entries: entries,
      traits: [.keysMayChange, .withoutFlags, .readingIsNoticed])
  }

  package func headers(of uids: UIDSet, in mailbox: MailboxName) async throws -> [HeadedEntry] {
    try onRequest("headers \(mailbox)")
    return try await numbered().filter { uids.contains($0.key) }.map {
      HeadedEntry(entry: Self.entry($0.key, $0.stored), header: $0.stored.bytes)
    }
  }

  package func fetch(_ batch: Batch, from mailbox: MailboxName) async throws -> MessageStream {
    try onRequest("fetch \(mailbox) \(batch.uids)")
    let found = try await numbered().filter { batch.uids.contains($0.key) }
    let messages = found.map { key, _, stored in
      Message(
        key: SourceKey(uidValidity: Self.uidValidity, uid: key), entry: Self.entry(key, stored),
        bytes: stored.bytes)
    }
    let rest = Mutex(messages[...])
    return MessageStream { [onRequest] in
      guard let next = rest.withLock({ $0.popFirst() }) else { return nil }
      try onRequest("body \(next.key.uid)")
      return .message(next)
    }
  }

  package func keepAlive() async throws {}
  package func close() async {}

  /// The messages by the numbers of the key book, ascending, with their UIDs in the account.
  func numbered() async throws -> [(key: UID, uid: UID, stored: FakeAccount.StoredMessage)] {
    let box = try account.read(.inbox) { $0 }
    let messages = box.uids.compactMap { uid in box.messages[uid].map { (uid, $0) } }
    let names = messages.map { "uidl \(box.uidValidity).\($1.token) \($1.bytes.count)" }
    let numbers = try await keys.numbers(for: names, of: .inbox)
    return zip(numbers, messages).map { (key: $0, uid: $1.0, stored: $1.1) }
      .sorted { $0.key < $1.key }
  }

  private func announced() throws -> MailboxStatus {
    MailboxStatus(
      messages: Int64(try account.read(.inbox) { $0.uids.count }), uidValidity: Self.uidValidity)
  }

  private static func entry(_ key: UID, _ stored: FakeAccount.StoredMessage) -> Entry {
    Entry(uid: key, size: Int64(stored.bytes.count), internalDate: nil, flags: .none)
  }
}
