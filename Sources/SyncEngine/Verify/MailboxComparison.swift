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
  let matched: [Match]
  let missing: [Difference]
  /// Copies at the target that belong to no record.
  let unclaimed: [Entry]

  /// - Parameter isSameGround: the target's UIDVALIDITY is the one the records were made under.
  init(
    pair: MailboxPair, source: MailboxSnapshot, target: MailboxSnapshot,
    records: [MessageRecord], isSameGround: Bool
  ) {
    self.pair = pair
    self.source = source
    self.target = target
    var copies = Dictionary(uniqueKeysWithValues: target.entries.map { ($0.uid, $0) })
    let originals = Dictionary(uniqueKeysWithValues: source.entries.map { ($0.uid, $0) })
    var matched: [Match] = []
    var missing: [Difference] = []
    for record in records where record.isAtTarget {
      guard isSameGround, let uid = record.targetUID, let copy = copies.removeValue(forKey: uid)
      else {
        missing.append(
          Difference(
            kind: .missing, pair: pair, key: record.key, targetUID: record.targetUID,
            detail: isSameGround
              ? "not at the target" : "the target's UIDVALIDITY changed; run sync first"))
        continue
      }
      let isCurrent = record.key.uidValidity == source.uidValidity
      matched.append(
        Match(record: record, source: isCurrent ? originals[record.key.uid] : nil, target: copy))
    }
    self.matched = matched
    self.missing = missing
    unclaimed = copies.values.sorted { $0.uid < $1.uid }
  }

  /// Differences in flags, INTERNALDATE and, if asked for, in size.
  func metadata(includingSize: Bool) -> [Difference] {
    matched.flatMap { match -> [Difference] in
      var found: [Difference] = []
      if includingSize, match.target.size != match.record.size {
        found.append(
          difference(.size, match, "\(match.record.size) bytes moved, \(match.target.size) there"))
      }
      let wanted = match.source?.flags ?? match.record.flags
      let dropped = match.record.dropped.flags
      let names = Set(wanted.names.map { $0.lowercased() }).subtracting(dropped)
      let there = Set(match.target.flags.names.map { $0.lowercased() }).subtracting(dropped)
      if names != there, !source.traits.contains(.withoutFlags) {
        found.append(difference(.flags, match, "\(wanted) there, \(match.target.flags) here"))
      }
      if !match.record.dropped.date,
        let date = match.source?.internalDate ?? match.record.internalDate,
        let copied = match.target.internalDate, !date.isSameMoment(as: copied)
      {
        found.append(difference(.date, match, "\(date) there, \(copied) here"))
      }
      return found
    }
  }

  func difference(_ kind: Difference.Kind, _ match: Match, _ detail: String) -> Difference {
    Difference(
      kind: kind, pair: pair, key: match.record.key, targetUID: match.target.uid, detail: detail)
  }
}
