// mailmove: the durable record.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The durable record of a job: what it is moving, how far it is, and what became of each message.
///
/// Every function throws `SyncError`. A function that changes something returns only after the
/// change is on disk (invariant 3). One journal serves all lanes of a run.
package protocol Journal: Sendable {
  /// The frozen map, in the order it was frozen; empty before the first run.
  func pairs() async throws -> [MailboxPair]

  /// Adds mailboxes to the map. A source mailbox that is already in it stays as it was frozen,
  /// unless it was left out then.
  func freeze(_ mailboxes: [MappedMailbox]) async throws -> [MailboxPair]

  /// Takes back what was decided on mailboxes for which nothing was ever made at the target: they
  /// count as left out then and can be decided again. Others stay as they are. Returns the map.
  func release(_ pairs: [MailboxPair]) async throws -> [MailboxPair]

  /// Where a pair stands; an empty standing for a pair that never began.
  func standing(of pair: MailboxPair) async throws -> PairStanding

  /// Records by what the mailbox at the source is known again, before any message of it is on
  /// record (invariant 14): a mailbox that was made anew under its name may be renamed afterwards.
  func identify(_ pair: MailboxPair, by status: MailboxStatus) async throws

  /// Every message of a pair, ascending by key.
  func records(of pair: MailboxPair) async throws -> [MessageRecord]

  /// Puts messages on record as pending; those on record already keep their state.
  func enroll(_ entries: [Entry], uidValidity: UIDValidity, in pair: MailboxPair) async throws

  /// Puts the places where appending begins on record, before the first append (invariant 4): all
  /// or none of them.
  func begin(at anchors: [(pair: MailboxPair, anchor: TargetAnchor)]) async throws

  /// Records what became of messages, all or none of them.
  func record(_ outcomes: [Outcome], in pair: MailboxPair) async throws

  /// Records that everything up to a checkpoint is settled and that nothing is in flight.
  func finish(_ pair: MailboxPair, source: SourceCheckpoint, target: TargetAnchor?) async throws

  /// What the whole job comes to, for `status` and for the exit code.
  func summary() async throws -> JobSummary

  /// Messages in a state, at most `limit` of them, with the mailbox each is in.
  func messages(in state: MessageState, limit: Int) async throws -> [(MailboxPair, MessageRecord)]

  /// Makes skipped or lost messages pending again; returns how many. Of a mark about removal only
  /// that stays which says that the \Deleted of the message may be ours.
  func reopen(_ state: MessageState) async throws -> Int

  /// Whether a message with this digest may have the \Deleted by which we removed one ourselves: in
  /// whichever mailbox that was, since people move mail with its flags.
  func mayHaveOurMark(_ digest: SHA256Digest) async throws -> Bool

  /// When the messages of a pair were first listed, in seconds since 1970-01-01 UTC.
  func firstSeen(in pair: MailboxPair) async throws -> [SourceKey: Int64]

  /// The archive that mail was last put into; nil before that, and where the target is no archive.
  func archiveMark() async throws -> ArchiveMark?

  /// Records how far the archive is that mail is put into.
  ///
  /// - Parameter isContinuous: false when it is not the archive on record, or an older copy of it:
  ///   no number of it is believed then, and every copy is looked for again (invariant 13).
  func note(_ mark: ArchiveMark, isContinuous: Bool) async throws
}

extension Journal {
  /// Puts the place where appending begins on record, before the first append (invariant 4).
  package func begin(_ pair: MailboxPair, at anchor: TargetAnchor) async throws {
    try await begin(at: [(pair, anchor)])
  }

  /// Puts on record that no number of these mailboxes of the target is believed any more: of all or
  /// none of them.
  func disbelieve(_ anchors: [(pair: MailboxPair, anchor: TargetAnchor)]) async throws {
    guard !anchors.isEmpty else { return }
    try await begin(at: anchors.map { ($0.pair, $0.anchor.disbelieved) })
  }

  /// Makes all that the target holds be compared before anything is appended, from its first UID on
  /// (invariant 5), also by the next run if this one dies.
  func beginAtTheFirst(of pair: MailboxPair) async throws {
    guard let anchor = try await standing(of: pair).target else { return }
    try await begin(pair, at: anchor.from(UID(1)))
  }

  /// Makes the mailbox at the source be listed whole when it is seen again.
  func forgetCheckpoint(of pair: MailboxPair) async throws {
    let standing = try await standing(of: pair)
    guard let source = standing.source else { return }
    try await finish(pair, source: source.forgotten, target: standing.target)
  }
}

/// A mailbox at the source and the one it goes to, as frozen in the journal.
package struct MailboxPair: Sendable, Equatable, Hashable {
  /// The journal's own number for it.
  package let id: Int64
  package let mapped: MappedMailbox

  package init(id: Int64, mapped: MappedMailbox) {
    self.id = id
    self.mapped = mapped
  }

  package static func == (lhs: MailboxPair, rhs: MailboxPair) -> Bool { lhs.id == rhs.id }
  package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// Where a pair stands.
package struct PairStanding: Sendable, Equatable {
  /// Set when everything up to it was settled; nil while the pair has never been finished.
  package var source: SourceCheckpoint?
  /// Set before the first append.
  package var target: TargetAnchor?
  /// Messages on record that are neither stored, skipped nor vanished.
  package var pending: Int
  /// Messages on record as being at the target, and not known under which UID.
  package var unlocated: Int

  package init(
    source: SourceCheckpoint? = nil, target: TargetAnchor? = nil, pending: Int = 0,
    unlocated: Int = 0
  ) {
    self.source = source
    self.target = target
    self.pending = pending
    self.unlocated = unlocated
  }

  /// Whether a status from the listing proves that there is nothing to do.
  package func provesUnchanged(_ listed: MailboxStatus?) -> Bool {
    guard pending == 0, unlocated == 0, let source, let listed else { return false }
    return source.provesUnchanged(listed)
  }
}

/// What is known to have become of a message.
package enum MessageState: Int, Sendable, CaseIterable {
  /// Seen at the source, not dealt with yet.
  case pending = 0
  /// The target acknowledged it.
  case stored = 1
  /// The target had it before; adopted after its content was compared.
  case alreadyThere = 2
  /// Not moved, for a reason on record.
  case skipped = 3
  /// Gone from the source before it could be moved, or after it was moved.
  case vanished = 4
  /// Was stored; not found again after the target's UIDVALIDITY changed, or when it was looked for.
  case lost = 5
}

/// All the journal knows about one message.
package struct MessageRecord: Sendable, Equatable {
  package var key: SourceKey
  package var state: MessageState
  /// Octets: as declared while pending, as read afterwards.
  package var size: Int64
  /// Octets as the source listed them, which need not be what was read (invariants 8 and 14); nil
  /// where a ledger of an earlier format did not keep it.
  package var listedSize: Int64?
  package var digest: SHA256Digest?
  package var fingerprint: Fingerprint?
  package var internalDate: InternalDate?
  /// The source's flags as last carried over; as listed while pending.
  package var flags: FlagSet
  package var targetUID: UID?
  /// Why it was skipped.
  package var reason: SyncError.Cause?
  /// What was done about removing it from the source.
  package var removal: RemovalMark?
  /// What the target did not keep.
  package var dropped = DroppedMetadata()
  /// What a person should know, such as the server's words. Nothing is ever read out of it
  /// (invariant 19).
  package var note: String?

  package init(
    key: SourceKey, state: MessageState, size: Int64, listedSize: Int64? = nil,
    digest: SHA256Digest? = nil, fingerprint: Fingerprint? = nil,
    internalDate: InternalDate? = nil, flags: FlagSet = .none, targetUID: UID? = nil,
    reason: SyncError.Cause? = nil, note: String? = nil
  ) {
    self.key = key
    self.state = state
    self.size = size
    self.listedSize = listedSize
    self.digest = digest
    self.fingerprint = fingerprint
    self.internalDate = internalDate
    self.flags = flags
    self.targetUID = targetUID
    self.reason = reason
    self.note = note
  }

  /// The target holds this message as far as we know.
  package var isAtTarget: Bool { state == .stored || state == .alreadyThere }
}

/// Something that became of one message.
package enum Outcome: Sendable, Equatable {
  /// Stored or adopted, with everything that is known now. Replaces what was on record.
  case settled(MessageRecord)
  /// The target's UID became known or changed; nil when the message was not found again.
  case located(SourceKey, targetUID: UID?)
  /// The source's flags were carried over.
  case flagsCarried(SourceKey, FlagSet)
  /// The record of a message under a new key, in place of its old one.
  case rekeyed(from: SourceKey, to: MessageRecord)
  /// The size as the source lists it was learnt, in octets.
  case relisted(SourceKey, size: Int64)
  /// A message's state changed without anything else being learnt. Of a mark about removal only
  /// that stays of what has vanished which says that the \Deleted of the message may be ours.
  case marked(SourceKey, MessageState)
}

/// What a whole job comes to.
package struct JobSummary: Sendable, Equatable {
  package struct MailboxLine: Sendable, Equatable {
    package let pair: MailboxPair
    package let counts: [MessageState: Int]
    package let bytesAtTarget: Int64
    /// What the records say about removing the messages from the source.
    package let removals: [RemovalMark: Int]

    package init(
      pair: MailboxPair, counts: [MessageState: Int], bytesAtTarget: Int64,
      removals: [RemovalMark: Int] = [:]
    ) {
      self.pair = pair
      self.counts = counts
      self.bytesAtTarget = bytesAtTarget
      self.removals = removals
    }
  }

  package let mailboxes: [MailboxLine]

  package init(mailboxes: [MailboxLine]) { self.mailboxes = mailboxes }

  package func count(_ state: MessageState) -> Int {
    mailboxes.reduce(0) { $0 + ($1.counts[state] ?? 0) }
  }

  package func count(_ mark: RemovalMark) -> Int {
    mailboxes.reduce(0) { $0 + ($1.removals[mark] ?? 0) }
  }
}
