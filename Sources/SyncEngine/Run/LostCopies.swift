// mailmove: copies that are on record and gone.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Finds copies that are on record and gone from the target, so that they are made again.
///
/// A target may acknowledge what it does not keep, and people delete. Neither is noticed by a run,
/// which does not list what it has put on record; nobody wants back what was deleted on purpose. So
/// this is done when it is asked for.
struct LostCopies {
  let target: any MailTarget
  let journal: any Journal
  let observer: RunObserver

  /// Makes everything pending that is lost, or turns out to be, in these mailboxes.
  func reopen(in pairs: [MailboxPair]) async throws {
    for pair in pairs { try await look(for: pair) }
    _ = try await journal.reopen(.lost)
  }

  /// The anchor goes back to the first UID before anything else is on record: then what the target
  /// holds without a receipt, such as a copy under another UID than it told, is matched before
  /// anything is appended (invariant 5).
  private func look(for pair: MailboxPair) async throws {
    guard let anchor = try await journal.standing(of: pair).target,
      let there = try await uids(at: anchor)
    else { return }
    let gone = try await journal.records(of: pair).filter { record in
      guard record.isAtTarget, let uid = record.targetUID, !there.contains(uid) else {
        return false
      }
      // What we removed from the source nobody can copy again.
      return record.removal != .removed && record.removal != .proven
    }.map(\.key)
    guard !gone.isEmpty else { return }
    observer(
      .notice(
        "\(pair.mapped.sourcePath): gone from the target, so copied again: \(gone.count) messages"))
    try await journal.begin(
      pair,
      at: anchor.from(UID(1)))
    try await journal.record(
      gone.flatMap { [.located($0, targetUID: nil), .marked($0, .lost)] }, in: pair)
  }

  /// What is at the target; nil where that is not certain, or where UIDs mean something else now,
  /// which the mailbox's own turn sorts out.
  private func uids(at anchor: TargetAnchor) async throws -> Set<UID>? {
    do {
      let snapshot = try await target.snapshot(of: anchor.mailbox, since: nil)
      guard anchor.numbers.isContinued(by: NumberSpace(snapshot.status)), !snapshot.isShort,
        snapshot.suspicion == nil
      else { return nil }
      return Set(snapshot.entries.map(\.uid))
    } catch let error as SyncError where error.scope == .mailbox {
      return error.cause == .mailboxMissing ? [] : nil
    }
  }
}
