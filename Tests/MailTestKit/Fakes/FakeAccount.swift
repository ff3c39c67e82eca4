// mailmove: an account in memory.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Synchronization

/// An account in memory, with the habits of a server as far as a test wants them.
package final class FakeAccount: Sendable {
  /// Who put a message there.
  package enum Author: Sendable {
    case person, earlierTool, mailmove
  }

  package struct StoredMessage: Sendable, Equatable {
    package var bytes: [UInt8]
    package var flags: FlagSet
    package var date: InternalDate?
    package var modSeq: Int64 = 1
    package var author = Author.person
    /// Tells this message from every other in the account, whatever its UID becomes; a copy and a
    /// moved message are others. 0 where it does not matter.
    package var token = 0

    package init(
      bytes: [UInt8], flags: FlagSet, date: InternalDate?, author: Author = .person
    ) {
      self.bytes = bytes
      self.flags = flags
      self.date = date
      self.author = author
    }
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
    /// Messages that the server keeps to itself for now.
    package var hidden: Set<UID> = []
    /// Tells this mailbox from every other in the account, whatever its name becomes.
    package var identity = 0

    package init(
      uidValidity: UIDValidity = UIDValidity(1), attributes: [String] = []
    ) {
      self.uidValidity = uidValidity
      self.attributes = attributes
    }

    package var uids: [UID] { messages.keys.filter { !hidden.contains($0) }.sorted() }

    /// Octets in all messages together.
    var size: Int64 {
      uids.reduce(0) { $0 + Int64(messages[$1]?.bytes.count ?? 0) }
    }

    /// A message that the server shows.
    package func visible(_ uid: UID) -> StoredMessage? {
      hidden.contains(uid) ? nil : messages[uid]
    }

    /// HIGHESTMODSEQ after one more change.
    package mutating func nextModSeq(_ clock: Int64) -> Int64 {
      modSeq = max(modSeq + 1, clock)
      return modSeq
    }
  }

  /// What a server does differently from a perfect one.
  package struct Habits: Sendable {
    package var tellsUIDs = true
    package var hasModSeq = true
    package var listsStatus = true
    /// STATUS tells octets (RFC 8438).
    package var tellsSize = false
    /// It tells all UIDs beside a list of changes.
    package var searches = true
    /// Each new mailbox has a UIDVALIDITY that none had before.
    package var givesOwnUIDValidity = false
    /// It tells MAILBOXID (RFC 8474).
    package var tellsMailboxID = false
    /// Messages stored together or not at all; 1: one by one.
    package var groupMax = 1
    /// What becomes of the bytes of an appended message.
    package var rewrite: @Sendable ([UInt8]) -> [UInt8] = { $0 }
    /// What it tells of the header of a message that it holds.
    package var tellsHeader: @Sendable ([UInt8]) -> [UInt8] = { $0 }
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

    /// Keys are names of contents and may change, and there are no mod-sequences.
    package static var maildrop: Habits {
      var habits = Habits()
      habits.traits = .keysMayChange
      habits.hasModSeq = false
      return habits
    }
  }

  struct State: Sendable {
    var boxes: [MailboxName: Box] = [:]
    var boxesMade = 0
    var messagesMade = 0
    /// Mod-sequences are never below it, as at servers that take them from the time of day.
    var clock: Int64 = 0

    mutating func add(_ box: Box, as name: MailboxName) {
      boxesMade += 1
      boxes[name] = box
      boxes[name]?.identity = boxesMade
    }

    /// Stores a message under the next UID; makes the mailbox if it is missing.
    mutating func store(_ message: StoredMessage, in name: MailboxName) -> UID {
      if boxes[name] == nil { add(Box(), as: name) }
      var box = boxes[name, default: Box()]
      messagesMade += 1
      let uid = UID(box.nextUID)
      box.nextUID += 1
      var stored = message
      stored.modSeq = box.nextModSeq(clock)
      stored.token = messagesMade
      box.messages[uid] = stored
      boxes[name] = box
      return uid
    }
  }

  package let habits: Habits
  let state: Mutex<State>

  package init(habits: Habits = Habits(), boxes: [MailboxName: Box] = [.inbox: Box()]) {
    self.habits = habits
    var start = State()
    for (name, box) in boxes.sorted(by: { $0.key < $1.key }) { start.add(box, as: name) }
    state = Mutex(start)
  }

  package var boxes: [MailboxName: Box] { state.withLock { $0.boxes } }

  package func read<Result: Sendable>(
    _ name: MailboxName, _ body: (Box) throws -> Result
  ) throws -> Result {
    try state.withLock { state in
      guard let box = state.boxes[name] else { throw Self.missing(name) }
      return try body(box)
    }
  }

  package func change<Result: Sendable>(
    _ name: MailboxName, _ body: (inout Box) throws -> Result
  ) throws -> Result {
    try state.withLock { state in
      guard var box = state.boxes[name] else { throw Self.missing(name) }
      defer { state.boxes[name] = box }
      return try body(&box)
    }
  }

  package func create(_ name: MailboxName, attributes: [String] = []) {
    state.withLock { state in
      guard state.boxes[name] == nil else { return }
      let validity = habits.givesOwnUIDValidity ? Int64(1_000 + state.boxesMade) : 1
      state.add(Box(uidValidity: UIDValidity(validity), attributes: attributes), as: name)
    }
  }

  package func remove(_ name: MailboxName) {
    state.withLock { state in _ = state.boxes.removeValue(forKey: name) }
  }

  package var names: [MailboxName] { state.withLock { $0.boxes.keys.sorted() } }

  /// Puts a message in, as delivery would.
  @discardableResult
  package func deliver(
    _ text: String, to name: MailboxName = .inbox, flags: FlagSet = .none,
    date: InternalDate? = InternalDate(secondsSinceEpoch: 1_000_000, zoneMinutes: 60)
  ) -> UID {
    store(Array(text.utf8), in: name, flags: flags, date: date)
  }

  @discardableResult
  package func store(
    _ bytes: [UInt8], in name: MailboxName, flags: FlagSet, date: InternalDate?,
    by author: Author = .person
  ) -> UID {
    state.withLock {
      $0.store(StoredMessage(bytes: bytes, flags: flags, date: date, author: author), in: name)
    }
  }

  /// All messages of a mailbox in the order of their UIDs.
  package func contents(of name: MailboxName = .inbox) -> [StoredMessage] {
    state.withLock { state in
      guard let box = state.boxes[name] else { return [] }
      return box.uids.compactMap { box.messages[$0] }.map { message in
        StoredMessage(bytes: message.bytes, flags: message.flags, date: message.date)
      }
    }
  }

  package func status(of name: MailboxName) throws -> MailboxStatus {
    try read(name) { box in
      MailboxStatus(
        messages: Int64(box.uids.count), uidNext: UID(box.nextUID),
        uidValidity: box.uidValidity, highestModSeq: habits.hasModSeq ? box.modSeq : nil,
        size: habits.tellsSize ? box.size : nil,
        appendLimit: habits.appendLimits[name],
        mailboxID: habits.tellsMailboxID ? "M\(box.identity)" : nil)
    }
  }

  package func listing() -> MailboxListing {
    let boxes = boxes
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

  /// The mailbox of that name is another one than the session means.
  static func changed(_ name: MailboxName) -> SyncError {
    SyncError(
      .mailboxChanged, scope: .mailbox, remedy: .retry(after: nil), side: .target, mailbox: name)
  }

  private static func missing(_ name: MailboxName) -> SyncError {
    SyncError(.mailboxMissing, scope: .mailbox, remedy: .stop, side: .target, mailbox: name)
  }
}
