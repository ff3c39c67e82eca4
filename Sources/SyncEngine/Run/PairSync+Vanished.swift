// mailmove: tells the target what vanished at the source.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension PairSync {
  /// What the source holds: all of it where that is needed, else perhaps only what changed.
  func snapshot(_ standing: PairStanding, _ records: [MessageRecord]) async throws
    -> MailboxSnapshot
  {
    guard !options.listsInFull, standing.pending == 0, pair.mapped.decision != .remainder,
      let checkpoint = standing.source
    else {
      return try await source.snapshot(of: pair.mapped, labels: labels)
    }
    let snapshot = try await source.snapshot(of: name, since: checkpoint)
    guard snapshot.extent == .changes else { return snapshot }
    let isDoubtful =
      checkpoint.isRefilled(by: listed)
      || !checkpoint.numbers.isContinued(by: NumberSpace(snapshot.status))
      || RecordDoubt(snapshot: snapshot, records: records).isContradicted
      || target.notesVanished && checkpoint.provesLoss(in: snapshot)
    return isDoubtful ? try await source.snapshot(of: name, since: nil) : snapshot
  }

  func notesVanished(_ work: WorkList) -> Bool { target.notesVanished && !work.gone.isEmpty }

  /// Does nothing where the target has no use for it; may be told the same messages every time.
  func noteVanished(
    _ work: WorkList, from snapshot: MailboxSnapshot, in mailbox: TargetMailbox
  ) async throws {
    guard target.notesVanished, !stop.isRequested,
      !work.gone.isEmpty || !work.toMove.isEmpty && work.mayBeKnownByOtherKeys
    else { return }
    // What was new has been compared by now, and is on record under its new key if it was old. And
    // copies may have been found under other UIDs.
    let records = try await journal.records(of: pair)
    let gone = WorkList(snapshot: snapshot, records: records).gone
    guard !gone.isEmpty else { return }
    try await target.noteVanished(gone.compactMap(\.targetUID), in: mailbox)
  }
}

extension SourceCheckpoint {
  /// Whether messages must have vanished since: there are fewer than the old and the new ones
  /// together. A list of changes does not say which.
  func provesLoss(in snapshot: MailboxSnapshot) -> Bool {
    guard snapshot.extent == .changes, let messages, let uidNext, let now = snapshot.status.messages
    else { return false }
    return now - Int64(snapshot.entries.count { $0.uid >= uidNext }) < messages
  }
}
