// mailmove: tells the target what vanished at the source, and what came back.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension PairSync {
  /// What the source holds: all of it where that is needed, else perhaps only what changed.
  func snapshot(
    _ standing: PairStanding, _ records: [MessageRecord], _ condition: TargetCondition
  ) async throws -> MailboxSnapshot {
    guard !options.listsInFull, standing.pending == 0, pair.mapped.decision != .remainder,
      condition.damaged.isEmpty, let checkpoint = standing.source
    else {
      return try await source.snapshot(of: pair.mapped, labels: labels)
    }
    let snapshot = try await source.snapshot(of: name, since: checkpoint)
    guard case .changes(let uids) = snapshot.extent else { return snapshot }
    let isDoubtful =
      checkpoint.isRefilled(by: listed)
      || !checkpoint.numbers.isContinued(by: NumberSpace(snapshot.status))
      || RecordDoubt(snapshot: snapshot, records: records).isContradicted
      || target.notesVanished && checkpoint.provesLoss(in: snapshot)
      || checkpoint.provesReturn(in: snapshot)
      || listsMore(than: checkpoint, uids, records, condition)
    return isDoubtful ? try await source.snapshot(of: name, since: nil) : snapshot
  }

  /// Whether old messages are listed that are not on record, or as vanished: beside changes, one
  /// that is listed again while another one went is told by no number.
  private func listsMore(
    than checkpoint: SourceCheckpoint, _ uids: UIDSet, _ records: [MessageRecord],
    _ condition: TargetCondition
  ) -> Bool {
    guard let next = checkpoint.uidNext else { return true }
    let settled = UIDSet(
      records.lazy.filter { record in
        record.key.uidValidity == checkpoint.uidValidity && record.state != .vanished
          && !(record.targetUID.map { condition.vanished.contains($0) } ?? false)
      }.map(\.key.uid))
    let news = UIDSet(ranges: [next.rawValue...UInt32.max])
    return !uids.subtracting(news).subtracting(settled).isEmpty
  }

  /// Whether the target wants to hear of anything that vanished or came back.
  func hasNews(
    of condition: TargetCondition, _ work: WorkList, _ snapshot: MailboxSnapshot,
    _ records: [MessageRecord]
  ) -> Bool {
    target.notesVanished
      && (!work.gone.isEmpty || !returned(condition, snapshot, records).isEmpty)
  }

  /// Copies that are noted as vanished though their originals are listed.
  private func returned(
    _ condition: TargetCondition, _ snapshot: MailboxSnapshot, _ records: [MessageRecord]
  ) -> [UID] {
    guard !condition.vanished.isEmpty else { return [] }
    let listed = Set(snapshot.entries.map(\.uid))
    return records.compactMap { record in
      guard record.isAtTarget, let uid = record.targetUID, condition.vanished.contains(uid),
        record.key.uidValidity == snapshot.uidValidity, listed.contains(record.key.uid)
      else { return nil }
      return uid
    }
  }

  /// Takes back that messages vanished which a server had only hidden for a while, or whose
  /// vanished copies have just been adopted.
  func noteListed(from snapshot: MailboxSnapshot, in mailbox: TargetMailbox) async throws {
    guard target.notesVanished, !stop.isRequested else { return }
    let condition = try await condition(of: mailbox)
    guard !condition.vanished.isEmpty else { return }
    // Copies may have been found under other UIDs by now, and messages be known by other keys.
    let uids = returned(condition, snapshot, try await journal.records(of: pair))
    guard !uids.isEmpty else { return }
    try await target.noteListed(uids, in: mailbox)
  }

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
    guard let messages, let old = oldMessages(in: snapshot) else { return false }
    return old < messages
  }

  /// Whether messages must be listed again that were not listed at the checkpoint and are not new.
  func provesReturn(in snapshot: MailboxSnapshot) -> Bool {
    guard let messages, let old = oldMessages(in: snapshot) else { return false }
    return old > messages
  }

  /// Messages of the checkpoint that are there, by a list of changes; nil where nothing tells that.
  private func oldMessages(in snapshot: MailboxSnapshot) -> Int64? {
    guard let uidNext, let now = snapshot.status.messages else { return nil }
    return now - Int64(snapshot.entries.count { $0.uid >= uidNext })
  }
}
