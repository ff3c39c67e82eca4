// mailmove: an account in memory.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Synchronization

/// An account in memory, with the habits of a server as far as a test wants them.
package final class FakeAccount: Sendable {
  package struct StoredMessage: Sendable, Equatable {
    package var bytes: [UInt8]
    package var flags: FlagSet
    package var date: InternalDate?
    package var modSeq: Int64 = 1
  }

  package struct Box: Sendable {
    package var uidValidity = UIDValidity(1)
    package var nextUID: UInt32 = 1
    package var messages: [UID: StoredMessage] = [:]
    package var attributes: [String] = []
    package var isSubscribed = false
    package var modSeq: Int64 = 1
    /// What it was told to have vanished at the source, each time.
    package var vanished: [[UID]] = []
    /// Labels as X-GM-LABELS tells them; none where the account tells none.
    package var labels: [UID: [String]] = [:]

    package init(
      uidValidity: UIDValidity = UIDValidity(1), attributes: [String] = []
    ) {
      self.uidValidity = uidValidity
      self.attributes = attributes
    }

    package var uids: [UID] { messages.keys.sorted() }
  }

  /// What a server does differently from a perfect one.
  package struct Habits: Sendable {
    package var tellsUIDs = true
    package var hasModSeq = true
    package var listsStatus = true
    /// STATUS tells octets (RFC 8438).
    package var tellsSize = false
    /// Messages stored together or not at all; 1: one by one.
    package var groupMax = 1
    /// What becomes of the bytes of an appended message.
    package var rewrite: @Sendable ([UInt8]) -> [UInt8] = { $0 }
    /// Why a message is refused; nil: it is taken.
    package var refuse: @Sendable (Message) -> SyncError? = { _ in nil }
    /// Messages that the target says it has stored, and has not.
    package var loses: @Sendable (Message) -> Bool = { _ in false }
    /// UIDs whose bodies the source leaves out of its answers.
    package var withheld: Set<UID> = []
    /// UIDs that its listings leave out.
    package var unlisted: Set<UID> = []
    package var permanentFlags = PermanentFlags.everything
    /// What its snapshots are not good for.
    package var traits: MailboxSnapshot.Traits = []
    /// Octets in one message, as announced.
    package var appendLimit: Int64?
    /// The same for single mailboxes.
    package var appendLimits: [MailboxName: Int64] = [:]

    /// UID EXPUNGE is there (RFC 4315).
    package var expungesExactly = true
    /// Removals count only at the end of the session, as in POP3.
    package var removesAtEnd = false
    /// It wants to hear what vanished at the source.
    package var notesVanished = false
    /// It tells labels, as Gmail does.
    package var tellsLabels = false
    /// What it makes of the name of a new mailbox.
    package var rename: @Sendable (MailboxName) -> MailboxName = { $0 }
    /// Sessions it bears at the same time.
    package var sessionsMax = 1

    package init() {}
  }

  package let habits: Habits
  private let state: Mutex<[MailboxName: Box]>

  package init(habits: Habits = Habits(), boxes: [MailboxName: Box] = [.inbox: Box()]) {
    self.habits = habits
    state = Mutex(boxes)
  }

  package func read<Result: Sendable>(
    _ name: MailboxName, _ body: (Box) throws -> Result
  ) throws -> Result {
    try state.withLock { boxes in
      guard let box = boxes[name] else { throw Self.missing(name) }
      return try body(box)
    }
  }

  package func change<Result: Sendable>(
    _ name: MailboxName, _ body: (inout Box) throws -> Result
  ) throws -> Result {
    try state.withLock { boxes in
      guard var box = boxes[name] else { throw Self.missing(name) }
      defer { boxes[name] = box }
      return try body(&box)
    }
  }

  package func create(_ name: MailboxName, attributes: [String] = []) {
    state.withLock { boxes in
      if boxes[name] == nil { boxes[name] = Box(attributes: attributes) }
    }
  }

  package func remove(_ name: MailboxName) {
    state.withLock { boxes in _ = boxes.removeValue(forKey: name) }
  }

  package var names: [MailboxName] { state.withLock { $0.keys.sorted() } }

  /// Puts a message in, as delivery would.
  @discardableResult
  package func deliver(
    _ text: String, to name: MailboxName = .inbox, flags: FlagSet = .none,
    date: InternalDate? = InternalDate(secondsSinceEpoch: 1_000_000, zoneMinutes: 60)
  ) -> UID {
    store(Array(text.utf8), in: name, flags: flags, date: date)
  }

  @discardableResult
  package func store(_ bytes: [UInt8], in name: MailboxName, flags: FlagSet, date: InternalDate?)
    -> UID
  {
    state.withLock { boxes in
      let uid = UID(boxes[name, default: Box()].nextUID)
      boxes[name, default: Box()].nextUID += 1
      boxes[name, default: Box()].modSeq += 1
      boxes[name, default: Box()].messages[uid] = StoredMessage(
        bytes: bytes, flags: flags, date: date, modSeq: boxes[name]?.modSeq ?? 1)
      return uid
    }
  }

  /// All messages of a mailbox in the order of their UIDs.
  package func contents(of name: MailboxName = .inbox) -> [StoredMessage] {
    state.withLock { boxes in
      guard let box = boxes[name] else { return [] }
      return box.uids.compactMap { box.messages[$0] }.map { message in
        StoredMessage(bytes: message.bytes, flags: message.flags, date: message.date)
      }
    }
  }

  package func status(of name: MailboxName) throws -> MailboxStatus {
    try read(name) { box in
      MailboxStatus(
        messages: Int64(box.messages.count), uidNext: UID(box.nextUID),
        uidValidity: box.uidValidity, highestModSeq: habits.hasModSeq ? box.modSeq : nil,
        size: habits.tellsSize ? box.messages.values.reduce(0) { $0 + Int64($1.bytes.count) } : nil,
        appendLimit: habits.appendLimits[name])
    }
  }

  package func listing() -> MailboxListing {
    let boxes = state.withLock { $0 }
    let rows = boxes.keys.sorted().map { name in
      Mailbox(
        name: name, delimiter: UInt8(ascii: "/"), attributes: boxes[name]?.attributes ?? [],
        isSubscribed: boxes[name]?.isSubscribed,
        status: habits.listsStatus ? try? status(of: name) : nil)
    }
    return MailboxListing(
      mailboxes: rows, host: "fake.example.org", tellsLabels: habits.tellsLabels)
  }

  package func entry(_ uid: UID, _ message: StoredMessage) -> Entry {
    Entry(
      uid: uid, size: Int64(message.bytes.count), internalDate: message.date,
      flags: message.flags)
  }

  private static func missing(_ name: MailboxName) -> SyncError {
    SyncError(.mailboxMissing, scope: .mailbox, remedy: .stop, side: .target, mailbox: name)
  }
}
