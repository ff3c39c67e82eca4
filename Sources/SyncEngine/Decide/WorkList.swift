// mailmove: what has to be done in a mailbox.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// What has to be done in one mailbox: a snapshot compared with what is on record.
package struct WorkList: Sendable, Equatable {
  /// A message at the target whose flags changed at the source since they were carried over.
  package struct FlagDrift: Sendable, Equatable {
    package let record: MessageRecord
    package let flags: FlagSet
    /// Its copy was compared by content in this run.
    let isCompared: Bool

    package init(record: MessageRecord, flags: FlagSet, isCompared: Bool = false) {
      self.record = record
      self.flags = flags
      self.isCompared = isCompared
    }
  }

  /// Not on record yet.
  package var unknown: [Entry] = []
  /// To be moved, in the order of the mailbox: unknown and pending ones.
  package var toMove: [Entry] = []
  /// Some of them were passed over by an earlier run, or may have been, under another key.
  package var takesUpAgain = false
  /// Of what is to be moved, what was read before under the key it has: no other record is its own.
  package var ownDigests: [SourceKey: SHA256Digest] = [:]
  package var drifts: [FlagDrift] = []
  /// On record as pending and no longer at the source, or no longer under this key.
  package var vanished: [SourceKey] = []
  /// On record under an earlier UIDVALIDITY, or under none that can be trusted (invariant 6).
  package var stale: [MessageRecord] = []
  /// At the target or lost there, and not listed any more by a source whose keys may change: one of
  /// the unknown messages may be the same.
  package var unlisted: [MessageRecord] = []
  /// Skipped, and listed under no key that is valid: one of the unknown messages may be the same.
  package var passedOver: [MessageRecord] = []
  /// At the target, and gone from the source for certain without our doing. Where keys may change,
  /// or did, that is certain only when everything listed has been read and compared.
  package var gone: [MessageRecord] = []
  /// The sizes under which messages are listed whose record has none.
  package var sizes: [Outcome] = []

  /// What is new here may be on record under another key, so that what looks gone need not be.
  package var mayBeKnownByOtherKeys: Bool { !stale.isEmpty || !unlisted.isEmpty }

  /// Compares a snapshot with the records of the pair, which may be in any order.
  package init(snapshot: MailboxSnapshot, records: [MessageRecord]) {
    let validity = snapshot.uidValidity
    var current: [UID: MessageRecord] = [:]
    current.reserveCapacity(records.count)
    var pendingElsewhere: [SourceKey] = []
    for record in records {
      if validity.isKnown, record.key.uidValidity == validity {
        current[record.key.uid] = record
      } else if record.state == .pending {
        // It has no copy, so nothing can be recognised by it.
        pendingElsewhere.append(record.key)
      } else {
        stale.append(record)
      }
    }
    var isCompared = true
    if current.isEmpty {
      // A first listing is held once: all three share it.
      unknown = snapshot.entries
      toMove = snapshot.entries
    } else {
      isCompared = compare(snapshot, with: &current)
    }
    takesUpAgain = takesUpAgain || Self.mayKnow(toMove, among: stale, current.values)
    passedOver = stale.filter { $0.state == .skipped }
    guard snapshot.extent == .complete else { return }
    let isCertain = snapshot.listingDoubt == nil && !snapshot.isShort
    vanished = current.values.filter {
      $0.state == .pending || $0.state == .skipped && isCertain
    }.map(\.key)
    if !pendingElsewhere.isEmpty {
      let listed = snapshot.keys
      vanished += pendingElsewhere.filter { !listed.contains($0) }
    }
    let keysChange = snapshot.mayListAnew
    if keysChange {
      let skipped = current.values.filter { $0.state == .skipped }.sorted { $0.key < $1.key }
      takesUpAgain = takesUpAgain || !skipped.isEmpty
      passedOver += skipped
      unlisted = current.values.filter { $0.isAtTarget || $0.state == .lost }
        .sorted { $0.key < $1.key }
    }
    let isAllCompared = toMove.isEmpty && isCompared
    if isCertain, isAllCompared || !keysChange {
      gone = current.values.filter { $0.isAtTarget && !$0.mayBeRemovedByUs }
      if isAllCompared {
        gone += stale.filter { $0.isAtTarget && !$0.mayBeRemovedByUs }
        vanished += stale.filter { $0.state == .skipped }.map(\.key)
      }
      gone.sort { $0.key < $1.key }
    }
    vanished.sort()
  }

  /// Whether something looks like a message that was passed over under another key. A run that died
  /// may have enrolled it.
  private static func mayKnow(
    _ toMove: [Entry], among stale: [MessageRecord],
    _ current: Dictionary<UID, MessageRecord>.Values
  ) -> Bool {
    guard !toMove.isEmpty else { return false }
    let passedOver = { (record: MessageRecord) in
      record.state == .vanished || record.state == .skipped
    }
    let known = Dictionary(
      grouping: stale.filter(passedOver) + current.filter(passedOver),
      by: { $0.listedSize ?? $0.size })
    return toMove.contains { entry in
      known[entry.size]?.contains { !RecordDoubt.contradicts(entry, $0) } ?? false
    }
  }

  /// Sorts entries by what is on record; leaves in `current` what is not listed. Returns whether
  /// the content of everything listed and on record was read at some time.
  private mutating func compare(
    _ snapshot: MailboxSnapshot, with current: inout [UID: MessageRecord]
  ) -> Bool {
    var isCompared = true
    for entry in snapshot.entries {
      guard let record = current.removeValue(forKey: entry.uid) else {
        unknown.append(entry)
        toMove.append(entry)
        continue
      }
      if record.listedSize == nil, entry.size > 0, record.state != .pending {
        sizes.append(.relisted(record.key, size: entry.size))
      }
      switch record.state {
      case .pending:
        toMove.append(entry)
        ownDigests[record.key] = record.digest
      case .vanished:
        toMove.append(entry)
        takesUpAgain = true
      case .skipped where record.reason == .messageCutShort:
        // The source may hand it out whole by now.
        toMove.append(entry)
        takesUpAgain = true
      case .stored, .alreadyThere:
        let flags = record.carriable(entry.flags)
        if record.flags != flags, !snapshot.traits.contains(.withoutFlags) {
          drifts.append(FlagDrift(record: record, flags: flags))
        }
      case .skipped, .lost: isCompared = isCompared && record.digest != nil
      }
    }
    return isCompared
  }
}
