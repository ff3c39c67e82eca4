// mailmove: survey of what a target mailbox holds.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Finds out what the target mailbox holds without a receipt, before anything is appended to it
/// (invariants 5 and 6), and gives records that lack a valid target UID the right one.
///
/// UIDs on record are believed only as long as the numbers of the mailbox go on from those on
/// record (invariant 13). Where they do not, every record is looked for again.
struct TargetSurvey {
  let pair: MailboxPair
  let mailbox: TargetMailbox
  let target: any MailTarget
  let journal: any Journal
  /// Mailboxes that go into the same one.
  let neighbours: [Neighbour]
  /// All of the mailbox is looked at: the source gives other UIDs than before, or hands out what it
  /// did not when the place on record was passed, or lost copies are asked for.
  let looksAtAll: Bool
  /// Messages that the source listed before the target mailbox was opened.
  let listed: Int
  /// What was seen of the mailbox shows that it is not the one on record any more.
  var hasMoved = false

  struct Findings: Sendable {
    /// To be on record before the first append.
    var anchor: TargetAnchor
    /// Copies that belong to no record of a mailbox that the source still has.
    var unclaimed: [HeadedEntry] = []
    /// Copies on record for other mailboxes that go into the same one.
    var others = Neighbours()
    /// Target UIDs found out just now.
    var located: [SourceKey: UID] = [:]
    var lost: Set<SourceKey> = []
    /// Their originals have to be read again to know which copies are theirs.
    var contested: Set<SourceKey> = []
    /// The highest UID seen.
    var lastUID: UID
    /// The mailbox is not the one on record, or was put back to an earlier state.
    var hasMoved = false
    /// All that the mailbox holds; nil where only a part of it was listed.
    var present: Set<UID>?
    /// Copies that are known to be damaged.
    var damaged: Set<UID> = []

    /// A record as it is after this survey: with its copy's UID, or lost.
    func updated(_ record: MessageRecord) -> MessageRecord {
      var record = record
      if let uid = located[record.key] { record.targetUID = uid }
      if lost.contains(record.key) {
        record.targetUID = nil
        record.state = .lost
      }
      return record
    }

    /// Whether a message that is new may be the one on record, so that nothing has to be done for
    /// it: that has a copy, as far as was seen, which is not damaged, or is known to have none.
    func mayBeKnown(by record: MessageRecord) -> Bool {
      if let uid = record.targetUID, damaged.contains(uid) { return false }
      guard record.isAtTarget else { return record.state == .lost }
      guard let present, let uid = record.targetUID else { return true }
      return present.contains(uid)
    }
  }

  private static let first = UID(1)

  func run(standing: PairStanding, records: [MessageRecord]) async throws -> Findings {
    let next = mailbox.uidNext ?? Self.first
    let isSameUIDSpace =
      !hasMoved
      && standing.target.map { $0.isContinued(in: mailbox.name, by: mailbox.numbers, records) }
        ?? false
    let others = try await lookAtNeighbours()
    // By the time they have their turn, what is appended here may hide that.
    try await journal.disbelieve(others.disbelieved)
    let begin = isSameUIDSpace ? standing.target?.uidNext ?? Self.first : Self.first
    let from = looksAtAll || !others.homeless.isEmpty ? Self.first : begin
    let last = next == Self.first ? UID(0) : UID(next.rawValue - 1)
    // Not from UIDNEXT on, even where the mailbox is empty: if this run dies, a backup may fill it.
    var findings = Findings(
      anchor: anchor(
        from: from,
        isApart: isApart || isSameUIDSpace && standing.target?.isApart == true),
      others: others, lastUID: last, hasMoved: standing.target != nil && !isSameUIDSpace)
    let homeless = records.filter { $0.isAtTarget && (!isSameUIDSpace || $0.targetUID == nil) }
    let mayHoldMore = mailbox.messages > 0 && (from < next || mailbox.uidNext == nil)
    if mailbox.messages == 0 { findings.present = [] }
    guard mayHoldMore || !homeless.isEmpty else { return findings }
    var copies = mayHoldMore ? try await list(from: from) : []
    if isSameUIDSpace, Self.contradict(copies, records) {
      // The numbers of the others may go on just as those of this one do.
      try await journal.disbelieve(
        journal.believed(neighbours.map(\.pair), in: mailbox.name))
      var again = self
      again.hasMoved = true
      return try await again.run(standing: standing, records: records)
    }
    let claimed = others.onRecord.union(isSameUIDSpace ? Self.claims(of: records) : [])
    let matcher: ([HeadedEntry]) -> CopyMatcher = { copies in
      self.matcher(
        homeless, copies, without: claimed, sameUIDs: standing.target?.givenUIDValidity,
        headersProve: false)
    }
    var found = matcher(copies)
    if from > Self.first, mailbox.messages > 0, found.hasTooFewCopies {
      // A run of an earlier version may have moved on without having found them.
      copies = try await list(from: Self.first)
      found = matcher(copies)
    }
    if mayHoldMore, from == Self.first {
      // What is damaged is there as well, though it cannot be read.
      let condition = try await target.condition(
        of: mailbox.name, uidValidity: mailbox.uidValidity)
      findings.present = condition.damaged.union(copies.lazy.map(\.entry.uid))
    }
    if let highest = copies.last?.entry.uid { findings.lastUID = max(last, highest) }
    let given = try await give(
      &found, insteadOf: findings.hasMoved ? standing.target : nil)
    findings.unclaimed = try await unclaimed(given.unclaimed, among: copies, beside: others)
    findings.lost = Set(given.missing)
    findings.contested = Set(given.contested)
    findings.located = Dictionary(
      given.located.map { ($0.key, $0.uid) }, uniquingKeysWith: { first, _ in first })
    return findings
  }

  /// Whether there is another message under the UID of a copy: the mailbox was put back to an
  /// earlier state, before a run that could not put on record how far it had come.
  private static func contradict(_ copies: [HeadedEntry], _ records: [MessageRecord]) -> Bool {
    let there = Dictionary(
      copies.map { ($0.entry.uid, $0) }, uniquingKeysWith: { first, _ in first })
    return records.contains { record in
      guard record.isAtTarget, let copy = record.targetUID.flatMap({ there[$0] }) else {
        return false
      }
      return copy.isAnother(than: record)
    }
  }

  /// The place to go on record, with the numbers that have to go on from here.
  ///
  /// - Parameter lastUID: the highest UID that the server gave meanwhile.
  func anchor(from uid: UID, isApart: Bool, lastUID: UID? = nil) -> TargetAnchor {
    TargetAnchor(
      mailbox: mailbox.name, uidValidity: mailbox.uidValidity, uidNext: uid, isApart: isApart,
      toldUIDNext: mailbox.numbers.uidNext.map { max($0, lastUID?.next ?? $0) },
      highestModSeq: mailbox.numbers.highestModSeq, mailboxID: mailbox.numbers.mailboxID)
  }

  /// If source and target were one mailbox, each listed message would have a UID below UIDNEXT.
  private var isApart: Bool {
    guard mailbox.uidValidity.isKnown, let next = mailbox.uidNext else { return false }
    return Int(next.rawValue) - 1 < listed
  }

  /// After appending to a target that tells no UIDs: finds the copies and records their UIDs.
  func locate(from uid: UID) async throws -> (lost: Int, lastUID: UID) {
    let records = try await journal.records(of: pair)
    let copies = try await list(from: uid)
    let others = try await lookAtNeighbours()
    var matcher = matcher(
      records.filter { $0.isAtTarget && $0.targetUID == nil }, copies,
      without: others.onRecord.union(Self.claims(of: records)), sameUIDs: nil, headersProve: true)
    let found = try await give(&matcher, insteadOf: nil)
    return (found.missing.count, copies.last?.entry.uid ?? UID(0))
  }

  /// The copies on record for these messages.
  static func claims(of records: [MessageRecord]) -> Set<UID> {
    Set(records.compactMap { $0.isAtTarget ? $0.targetUID : nil })
  }

  private func list(from uid: UID) async throws -> [HeadedEntry] {
    try await target.headers(
      of: UIDSet(ranges: [uid.rawValue...UInt32.max]), in: mailbox.name)
  }

  private func matcher(
    _ records: [MessageRecord], _ copies: [HeadedEntry], without claimed: Set<UID>,
    sameUIDs validity: UIDValidity?, headersProve: Bool
  ) -> CopyMatcher {
    CopyMatcher(
      records: records, copies: copies.filter { !claimed.contains($0.entry.uid) },
      mayKeepUIDs: mailbox.uidValidity.isKnown && validity == mailbox.uidValidity,
      headersProve: headersProve)
  }

  private func lookAtNeighbours() async throws -> Neighbours {
    try await Neighbours.look(at: neighbours, in: mailbox.name, mailbox.numbers, of: journal)
  }

  /// Copies that may be given to new messages: those that no neighbour will find to be its own when
  /// it has its turn, and those that neighbours have left.
  private func unclaimed(
    _ free: [HeadedEntry], among copies: [HeadedEntry], beside others: Neighbours
  ) async throws -> [HeadedEntry] {
    var free = free
    for homeless in others.homeless where !free.isEmpty {
      var matcher = matcher(homeless, free, without: [], sameUIDs: nil, headersProve: false)
      free = try await assign(&matcher).unclaimed
    }
    return free + copies.filter { others.left[$0.entry.uid] != nil }
  }

  /// Gives copies to records and puts on record which copy belongs to which.
  ///
  /// - Parameter anchor: the one on record, if the mailbox is not the one that it speaks of. It is
  ///   withdrawn first: if this run dies, nobody may look for the new UIDs in the old mailbox.
  private func give(_ matcher: inout CopyMatcher, insteadOf anchor: TargetAnchor?) async throws
    -> CopyMatcher.Matches
  {
    let found = try await assign(&matcher)
    if let anchor, anchor.isBelieved, !found.located.isEmpty {
      try await journal.disbelieve([(pair, anchor)])
    }
    let outcomes: [Outcome] =
      found.located.map { .located($0.key, targetUID: $0.uid) }
      + found.missing.map { .located($0, targetUID: nil) }
      + found.missing.map { .marked($0, .lost) }
    if !outcomes.isEmpty { try await journal.record(outcomes, in: pair) }
    return found
  }

  private func assign(_ matcher: inout CopyMatcher) async throws -> CopyMatcher.Matches {
    let undecided = matcher.undecided
    var digests: [UID: SHA256Digest] = [:]
    if !undecided.isEmpty {
      digests = try await target.identities(
        of: matcher.copiesLeft.map(\.entry).filter { undecided.contains($0.uid) },
        in: mailbox.name, uidValidity: mailbox.uidValidity
      ).mapValues(\.digest)
    }
    return matcher.assign(digests: digests)
  }
}
