// mailmove: copies that are on record and gone.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Finds copies that are on record and gone from the target, so that they are made again.
///
/// A target may acknowledge what it does not keep, and people delete. Neither is noticed by a run,
/// which does not list what it has put on record; nobody wants back what was deleted on purpose. So
/// this is done when it is asked for.
struct LostCopies {
  let source: any MailSource
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
    let gone = try await gone(among: records, of: pair, anchor, there)
    guard !gone.isEmpty || records.contains(where: { $0.state == .lost }) else { return }
    try await journal.begin(pair, at: anchor.from(UID(1)))
    guard !gone.isEmpty else { return }
    observer(
      .notice(
        "\(pair.mapped.sourcePath): gone from the target, so copied again: \(gone.count) messages"))
    try await journal.record(
      gone.flatMap { [.located($0, targetUID: nil), .marked($0, .lost)] }, in: pair)
  }

  /// Messages whose copies are not there, and that may be copied again.
  private func gone(
    among records: [MessageRecord], of pair: MailboxPair, _ anchor: TargetAnchor,
    _ there: [UID: HeadedEntry]?
  ) async throws -> [SourceKey] {
    guard let there else { return [] }
    var gone: [MessageRecord] = []
    var doubtful: [(record: MessageRecord, copy: Entry)] = []
    for record in records where record.isAtTarget {
      guard let uid = record.targetUID else { continue }
      guard let copy = there[uid], !copy.isAnother(than: record) else {
        gone.append(record)
        continue
      }
      if Self.isDoubtful(copy, record) { doubtful.append((record, copy.entry)) }
    }
    let isAboutSource = !doubtful.isEmpty || gone.contains { $0.removal == .removed }
    let listed = isAboutSource ? try await source.snapshot(of: pair.mapped.source, since: nil) : nil
    if let listed { gone += try await others(among: doubtful, of: pair, anchor, listed) }
    let keys = Set(
      listed?.entries.map { SourceKey(uidValidity: listed?.uidValidity ?? .unknown, uid: $0.uid) }
        ?? [])
    // What we removed from the source nobody can copy again, unless it was put back.
    return gone.filter { $0.removal != .removed || keys.contains($0.key) }.map(\.key)
  }

  /// A copy has the date of its original, as far as the target keeps dates and others set it. Where
  /// there is no date to compare, as with mail from a maildrop, it has header and size on record.
  private static func isDoubtful(_ copy: HeadedEntry, _ record: MessageRecord) -> Bool {
    guard !copy.entry.hasDate(of: record) else { return false }
    return !copy.entry.mayHaveDate(of: record) || copy.fingerprint != record.fingerprint
      || copy.entry.size != record.size
  }

  /// Those whose copy is another message by its bytes, beside the original's.
  private func others(
    among doubtful: [(record: MessageRecord, copy: Entry)], of pair: MailboxPair,
    _ anchor: TargetAnchor, _ listed: MailboxSnapshot
  ) async throws -> [MessageRecord] {
    let copies = try await target.identities(
      of: doubtful.map(\.copy), in: anchor.mailbox, uidValidity: anchor.uidValidity)
    let open = doubtful.filter { copies[$0.copy.uid]?.digest != $0.record.digest }
    let wanted = Set(open.lazy.map(\.record.key))
    let originals = try await source.identities(
      of: listed.entries.filter {
        wanted.contains(SourceKey(uidValidity: listed.uidValidity, uid: $0.uid))
      }, in: pair.mapped.source, uidValidity: listed.uidValidity)
    return open.filter { record, copy in
      guard let original = originals[record.key.uid], let found = copies[copy.uid] else {
        return false
      }
      return original.evidence(that: found) == nil
    }.map(\.record)
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
