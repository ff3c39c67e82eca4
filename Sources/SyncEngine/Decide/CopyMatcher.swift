// mailmove: matching of copies at the target with records.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Finds out which copy at the target belongs to which message on record.
///
/// Needed where the target does not tell UIDs (no UIDPLUS), and after its UIDVALIDITY changed.
/// Headers propose; where they leave a choice, digests decide (invariant 9).
package struct CopyMatcher: Sendable {
  package struct Matches: Sendable, Equatable {
    /// Ascending by key.
    package var located: [(key: SourceKey, uid: UID)] = []
    package var missing: [SourceKey] = []
    /// Something has the header of a message whose copy was never known under a UID, and neither
    /// its bytes nor its date: only the original tells whether the target has rewritten it.
    package var contested: [SourceKey] = []
    /// Copies that belong to no record.
    package var unclaimed: [HeadedEntry] = []

    package static func == (lhs: Matches, rhs: Matches) -> Bool {
      lhs.located.map(\.key) == rhs.located.map(\.key)
        && lhs.located.map(\.uid) == rhs.located.map(\.uid) && lhs.missing == rhs.missing
        && lhs.contested == rhs.contested && lhs.unclaimed == rhs.unclaimed
    }
  }

  private var matches = Matches()
  private let headersProve: Bool
  private let records: [MessageRecord]
  private var copies: [Fingerprint: [HeadedEntry]]

  /// - Parameters:
  ///   - records: messages without a valid target UID, in the order they were appended.
  ///   - copies: what the target holds and no record claims, ascending by UID.
  ///   - mayKeepUIDs: the UIDVALIDITY is the one on record, so that a copy may still be under the
  ///     UID on record. Where size, date and header agree with that, it is: nothing is read again
  ///     because a server lost its indexes.
  ///   - headersProve: the copies have just been appended, so that a header which leaves no choice
  ///     proves them. Later they may have gone with their mailbox, or with a backup that was put
  ///     back, and what has their header may be anybody's.
  package init(
    records: [MessageRecord], copies: [HeadedEntry], mayKeepUIDs: Bool = false,
    headersProve: Bool = true
  ) {
    self.headersProve = headersProve
    let byUID = Dictionary(
      (mayKeepUIDs ? copies : []).map { ($0.entry.uid, $0) },
      uniquingKeysWith: { first, _ in first })
    var kept: [UID: SourceKey] = [:]
    var homeless: [MessageRecord] = []
    for record in records {
      if let uid = record.targetUID, kept[uid] == nil, let copy = byUID[uid],
        Self.agree(copy, record)
      {
        kept[uid] = record.key
      } else {
        homeless.append(record)
      }
    }
    matches.located = kept.map { ($0.value, $0.key) }
    let left = copies.filter { kept[$0.entry.uid] == nil }
    self.records = homeless
    self.copies = Dictionary(grouping: left, by: \.fingerprint)
  }

  private static func agree(_ copy: HeadedEntry, _ record: MessageRecord) -> Bool {
    copy.fingerprint == record.fingerprint && copy.entry.size == record.size
      && copy.entry.mayHaveDate(of: record)
  }

  /// Copies that are not given to a record yet, in no order.
  package var copiesLeft: [HeadedEntry] { copies.values.flatMap(\.self) }

  /// Some record can have no copy among these, by the headers alone.
  package var hasTooFewCopies: Bool {
    Dictionary(grouping: records, by: \.fingerprint).contains { fingerprint, claimants in
      guard let fingerprint else { return true }
      return copies[fingerprint]?.count ?? 0 < claimants.count
    }
  }

  /// The copies whose bytes have to be read again: headers leave a choice, or the size is not the
  /// one that was stored, or it is that of a message for which there is no header.
  package var undecided: UIDSet {
    let wanted = Dictionary(grouping: records, by: \.fingerprint)
    let sizes = sizesWithoutCopy(wanted)
    return UIDSet(
      copies.lazy.flatMap { fingerprint, found in
        let claims = wanted[fingerprint] ?? []
        let isOpen =
          !claims.isEmpty
          && (claims.count > 1 || found.count > 1 || claims[0].size != found[0].entry.size
            || !headersProve && !found[0].entry.hasDate(of: claims[0]))
        return found.lazy.map(\.entry).filter { isOpen || sizes.contains($0.size) }.map(\.uid)
      })
  }

  /// Sizes of messages that have too few copies by their headers. Earlier versions read some
  /// headers differently, and servers may tell one otherwise than they hand it out.
  private func sizesWithoutCopy(_ wanted: [Fingerprint?: [MessageRecord]]) -> Set<Int64> {
    Set(
      wanted.lazy.filter { fingerprint, claims in
        (fingerprint.flatMap { copies[$0]?.count } ?? 0) < claims.count
      }.flatMap { $0.value.map(\.size) })
  }

  /// Gives every record its copy. `digests` holds the digests of the undecided copies.
  ///
  /// First every record takes a copy with its own digest. Where none under one header did, the
  /// target rewrites bytes but keeps the order of appending, so they are given out in order, unless
  /// there are too few to know which is which. Where some did, the others are missing, whatever
  /// else has their header, unless their bytes are there under another one.
  package mutating func assign(digests: [UID: SHA256Digest]) -> Matches {
    var missing: [MessageRecord] = []
    var rewritten: [MessageRecord] = []
    for (fingerprint, claimants) in Dictionary(grouping: records, by: \.fingerprint) {
      guard let fingerprint else {
        missing += claimants
        continue
      }
      let remaining = claimants.filter { !claimByDigest($0, of: fingerprint, digests) }
      guard remaining.count == claimants.count else {
        missing += remaining
        continue
      }
      let areEnough = copies[fingerprint]?.count ?? 0 >= claimants.count
      for record in remaining {
        if areEnough, let index = rewrittenCopy(of: record, fingerprint) {
          claim(at: index, of: fingerprint, for: record)
        } else {
          rewritten.append(record)
        }
      }
    }
    let contested = Set(rewritten.lazy.filter(isContested).map(\.key))
    let gone = claimUnderOtherHeaders(missing + rewritten, digests)
    matches.missing = gone.filter { !contested.contains($0) }
    matches.contested = gone.filter(contested.contains).sorted()
    matches.located.sort { $0.key < $1.key }
    matches.missing.sort()
    matches.unclaimed = copies.values.joined().sorted { $0.entry.uid < $1.entry.uid }
    return matches
  }

  /// The copy that may be a record's with other bytes. Where headers prove nothing, it has to have
  /// the date as well.
  private func rewrittenCopy(of record: MessageRecord, _ fingerprint: Fingerprint) -> Int? {
    copies[fingerprint]?.firstIndex { headersProve || $0.entry.hasDate(of: record) }
  }

  private func isContested(_ record: MessageRecord) -> Bool {
    guard !headersProve, record.targetUID == nil, let fingerprint = record.fingerprint else {
      return false
    }
    return copies[fingerprint]?.isEmpty == false
  }

  /// Returns those whose bytes no copy has.
  private mutating func claimUnderOtherHeaders(
    _ records: [MessageRecord], _ digests: [UID: SHA256Digest]
  ) -> [SourceKey] {
    guard !records.isEmpty else { return [] }
    let read = copies.values.joined().filter { digests[$0.entry.uid] != nil }
      .sorted { $0.entry.uid > $1.entry.uid }
    var left = Dictionary(grouping: read) { digests[$0.entry.uid] }
    return records.sorted { $0.key < $1.key }.filter { record in
      guard let digest = record.digest, let copy = left[digest]?.popLast() else { return true }
      copies[copy.fingerprint]?.removeAll { $0.entry.uid == copy.entry.uid }
      matches.located.append((record.key, copy.entry.uid))
      return false
    }.map(\.key)
  }

  private mutating func claimByDigest(
    _ record: MessageRecord, of fingerprint: Fingerprint, _ digests: [UID: SHA256Digest]
  ) -> Bool {
    guard let digest = record.digest,
      let index = copies[fingerprint]?.firstIndex(where: { digests[$0.entry.uid] == digest })
    else { return false }
    claim(at: index, of: fingerprint, for: record)
    return true
  }

  private mutating func claim(at index: Int, of fingerprint: Fingerprint, for record: MessageRecord)
  {
    guard let copy = copies[fingerprint]?.remove(at: index) else { return }
    matches.located.append((record.key, copy.entry.uid))
  }
}
