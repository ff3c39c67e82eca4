// mailmove: records that are about another message than the one listed.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Finds records whose UID stands for another message by now (invariant 14).
///
/// They go under a UIDVALIDITY that no server gives, where they wait to be recognised by content,
/// as after a changed UIDVALIDITY; what is listed under their UIDs is new.
package struct RecordDoubt: Sendable {
  private let snapshot: MailboxSnapshot
  private let records: [MessageRecord]

  package init(snapshot: MailboxSnapshot, records: [MessageRecord]) {
    self.snapshot = snapshot
    self.records = records
  }

  /// Whether something listed contradicts its record by size or date.
  package var isContradicted: Bool {
    let known = current
    return snapshot.entries.contains { entry in
      known[entry.uid].map { Self.contradicts(entry, $0) } ?? false
    }
  }

  /// The messages whose headers tell whether they are still those on record.
  package var listedOnRecord: UIDSet {
    let known = current
    return UIDSet(snapshot.entries.lazy.map(\.uid).filter { known[$0] != nil })
  }

  /// Records of other messages than those listed under their UIDs now, moved out of the way.
  ///
  /// - Parameter headers: what is listed, with fingerprints, once the numbers of the mailbox are
  ///   known not to have gone on; then a record whose UID is not listed is no longer believed
  ///   either. nil while they have: then size and date are all that is asked.
  package func outcomes(headers: [HeadedEntry]?) -> [Outcome] {
    let listed = Dictionary(
      snapshot.entries.map { ($0.uid, $0) }, uniquingKeysWith: { _, last in last })
    let fingerprints = headers.map { headers in
      Dictionary(
        headers.map { ($0.entry.uid, $0.fingerprint) }, uniquingKeysWith: { _, last in last })
    }
    let retired = retiredValidity
    return current.values.filter { record in
      guard let entry = listed[record.key.uid] else { return fingerprints != nil }
      if Self.contradicts(entry, record) { return true }
      guard let fingerprints, let known = record.fingerprint else { return false }
      return fingerprints[entry.uid] != known
    }.sorted { $0.key < $1.key }.map { record in
      var moved = record
      moved.key = SourceKey(uidValidity: retired, uid: record.key.uid)
      return .rekeyed(from: record.key, to: moved)
    }
  }

  /// Whether a listed message is another one than that on record: size and INTERNALDATE of a
  /// message never change (RFC 9051, 2.3.3 and 2.3.4).
  package static func contradicts(_ entry: Entry, _ record: MessageRecord) -> Bool {
    if let size = record.listedSize, size > 0, entry.size > 0,
      size != entry.size, record.size != entry.size
    {
      return true
    }
    guard let date = record.internalDate, let listed = entry.internalDate else { return false }
    return !date.isSameMoment(as: listed)
  }

  /// Records under the UIDVALIDITY that is listed now, with a content.
  private var current: [UID: MessageRecord] {
    let validity = snapshot.uidValidity
    guard validity.isKnown else { return [:] }
    let settled = records.lazy.filter { record in
      record.key.uidValidity == validity && record.state != .pending && record.state != .vanished
    }
    return Dictionary(settled.map { ($0.key.uid, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Below all that servers give and all that was given here before.
  private var retiredValidity: UIDValidity {
    UIDValidity(min(0, records.lazy.map(\.key.uidValidity.rawValue).min() ?? 0) - 1)
  }
}
