// mailmove: an account in memory, read as POP3 does.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Synchronization

@testable import MailEndpoints

/// Reads the INBOX of a `FakeAccount` as POP3 shows it: without UIDs, flags and dates, numbered by
/// a key book from unique-ids that last as long as the account keeps its UIDVALIDITY.
///
/// A session shows what was there when it was first asked, without what has gone since (RFC 1939,
/// 4). Whether what it hands out is a message is decided as in the product.
final class FakeMaildrop: MailSource {
  typealias Stored = FakeAccount.StoredMessage

  private let account: FakeAccount
  private let keys: any KeyBook
  private let experience: POP3Experience
  private let handsOut: @Sendable (Stored) -> [UInt8]
  private let onRequest: @Sendable (String) throws -> Void
  private let session = Mutex<[Numbered]?>(nil)

  static let uidValidity = UIDValidity(1)

  /// - Parameters:
  ///   - experience: what sessions of the same run have learnt of its sizes.
  ///   - handsOut: the text that comes for a message, whatever LIST says of its size.
  init(
    _ account: FakeAccount, keys: any KeyBook, experience: POP3Experience,
    handsOut: @escaping @Sendable (Stored) -> [UInt8],
    onRequest: @escaping @Sendable (String) throws -> Void = { _ in }
  ) {
    self.account = account
    self.keys = keys
    self.experience = experience
    self.handsOut = handsOut
    self.onRequest = onRequest
  }

  func mailboxes() async throws -> MailboxListing {
    try onRequest("list")
    let mailbox = Mailbox(name: .inbox, delimiter: nil, status: try await announced())
    return MailboxListing(mailboxes: [mailbox], host: "pop.example.org", family: .generic)
  }

  func status(of mailbox: MailboxName) async throws -> MailboxStatus {
    try onRequest("status \(mailbox)")
    return try await announced()
  }

  func snapshot(of mailbox: MailboxName, since checkpoint: SourceCheckpoint?) async throws
    -> MailboxSnapshot
  {
    try onRequest("snapshot \(mailbox)")
    let entries = try await numbered().map { Self.entry($0.key, $0.stored) }
    return MailboxSnapshot(
      status: try await announced(), extent: .complete, entries: entries,
      traits: [.keysMayChange, .withoutFlags, .readingIsNoticed])
  }

  func headers(of uids: UIDSet, in mailbox: MailboxName) async throws -> [HeadedEntry] {
    try onRequest("headers \(mailbox)")
    return try await numbered().filter { uids.contains($0.key) }.map {
      HeadedEntry(entry: Self.entry($0.key, $0.stored), header: handsOut($0.stored))
    }
  }

  /// A text that is no message is left out at first, and the second time it ends the batch.
  func fetch(_ batch: Batch, from mailbox: MailboxName) async throws -> MessageStream {
    try onRequest("fetch \(mailbox) \(batch.uids)")
    let all = try await numbered()
    let rest = Mutex(all.filter { batch.uids.contains($0.key) }[...])
    let refusal = Mutex<SyncError?>(nil)
    return MessageStream { [self] in
      while let next = rest.withLock({ $0.popFirst() }) {
        try onRequest("body \(next.key)")
        let key = SourceKey(uidValidity: Self.uidValidity, uid: next.key)
        let bytes = handsOut(next.stored)
        switch verdict(on: bytes, of: next, among: all) {
        case .message:
          let entry = Self.entry(next.key, next.stored)
          return .message(Message(key: key, entry: entry, bytes: bytes))
        case .doubtful: continue
        case .short, .shortUnlessOthersAre:
          let error = SyncError(
            .messageCutShort, scope: .message, remedy: .skip, side: .source, mailbox: .inbox,
            key: key)
          refusal.withLock { $0 = error }
        }
      }
      if let error = refusal.withLock({ $0.take() }) { throw error }
      return nil
    }
  }

  private func verdict(on bytes: [UInt8], of message: Numbered, among all: [Numbered])
    -> SizeRecord.Verdict
  {
    let verdict = experience.sizes.withLock {
      $0.judge(Self.size(bytes, message.stored), of: message.key)
    }
    guard verdict == .shortUnlessOthersAre else { return verdict }
    return experience.sizes.withLock { sizes in
      let entries = all.map { Self.entry($0.key, $0.stored) }
      let samples = Set(sizes.samples(beside: message.key, among: entries).map(\.uid))
      for other in all where samples.contains(other.key) {
        _ = sizes.note(Self.size(handsOut(other.stored), other.stored), of: other.key)
      }
      return sizes.isOff(beside: message.key) ? .message : .short
    }
  }

  func keepAlive() async throws {}
  func close() async {}

  /// A message with its number in the key book.
  private typealias Numbered = (key: UID, stored: Stored)

  /// All messages of the session, ascending by their numbers.
  private func numbered() async throws -> [Numbered] {
    let box = try account.read(.inbox) { $0 }
    if let listed = session.withLock({ $0 }) {
      let there = box.tokens
      return listed.filter { there.contains($0.stored.token) }
    }
    let messages = box.uids.compactMap { uid in box.messages[uid].map { (uid, $0) } }
    let names = messages.map { "uidl \(box.uidValidity).\($1.token) \($1.bytes.count)" }
    let numbers = try await keys.numbers(for: names, of: .inbox)
    let all = zip(numbers, messages).map { (key: $0, stored: $1.1) }.sorted { $0.key < $1.key }
    session.withLock { $0 = all }
    return all
  }

  /// The tokens of the messages that come with these bytes. What was doubted is asked for once
  /// more, alone.
  func tokens(ofMessagesWith digests: [UID: SHA256Digest]) async throws -> [UID: Int] {
    let wanted = try await numbered().filter { digests[$0.key] != nil }
    var read = try await digestsNow(of: wanted)
    for message in wanted where read[message.key] == nil {
      read.merge(try await digestsNow(of: [message])) { $1 }
    }
    return Dictionary(
      wanted.filter { read[$0.key] != nil && read[$0.key] == digests[$0.key] }
        .map { ($0.key, $0.stored.token) }, uniquingKeysWith: { first, _ in first })
  }

  private func digestsNow(of messages: [Numbered]) async throws -> [UID: SHA256Digest] {
    let entries = messages.map { Self.entry($0.key, $0.stored) }
    let batch = Batch(uidValidity: Self.uidValidity, entries: entries)
    let stream = try await fetch(batch, from: .inbox)
    var found: [UID: SHA256Digest] = [:]
    do {
      while case .message(let message)? = try await stream.next() {
        found[message.key.uid] = message.digest
      }
    } catch let error as SyncError where error.scope == .message {
      // What was not handed out stays where it is.
    }
    return found
  }

  private func announced() async throws -> MailboxStatus {
    MailboxStatus(messages: Int64(try await numbered().count), uidValidity: Self.uidValidity)
  }

  private static func entry(_ key: UID, _ stored: Stored) -> Entry {
    Entry(uid: key, size: Int64(stored.bytes.count), internalDate: nil, flags: .none)
  }

  private static func size(_ text: [UInt8], _ stored: Stored) -> RetrievedSize {
    let size = Int64(stored.bytes.count)
    return RetrievedSize(of: text, listed: size, told: size)
  }
}
