// mailmove: carries flags over.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension PairSync {
  /// Carries over flags that changed at the source, to copies that are proven to be ours.
  ///
  /// Returns false, with nothing changed, where another message is under the UID of a copy.
  ///
  /// - Parameter found: copies that the survey found by their content.
  func carryFlags(
    _ drifts: [WorkList.FlagDrift], by policy: RunOptions.FlagPolicy,
    found: Set<UID>, to mailbox: TargetMailbox, _ result: inout Result
  ) async throws -> Bool {
    guard policy != .keep else { return true }
    let placed = drifts.compactMap { drift in
      drift.record.targetUID.map { (drift, $0) }
    }
    guard !placed.isEmpty else { return true }
    let proof = CopyProof(target: target, mailbox: mailbox)
    let copies = try await proof.prove(
      Dictionary(placed.map { ($0.1, $0.0.record) }, uniquingKeysWith: { first, _ in first }),
      found: found.union(placed.lazy.filter(\.0.isCompared).map(\.1)))
    guard copies.foreign.isEmpty else { return false }
    var carried: [SourceKey: FlagSet] = [:]
    var changes: [(key: SourceKey, change: FlagChange)] = []
    for (drift, uid) in placed {
      carried[drift.record.key] = drift.flags
      // A copy that a person deleted stays deleted.
      guard let copy = copies.proven[uid] else { continue }
      let change = FlagSync.change(
        of: uid, carried: drift.record.flags, source: drift.flags, target: copy.flags,
        permanent: mailbox.permanentFlags, policy: policy)
      if let change { changes.append((drift.record.key, change)) }
    }
    try await store(changes, carried: carried, in: mailbox, &result)
    return true
  }

  /// What changed at the source by other doing than ours. Under another name of its mailbox a
  /// message may have got our mark, which is on record as ours from now on.
  func withoutOurMark(_ drifts: [WorkList.FlagDrift]) async throws -> [WorkList.FlagDrift] {
    var theirs: [WorkList.FlagDrift] = []
    var ours: [Outcome] = []
    for drift in drifts {
      guard drift.flags.system.contains(.deleted), !drift.record.flags.system.contains(.deleted),
        let digest = drift.record.digest, try await journal.mayHaveOurMark(digest)
      else {
        theirs.append(drift)
        continue
      }
      let record = drift.record.marked(.flagged)
      ours.append(.settled(record))
      let flags = record.carriable(drift.flags)
      if flags != record.flags { theirs.append(WorkList.FlagDrift(record: record, flags: flags)) }
    }
    if !ours.isEmpty { try await journal.record(ours, in: pair) }
    return theirs
  }

  private func store(
    _ changes: [(key: SourceKey, change: FlagChange)], carried: [SourceKey: FlagSet],
    in mailbox: TargetMailbox, _ result: inout Result
  ) async throws {
    let refusals =
      changes.isEmpty ? [] : try await target.store(changes.map(\.change), in: mailbox)
    let refused = Set(refusals.map(\.uid))
    let refusedKeys = Set(changes.lazy.filter { refused.contains($0.change.uid) }.map(\.key))
    let done = carried.filter { !refusedKeys.contains($0.key) }
    if !done.isEmpty {
      try await journal.record(
        done.sorted { $0.key < $1.key }.map { .flagsCarried($0.key, $0.value) }, in: pair)
    }
    result.line.flagsUpdated += changes.count - refusedKeys.count
    result.line.flagsRefused += refusedKeys.count
    if let first = refusals.first { observer(.notice("\(first.error)")) }
  }
}
