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

  /// Whether something listed contradicts its record.
  package var isContradicted: Bool { !contradicted.isEmpty }

  /// What is listed and contradicts its record by size or date, or by its bytes where the source
  /// knows them.
  package var contradicted: Set<UID> { contradicted(among: current) }

  /// Whether something else is listed under the UID of a message that is still to be moved.
  package var changesPending: Bool {
    !contradicted(among: known { $0.state == .pending }).isEmpty
  }

  private func contradicted(among known: [UID: MessageRecord]) -> Set<UID> {
    guard !known.isEmpty else { return [] }
    return Set(
      snapshot.entries.indices.lazy.filter { index in
        let entry = snapshot.entries[index]
        return known[entry.uid].map { contradicts(index, $0) } ?? false
      }.map { snapshot.entries[$0].uid })
  }

  /// The messages whose headers tell whether they are still those on record; none where the source
  /// knows their bytes.
  package var listedOnRecord: UIDSet {
    guard snapshot.digests.isEmpty else { return UIDSet([]) }
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
      snapshot.entries.indices.map { (snapshot.entries[$0].uid, $0) },
      uniquingKeysWith: { _, last in last })
    let fingerprints = headers.map { headers in
      Dictionary(
        headers.map { ($0.entry.uid, $0.fingerprint) }, uniquingKeysWith: { _, last in last })
    }
    let retired = retiredValidity
    return current.values.filter { record in
      guard let index = listed[record.key.uid] else { return fingerprints != nil }
      if contradicts(index, record) { return true }
      guard let fingerprints, let known = record.fingerprint, !isSame(index, record) else {
        return false
      }
      return fingerprints[record.key.uid] != known
    }.sorted { $0.key < $1.key }.map { record in
      var moved = record
      moved.key = SourceKey(uidValidity: retired, uid: record.key.uid)
      return .rekeyed(from: record.key, to: moved)
    }
  }

  /// By its bytes, where both are known, and by nothing else then.
  private func contradicts(_ index: Int, _ record: MessageRecord) -> Bool {
    if let listed = digest(index), let known = record.digest { return listed != known }
    return Self.contradicts(snapshot.entries[index], record)
  }

  private func isSame(_ index: Int, _ record: MessageRecord) -> Bool {
    digest(index).map { $0 == record.digest } ?? false
  }

  private func digest(_ index: Int) -> SHA256Digest? {
    snapshot.digests.isEmpty ? nil : snapshot.digests[index]
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

  /// Records under the UIDVALIDITY that is listed now, with a content that counts.
  private var current: [UID: MessageRecord] {
    known { record in
      switch record.state {
      case .pending: record.digest != nil
      case .vanished: record.mayHaveOurMark
      case .stored, .alreadyThere, .skipped, .lost: true
      }
    }
  }

  /// Records under the UIDVALIDITY that is listed now.
  private func known(where condition: (MessageRecord) -> Bool) -> [UID: MessageRecord] {
    let validity = snapshot.uidValidity
    guard validity.isKnown else { return [:] }
    // Beside a list of changes there are many records that nothing is said about.
    let listed =
      snapshot.extent == .complete ? nil : UIDSet(snapshot.entries.lazy.map(\.uid))
    var found: [UID: MessageRecord] = [:]
    for record in records where record.key.uidValidity == validity {
      guard listed?.contains(record.key.uid) != false, condition(record) else { continue }
      found[record.key.uid] = found[record.key.uid] ?? record
    }
    return found
  }

  /// Below all that servers give and all that was given here before.
  private var retiredValidity: UIDValidity {
    UIDValidity(min(0, records.lazy.map(\.key.uidValidity.rawValue).min() ?? 0) - 1)
  }
}
