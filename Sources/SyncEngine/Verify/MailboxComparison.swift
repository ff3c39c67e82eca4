// mailmove: one mailbox on both sides.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// One mailbox as source, ledger and target have it, with copies joined to their records.
struct MailboxComparison: Sendable {
  struct Match: Sendable {
    let record: MessageRecord
    /// nil: no longer at the source.
    let source: Entry?
    let target: Entry
  }

  let pair: MailboxPair
  let source: MailboxSnapshot
  let target: MailboxSnapshot
  private(set) var matched: [Match] = []
  /// Records whose copy is not where the ledger says, or of which it does not say where.
  private(set) var unplaced: [MessageRecord] = []
  /// Copies at the target that belong to no record.
  private(set) var unclaimed: [Entry]
  private let originals: [UID: Entry]

  /// - Parameters:
  ///   - isSameUIDSpace: the numbers of the target mailbox go on from those on record.
  ///   - taken: copies that belong to messages of other mailboxes, which were compared before.
  ///   - others: copies on record for messages of other mailboxes, which go into the same one.
  init(
    pair: MailboxPair, source: MailboxSnapshot, target: MailboxSnapshot,
    records: [MessageRecord], isSameUIDSpace: Bool, taken: Set<UID> = [], others: Set<UID> = []
  ) {
    self.pair = pair
    self.source = source
    self.target = target
    var copies = Self.byUID(target.entries.filter { !taken.contains($0.uid) })
    originals = Self.byUID(source.entries)
    unclaimed = []
    for record in records where record.isAtTarget {
      if isSameUIDSpace, let uid = record.targetUID, let copy = copies.removeValue(forKey: uid) {
        matched.append(Match(record: record, source: original(of: record), target: copy))
      } else {
        unplaced.append(record)
      }
    }
    unclaimed = copies.values.filter { !others.contains($0.uid) }.sorted { $0.uid < $1.uid }
  }

  /// What the source lists under the key of a record; nil: it is no longer there.
  func original(of record: MessageRecord) -> Entry? {
    record.key.uidValidity == source.uidValidity ? originals[record.key.uid] : nil
  }

  /// Joins copies that were found by their content to the records they belong to.
  mutating func place(_ found: [SourceKey: Entry]) {
    guard !found.isEmpty else { return }
    let taken = Set(found.values.map(\.uid))
    let displaced = matched.filter { taken.contains($0.target.uid) }.map(\.record)
    matched.removeAll { taken.contains($0.target.uid) }
    for record in unplaced {
      guard let copy = found[record.key] else { continue }
      matched.append(Match(record: record, source: original(of: record), target: copy))
    }
    unplaced = unplaced.filter { found[$0.key] == nil } + displaced
    unclaimed.removeAll { taken.contains($0.uid) }
  }

  /// Copies that may be others than the ledger says: they have another header, or what was stored
  /// by us has not the date it was given. Only asked where messages would be missing.
  func doubtfulCopies(_ headed: [HeadedEntry]) -> [Entry] {
    let headers = Dictionary(
      headed.map { ($0.entry.uid, $0.fingerprint) }, uniquingKeysWith: { first, _ in first })
    return matched.filter { match in
      headers[match.target.uid] != match.record.fingerprint
        || match.record.state == .stored && !match.target.hasDate(of: match.record)
    }.map(\.target)
  }

  func with(unclaimed copies: [Entry]) -> MailboxComparison {
    var other = self
    other.unclaimed = copies
    return other
  }

  /// What was found without the copies of records with the same bytes: these are in their places.
  ///
  /// - Parameter owners: the copies that others have, and the digests on record for them.
  func withoutTwins(
    _ found: [SourceKey: Entry], of owners: [(copy: UID, digest: SHA256Digest?)]
  ) -> [SourceKey: Entry] {
    let inPlace = Dictionary(grouping: owners, by: \.copy).mapValues { $0.map(\.digest) }
    let wanted = Dictionary(
      unplaced.map { ($0.key, $0.digest) }, uniquingKeysWith: { first, _ in first })
    return found.filter { key, copy in
      guard let digest = wanted[key], let owners = inPlace[copy.uid] else { return true }
      return !owners.contains(digest)
    }
  }

  /// Records of which the target has no copy, once it was looked for by its content.
  var missing: [Difference] {
    unplaced.map {
      Difference(kind: .missing, pair: pair, key: $0.key, targetUID: $0.targetUID)
    }
  }

  /// Differences in flags, INTERNALDATE and, if asked for, in size.
  func metadata(includingSize: Bool) -> [Difference] {
    matched.flatMap { match -> [Difference] in
      var found: [Difference] = []
      if includingSize, match.target.size != match.record.size {
        found.append(
          difference(
            .size, match, "\(match.record.size) bytes moved, \(match.target.size) at the target"))
      }
      let origin = match.source == nil ? "on record" : "at the source"
      let wanted = match.source?.flags ?? match.record.flags
      let dropped = match.record.dropped.flags
      let names = Set(wanted.names.map { $0.lowercased() }).subtracting(dropped)
      let there = Set(match.target.flags.names.map { $0.lowercased() }).subtracting(dropped)
      if names != there, !source.traits.contains(.withoutFlags) {
        found.append(
          difference(
            .flags, match,
            "\(Self.shown(wanted)) \(origin), \(Self.shown(match.target.flags)) at the target"))
      }
      if !match.record.dropped.date,
        let date = match.source?.internalDate ?? match.record.internalDate,
        let copied = match.target.internalDate, !date.isSameMoment(as: copied)
      {
        let origin = match.source?.internalDate == nil ? "on record" : "at the source"
        found.append(difference(.date, match, "\(date) \(origin), \(copied) at the target"))
      }
      return found
    }
  }

  /// What is listed at the target and cannot be read there.
  func withheld(_ match: Match) -> Difference {
    difference(.missing, match, "the target does not hand it out")
  }

  func difference(_ kind: Difference.Kind, _ match: Match, _ detail: String = "") -> Difference {
    Difference(
      kind: kind, pair: pair, key: match.record.key, targetUID: match.target.uid, detail: detail)
  }

  private static func shown(_ flags: FlagSet) -> String {
    flags.names.isEmpty ? "none" : flags.names.joined(separator: " ")
  }

  private static func byUID(_ entries: [Entry]) -> [UID: Entry] {
    Dictionary(entries.map { ($0.uid, $0) }, uniquingKeysWith: { first, _ in first })
  }
}
