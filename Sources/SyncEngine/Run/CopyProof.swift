// mailmove: whether a copy is the one on record.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Proves, before something is changed at the target, that it is a copy of ours that is changed
/// (invariant 15): a UID alone may stand for somebody else's mail by now.
struct CopyProof {
  let target: any MailTarget
  let mailbox: TargetMailbox

  struct Findings {
    /// What the target says about each copy that is the one on record.
    var proven: [UID: Entry] = [:]
    /// UIDs under which there is another message than the one on record.
    var foreign: [UID] = []
  }

  /// Looks at copies by the header first, and by the bytes where that leaves a doubt. A UID that is
  /// not there any more is in neither list of the findings.
  ///
  /// - Parameter found: copies that were found by their content in this run.
  func prove(_ claims: [UID: MessageRecord], found: Set<UID> = []) async throws -> Findings {
    var findings = Findings()
    guard !claims.isEmpty else { return findings }
    let copies = try await target.headers(of: UIDSet(claims.keys), in: mailbox.name)
    var doubtful: [Entry] = []
    for copy in copies {
      guard let record = claims[copy.entry.uid] else { continue }
      if found.contains(copy.entry.uid) || Self.isSettled(copy, record) {
        findings.proven[copy.entry.uid] = copy.entry
      } else {
        doubtful.append(copy.entry)
      }
    }
    guard !doubtful.isEmpty else { return findings }
    let identities = try await target.identities(
      of: doubtful, in: mailbox.name, uidValidity: mailbox.uidValidity)
    for entry in doubtful {
      guard let identity = identities[entry.uid], let record = claims[entry.uid] else { continue }
      if identity.digest == record.digest {
        findings.proven[entry.uid] = entry
      } else {
        findings.foreign.append(entry.uid)
      }
    }
    return findings
  }

  /// Header and date agree; or header and size, where there is no date to compare. A copy that
  /// another tool made has what that tool gave it, and is known by its header.
  private static func isSettled(_ copy: HeadedEntry, _ record: MessageRecord) -> Bool {
    guard copy.fingerprint == record.fingerprint else { return false }
    return copy.entry.hasDate(of: record) || record.state == .alreadyThere
      || copy.entry.size == record.size && copy.entry.mayHaveDate(of: record)
  }
}
