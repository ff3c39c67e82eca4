// mailmove: which copy at the target belongs to which record.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Finds out which copy at the target belongs to which message on record.
///
/// Needed where the target does not tell UIDs (no UIDPLUS), and after its UIDVALIDITY changed.
/// Headers propose; where they leave a choice, digests decide (invariant 9).
package struct Locator: Sendable {
  package struct Findings: Sendable, Equatable {
    /// In the order of the records.
    package var located: [(key: SourceKey, uid: UID)] = []
    package var missing: [SourceKey] = []
    /// Copies that belong to no record.
    package var unclaimed: [HeadedEntry] = []

    package static func == (lhs: Findings, rhs: Findings) -> Bool {
      lhs.located.map(\.key) == rhs.located.map(\.key)
        && lhs.located.map(\.uid) == rhs.located.map(\.uid) && lhs.missing == rhs.missing
        && lhs.unclaimed == rhs.unclaimed
    }
  }

  private var findings = Findings()
  private let records: [MessageRecord]
  private var copies: [Fingerprint: [HeadedEntry]]

  /// - Parameters:
  ///   - records: messages without a valid target UID, in the order they were appended.
  ///   - copies: what the target holds and no record claims, ascending by UID.
  package init(records: [MessageRecord], copies: [HeadedEntry]) {
    self.records = records
    self.copies = Dictionary(grouping: copies, by: \.fingerprint)
  }

  /// The copies whose bytes have to be read again, because headers leave a choice.
  package var undecided: UIDSet {
    let wanted = Dictionary(grouping: records, by: \.fingerprint).mapValues(\.count)
    return UIDSet(
      copies.lazy.filter { fingerprint, found in
        let claims = wanted[fingerprint] ?? 0
        return claims > 0 && (claims > 1 || found.count > 1)
      }.flatMap { $0.value.map(\.entry.uid) })
  }

  /// Gives every record its copy. `digests` holds the digests of the undecided copies.
  ///
  /// First every record takes a copy with its own digest, then what is left is given out in order:
  /// a target that rewrites bytes keeps the order of appending.
  package mutating func assign(digests: [UID: SHA256Digest]) -> Findings {
    var remaining: [MessageRecord] = []
    for record in records {
      guard let fingerprint = record.fingerprint, let digest = record.digest,
        let index = copies[fingerprint]?.firstIndex(where: { digests[$0.entry.uid] == digest })
      else {
        remaining.append(record)
        continue
      }
      claim(at: index, of: fingerprint, for: record)
    }
    for record in remaining {
      guard let fingerprint = record.fingerprint, copies[fingerprint]?.isEmpty == false else {
        findings.missing.append(record.key)
        continue
      }
      claim(at: 0, of: fingerprint, for: record)
    }
    findings.unclaimed = copies.values.joined().sorted { $0.entry.uid < $1.entry.uid }
    return findings
  }

  private mutating func claim(at index: Int, of fingerprint: Fingerprint, for record: MessageRecord)
  {
    guard let copy = copies[fingerprint]?.remove(at: index) else { return }
    findings.located.append((record.key, copy.entry.uid))
  }
}
