// mailmove: puts settlements on record.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Puts settlements on record and gives their permits back, in groups.
///
/// A group is what came in while the last one was being written, so that a slow disk makes for
/// larger groups and a fast one for less to do again after a crash.
struct RecordStage {
  let pair: MailboxPair
  let journal: any Journal
  let settlements: BoundedChannel<Settlement>
  /// On whose record copies are that may be taken over.
  let owners: [UID: Neighbours.Owner]
  let observer: RunObserver

  static let groupMax = 64

  /// What was recorded.
  struct Tally: Sendable {
    var copied = 0
    var copiedBytes: Int64 = 0
    var alreadyThere = 0
    var skipped = 0
    var vanished = 0
    /// Stored without the target telling the UID.
    var unlocated = 0
    var lastTargetUID: UID?
    private var firstCopiedUID: UID?
    private var lastCopiedUID: UID?
    private var isOutOfOrder = false

    /// Whether a copy got a UID that was given before: the mailbox was put back meanwhile, since
    /// UIDs ascend (RFC 9051, 2.3.1.1). An archive gives those of damaged copies again.
    ///
    /// - Parameter last: the highest one before the first copy.
    func gaveUIDsAgain(after last: UID, _ condition: TargetCondition) -> Bool {
      guard condition.damaged.isEmpty else { return false }
      return isOutOfOrder || firstCopiedUID.map { $0 <= last } ?? false
    }

    var total: Int { copied + alreadyThere + skipped + vanished }
  }

  /// Runs until the channel is finished and empty, or the journal fails.
  func run() async -> (tally: Tally, failure: SyncError?) {
    var tally = Tally()
    while let first = await settlements.receive() {
      var group = [first]
      while group.count < Self.groupMax, let next = settlements.tryReceive() {
        group.append(next)
      }
      do {
        try await takeOver(group)
        try await journal.record(group.map(\.outcome), in: pair)
      } catch {
        settlements.finish()
        return (tally, SyncError.from(error))
      }
      for settlement in group { tally.add(settlement) }
      for settlement in group { settlement.permit?.giveBack() }
      announce(group)
    }
    return (tally, nil)
  }

  /// Takes copies from their former owners first, so that no copy is ever on record twice. An owner
  /// that comes back is moved again.
  private func takeOver(_ group: [Settlement]) async throws {
    guard !owners.isEmpty else { return }
    let adopted = group.filter { $0.kind == .alreadyThere }.compactMap { settlement in
      settlement.record?.targetUID.flatMap { owners[$0] }
    }
    for (pair, owners) in Dictionary(grouping: adopted, by: \.pair) {
      try await journal.forgetCheckpoint(of: pair)
      try await journal.record(owners.map { .marked($0.key, .vanished) }, in: pair)
    }
  }

  private func announce(_ group: [Settlement]) {
    let settled = group.filter { $0.kind != .skipped }
    if !settled.isEmpty {
      observer(
        .settled(pair, messages: settled.count, bytes: settled.reduce(0) { $0 + $1.bytes }))
    }
    for settlement in group where settlement.kind == .skipped {
      if let record = settlement.record { observer(.skipped(pair, record)) }
    }
  }
}

extension RecordStage.Tally {
  mutating func add(_ settlement: Settlement) {
    if let uid = settlement.record?.targetUID { lastTargetUID = max(lastTargetUID ?? uid, uid) }
    switch settlement.kind {
    case .copied:
      copied += 1
      copiedBytes += settlement.bytes
      guard let uid = settlement.record?.targetUID else {
        unlocated += 1
        return
      }
      if let last = lastCopiedUID, uid <= last { isOutOfOrder = true }
      firstCopiedUID = firstCopiedUID ?? uid
      lastCopiedUID = uid
    case .alreadyThere, .rekeyed: alreadyThere += 1
    case .skipped: skipped += 1
    case .vanished: vanished += 1
    }
  }
}
