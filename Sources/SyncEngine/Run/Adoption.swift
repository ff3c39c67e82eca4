// mailmove: finding messages that the target already has.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Recognises messages that the target already has: put there by a run that died before it could
/// record them, by an earlier tool, or under another UIDVALIDITY (invariants 5 and 6).
///
/// Headers propose, content decides; a copy is used up by the message it is given to, so that
/// equal messages stay as many as they are.
struct Adoption {
  struct Match {
    let copy: HeadedEntry
    let evidence: ContentIdentity.Evidence
  }

  /// Copies whose bytes are read again together, to save round trips.
  private static let readAheadMax = 64
  private static let readAheadBytesMax: Int64 = 4 << 20

  /// From whom some of the copies are taken over.
  let owners: [UID: Neighbours.Owner]
  private var copies: UnclaimedCopies
  private var ahead: ArraySlice<HeadedEntry>
  private var identities: [UID: ContentIdentity] = [:]
  private var stale: [SHA256Digest: [MessageRecord]]
  private var passedOver: [SHA256Digest: [SourceKey]]
  private let ownDigests: [SourceKey: SHA256Digest]

  /// - Parameters:
  ///   - copies: what the target holds without a receipt of ours, ascending by UID.
  ///   - owners: those of them that are on record for mailboxes which the source has no longer.
  ///   - stale: records whose keys are no longer valid or no longer listed.
  ///   - passedOver: records of messages that were skipped under such keys.
  ///   - ownDigests: messages whose records are under the keys they have.
  init(
    copies: [HeadedEntry], owners: [UID: Neighbours.Owner] = [:], stale: [MessageRecord],
    passedOver: [MessageRecord], ownDigests: [SourceKey: SHA256Digest]
  ) {
    self.passedOver = passedOver.reduce(into: [:]) { keys, record in
      guard let digest = record.digest, record.key.uidValidity.isKnown else { return }
      keys[digest, default: []].append(record.key)
    }
    self.ownDigests = ownDigests
    self.owners = owners
    self.copies = UnclaimedCopies(copies)
    ahead = copies[...]
    self.stale = Self.byDigest(stale)
  }

  /// Whether there is anything to recognise messages by.
  var isEmpty: Bool { copies.isEmpty && stale.isEmpty }

  /// The record of the same message under a key that is no longer valid; it is used up. Of several
  /// with the same bytes, one that we marked at the source is that of a message with the mark, and
  /// one that we removed is that of none, as long as there is another.
  ///
  /// - Parameter isMarked: it has the mark.
  mutating func recordUnderOldKey(of message: Message, isMarked: Bool) -> MessageRecord? {
    guard ownDigests[message.key] != message.digest, var equal = stale[message.digest],
      let last = equal.indices.last
    else { return nil }
    let record = equal.remove(
      at: equal.lastIndex { $0.mayBeRemovedByUs == isMarked }
        ?? equal.lastIndex { $0.removal != .removed } ?? last)
    stale[message.digest] = equal
    return record
  }

  /// The key under which the same message was skipped, which it has no longer; it is used up.
  mutating func keyWhenPassedOver(_ digest: SHA256Digest) -> SourceKey? {
    passedOver[digest]?.popLast()
  }

  /// Whether header, or size and date, let it seem possible that the target has the message.
  mutating func proposes(_ message: Message) -> Bool {
    UnclaimedCopies.Likeness.allCases.contains {
      !copies.proposed(for: message, by: $0).isEmpty
    }
  }

  /// Reads the proposed copies again and gives the best one to the message, if any is the same.
  mutating func match(_ message: Message, in mailbox: TargetMailbox, of target: any MailTarget)
    async throws -> Match?
  {
    let wanted = ContentIdentity(of: message.bytes)
    for likeness in UnclaimedCopies.Likeness.allCases {
      let proposed = copies.proposed(for: message, by: likeness)
      guard !proposed.isEmpty else { continue }
      try await read(proposed, in: mailbox, of: target)
      guard let match = best(of: proposed, for: wanted) else { continue }
      copies.take(match.copy)
      identities[match.copy.entry.uid] = nil
      return match
    }
    return nil
  }

  private func best(of proposed: [HeadedEntry], for wanted: ContentIdentity) -> Match? {
    var best: Match?
    for copy in proposed {
      guard let found = identities[copy.entry.uid],
        let evidence = wanted.evidence(that: found), best.map({ evidence > $0.evidence }) ?? true
      else { continue }
      best = Match(copy: copy, evidence: evidence)
    }
    return best
  }

  private mutating func read(
    _ proposed: [HeadedEntry], in mailbox: TargetMailbox, of target: any MailTarget
  ) async throws {
    var wanted = proposed.filter { identities[$0.entry.uid] == nil }
    guard !wanted.isEmpty else { return }
    var bytes = wanted.reduce(0) { $0 + $1.entry.size }
    while let next = ahead.first, wanted.count < Self.readAheadMax,
      bytes + next.entry.size <= Self.readAheadBytesMax
    {
      ahead.removeFirst()
      guard identities[next.entry.uid] == nil, !wanted.contains(next) else { continue }
      wanted.append(next)
      bytes += next.entry.size
    }
    let found = try await target.identities(
      of: wanted.map(\.entry), in: mailbox.name, uidValidity: mailbox.uidValidity)
    identities.merge(found) { _, new in new }
  }

  /// Records of one copy count once, whatever keys they have had.
  private static func byDigest(_ records: [MessageRecord]) -> [SHA256Digest: [MessageRecord]] {
    var result: [SHA256Digest: [MessageRecord]] = [:]
    var seen: Set<UID> = []
    for record in records.reversed() {
      guard let digest = record.digest else { continue }
      if let uid = record.targetUID, !seen.insert(uid).inserted { continue }
      result[digest, default: []].append(record)
    }
    return result
  }
}

extension MailSource {
  /// Reads messages again and keeps only what identifies them, never their bytes.
  func identities(of entries: [Entry], in mailbox: MailboxName, uidValidity: UIDValidity)
    async throws -> [UID: ContentIdentity]
  {
    var result: [UID: ContentIdentity] = [:]
    var batching = Batching(entries.sorted { $0.uid < $1.uid }, uidValidity: uidValidity)
    while let batch = batching.peek() {
      batching.take(batch)
      let stream = try await fetch(batch, from: mailbox)
      while let fetched = try await stream.next() {
        if case .message(let message) = fetched {
          result[message.key.uid] = ContentIdentity(of: message.bytes)
        }
      }
    }
    return result
  }
}
