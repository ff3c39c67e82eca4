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

  /// What a mailbox of the target holds.
  private struct Holding {
    var copies: [UID: HeadedEntry] = [:]
    /// It lists all that it has.
    var isComplete = true
  }

  /// Makes everything pending that is lost, or turns out to be, in these mailboxes; returns those
  /// that could not be looked at, and why.
  func reopen(in pairs: [MailboxPair]) async throws -> [MailboxPair: SyncError] {
    var unseen: [MailboxPair: SyncError] = [:]
    for pair in pairs { unseen[pair] = try await look(for: pair) }
    _ = try await journal.reopen(.lost)
    return unseen
  }

  /// The anchor goes back to the first UID before anything else is on record: then what the target
  /// holds without a receipt, such as a copy under another UID than it told, is matched before
  /// anything is appended (invariant 5).
  private func look(for pair: MailboxPair) async throws -> SyncError? {
    guard let anchor = try await journal.standing(of: pair).target else { return nil }
    let records = try await journal.records(of: pair)
    var gone: [SourceKey]? = []
    var failure: SyncError?
    do { gone = try await self.gone(among: records, of: pair, anchor) } catch let error as SyncError
      where error.scope == .mailbox
    {
      failure = error.naming(pair.mapped)
    }
    guard let gone else {
      // By the mailbox's own turn its numbers may be what they were.
      try await journal.disbelieve([(pair, anchor)])
      return nil
    }
    guard !gone.isEmpty || records.contains(where: { $0.state == .lost }) else { return failure }
    try await journal.beginAtTheFirst(of: pair)
    guard !gone.isEmpty else { return failure }
    observer(
      .notice(
        "\(pair.mapped.sourcePath): gone from the target, so copied again: \(gone.count) messages"))
    try await journal.record(
      gone.flatMap { [.located($0, targetUID: nil), .marked($0, .lost)] }, in: pair)
    return failure
  }

  /// Messages whose copies are not there, and that may be copied again; nil where UIDs mean
  /// something else now, which the mailbox's own turn sorts out.
  private func gone(
    among records: [MessageRecord], of pair: MailboxPair, _ anchor: TargetAnchor
  ) async throws -> [SourceKey]? {
    guard let there = try await holding(at: anchor) else { return nil }
    let gone = try await missing(among: records, of: pair, anchor, there.copies)
    guard gone.isEmpty || there.isComplete else {
      throw SyncError(
        .listingIncomplete, scope: .mailbox, remedy: .stop, side: .target,
        detail: "so whether \(gone.count) copies are gone cannot be told")
    }
    return gone
  }

  private func missing(
    among records: [MessageRecord], of pair: MailboxPair, _ anchor: TargetAnchor,
    _ there: [UID: HeadedEntry]
  ) async throws -> [SourceKey] {
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
    guard isAboutSource else { return gone.map(\.key) }
    let originals = Originals(
      listed: try await source.snapshot(of: pair.mapped.source, since: nil), records: records)
    gone += try await others(among: doubtful, of: pair, anchor, originals)
    // What we removed from the source nobody can copy again, unless it was put back.
    return gone.filter { $0.removal != .removed || originals.isListed($0) }.map(\.key)
  }

  /// A copy has header and date of its original, as far as the target keeps them. Where there is no
  /// date to compare, as with mail from a maildrop, it has the size on record.
  private static func isDoubtful(_ copy: HeadedEntry, _ record: MessageRecord) -> Bool {
    guard copy.fingerprint == record.fingerprint else { return true }
    guard !copy.entry.hasDate(of: record) else { return false }
    return !copy.entry.mayHaveDate(of: record) || copy.entry.size != record.size
  }

  /// Those whose copy is another message by its bytes, beside the original's, or whose original is
  /// not handed out: these are asked for again, and matched with all copies once they come.
  private func others(
    among doubtful: [(record: MessageRecord, copy: Entry)], of pair: MailboxPair,
    _ anchor: TargetAnchor, _ originals: Originals
  ) async throws -> [MessageRecord] {
    let copies = try await target.identities(
      of: doubtful.map(\.copy), in: anchor.mailbox, uidValidity: anchor.uidValidity)
    let open = doubtful.filter { copies[$0.copy.uid]?.digest != $0.record.digest }
    let records = open.map(\.record)
    let found = originals.identities(
      of: records,
      among: try await read(originals.candidates(for: records), of: pair, originals.uidValidity))
    return open.filter { record, copy in
      guard let copy = copies[copy.uid] else { return false }
      guard let original = found[record.key] else { return originals.isListed(record) }
      return original.evidence(that: copy) == nil
    }.map(\.record)
  }

  /// A server that refuses one message may have left out others.
  private func read(_ entries: [Entry], of pair: MailboxPair, _ uidValidity: UIDValidity)
    async throws -> [UID: ContentIdentity]
  {
    do {
      return try await source.identities(
        of: entries, in: pair.mapped.source, uidValidity: uidValidity)
    } catch let error as SyncError where error.scope == .message {
      return [:]
    }
  }

  /// What is at the target; nil where UIDs mean something else now.
  private func holding(at anchor: TargetAnchor) async throws -> Holding? {
    let snapshot: MailboxSnapshot
    do { snapshot = try await target.snapshot(of: anchor.mailbox, since: nil) } catch let error
      as SyncError where error.cause == .mailboxMissing
    { return Holding() }
    guard anchor.numbers.isContinued(by: NumberSpace(snapshot.status)) else { return nil }
    let copies = try await target.headers(
      of: UIDSet(snapshot.entries.lazy.map(\.uid)), in: anchor.mailbox)
    return Holding(
      copies: Dictionary(
        copies.map { ($0.entry.uid, $0) }, uniquingKeysWith: { first, _ in first }),
      isComplete: !snapshot.isShort && snapshot.listingDoubt == nil)
  }
}
