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
    guard let anchor = try await journal.standing(of: pair).target else { return }
    let records = try await journal.records(of: pair)
    let there = try await copies(at: anchor)
    let gone = records.filter { record in
      guard let there, record.isAtTarget, let uid = record.targetUID,
        !Self.holds(there[uid], record)
      else { return false }
      // What we removed from the source nobody can copy again.
      return record.removal != .removed
    }.map(\.key)
    guard !gone.isEmpty || records.contains(where: { $0.state == .lost }) else { return }
    try await journal.begin(pair, at: anchor.from(UID(1)))
    guard !gone.isEmpty else { return }
    observer(
      .notice(
        "\(pair.mapped.sourcePath): gone from the target, so copied again: \(gone.count) messages"))
    try await journal.record(
      gone.flatMap { [.located($0, targetUID: nil), .marked($0, .lost)] }, in: pair)
  }

  /// Whether a copy is there. Another header and another date together show another message; a
  /// server that writes headers anew keeps the date it was given.
  private static func holds(_ copy: HeadedEntry?, _ record: MessageRecord) -> Bool {
    guard let copy else { return false }
    guard let fingerprint = record.fingerprint, fingerprint != copy.fingerprint,
      let date = record.internalDate, let there = copy.entry.internalDate
    else { return true }
    return date.isSameMoment(as: there)
  }

  /// What is at the target; nil where that is not certain, or where UIDs mean something else now,
  /// which the mailbox's own turn sorts out.
  private func copies(at anchor: TargetAnchor) async throws -> [UID: HeadedEntry]? {
    do {
      let snapshot = try await target.snapshot(of: anchor.mailbox, since: nil)
      guard anchor.numbers.isContinued(by: NumberSpace(snapshot.status)), !snapshot.isShort,
        snapshot.suspicion == nil
      else { return nil }
      let copies = try await target.headers(
        of: UIDSet(snapshot.entries.lazy.map(\.uid)), in: anchor.mailbox)
      return Dictionary(
        copies.map { ($0.entry.uid, $0) }, uniquingKeysWith: { first, _ in first })
    } catch let error as SyncError where error.scope == .mailbox {
      return error.cause == .mailboxMissing ? [:] : nil
    }
  }
}
