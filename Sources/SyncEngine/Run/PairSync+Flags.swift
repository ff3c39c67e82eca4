// mailmove: carries flags over.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension PairSync {
  /// Carries over flags that changed at the source.
  func carryFlags(
    _ drifts: [WorkList.FlagDrift], by policy: RunOptions.FlagPolicy,
    located: [SourceKey: UID], to mailbox: TargetMailbox, _ result: inout Result
  ) async throws {
    guard policy != .keep else { return }
    let placed = drifts.compactMap { drift in
      (located[drift.record.key] ?? drift.record.targetUID).map { (drift, $0) }
    }
    guard !placed.isEmpty else { return }
    let now = policy == .source ? try await targetFlags(of: placed.map(\.1), in: mailbox) : nil
    var carried: [SourceKey: FlagSet] = [:]
    var changes: [(key: SourceKey, change: FlagChange)] = []
    for (drift, uid) in placed {
      carried[drift.record.key] = drift.flags
      let change = FlagSync.change(
        of: uid, carried: drift.record.flags, source: drift.flags, target: now?[uid],
        permanent: mailbox.permanentFlags, policy: policy)
      if let change { changes.append((drift.record.key, change)) }
    }
    try await store(changes, carried: carried, in: mailbox, &result)
  }

  /// Only the policy `source` has to know what the target's user did.
  private func targetFlags(of uids: [UID], in mailbox: TargetMailbox) async throws
    -> [UID: FlagSet]
  {
    let entries = try await target.headers(of: UIDSet(uids), in: mailbox.name)
    return Dictionary(
      entries.map { ($0.entry.uid, $0.entry.flags) }, uniquingKeysWith: { _, last in last })
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
