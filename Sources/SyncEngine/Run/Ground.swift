// mailmove: finds out where a target mailbox stands.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Finds out what the target mailbox holds without a receipt, before anything is appended to it
/// (invariants 5 and 6), and gives records that lack a target UID the right one.
struct Ground {
  let pair: MailboxPair
  let mailbox: TargetMailbox
  let target: any MailTarget
  let journal: any Journal
  /// Records under an older source UIDVALIDITY have to be recognised by content.
  let hasStaleRecords: Bool
  /// Messages that the source listed before the target mailbox was opened.
  let listed: Int

  struct Survey: Sendable {
    /// To be on record before the first append.
    var anchor: TargetAnchor
    /// Copies that belong to no record.
    var unclaimed: [HeadedEntry] = []
    /// Target UIDs found out just now.
    var located: [SourceKey: UID] = [:]
    var lost = 0
    /// The highest UID seen.
    var lastUID: UID
  }

  private static let first = UID(1)

  func survey(standing: PairStanding, records: [MessageRecord]) async throws -> Survey {
    let next = mailbox.uidNext ?? Self.first
    let from: UID
    let isSameGround: Bool
    if let anchor = standing.target {
      isSameGround =
        anchor.uidValidity == mailbox.uidValidity && mailbox.uidValidity.isKnown
        && anchor.mailbox == mailbox.name
      from = isSameGround && !hasStaleRecords ? anchor.uidNext : Self.first
    } else {
      isSameGround = false
      from = Self.first
    }
    let last = next == Self.first ? UID(0) : UID(next.rawValue - 1)
    var survey = Survey(
      anchor: TargetAnchor(
        mailbox: mailbox.name, uidValidity: mailbox.uidValidity,
        uidNext: mailbox.messages == 0 ? next : from,
        isApart: isApart || isSameGround && standing.target?.isApart == true),
      lastUID: last)
    guard mailbox.messages > 0 || !isSameGround, from < next || mailbox.uidNext == nil else {
      return survey
    }
    let copies = mailbox.messages == 0 ? [] : try await list(from: from)
    if let highest = copies.last?.entry.uid { survey.lastUID = max(last, highest) }
    let claimed = isSameGround ? Set(records.compactMap { $0.isAtTarget ? $0.targetUID : nil }) : []
    let homeless = records.filter { $0.isAtTarget && (!isSameGround || $0.targetUID == nil) }
    let found = try await give(copies.filter { !claimed.contains($0.entry.uid) }, to: homeless)
    survey.unclaimed = found.unclaimed
    survey.lost = found.missing.count
    survey.located = Dictionary(uniqueKeysWithValues: found.located.map { ($0.key, $0.uid) })
    return survey
  }

  /// If source and target were one mailbox, each listed message would have a UID below UIDNEXT.
  private var isApart: Bool {
    guard mailbox.uidValidity.isKnown, let next = mailbox.uidNext else { return false }
    return Int(next.rawValue) - 1 < listed
  }

  /// After appending to a target that tells no UIDs: finds the copies and records their UIDs.
  func locate(from: UID) async throws -> (lost: Int, lastUID: UID) {
    let records = try await journal.records(of: pair)
    let claimed = Set(records.compactMap { $0.isAtTarget ? $0.targetUID : nil })
    let copies = try await list(from: from)
    let found = try await give(
      copies.filter { !claimed.contains($0.entry.uid) },
      to: records.filter { $0.isAtTarget && $0.targetUID == nil })
    return (found.missing.count, copies.last?.entry.uid ?? UID(0))
  }

  private func list(from uid: UID) async throws -> [HeadedEntry] {
    try await target.headers(
      of: UIDSet(ranges: [uid.rawValue...UInt32.max]), in: mailbox.name)
  }

  /// Gives copies to records and puts on record which copy belongs to which.
  private func give(_ copies: [HeadedEntry], to records: [MessageRecord]) async throws
    -> Locator.Findings
  {
    var locator = Locator(records: records, copies: copies)
    let undecided = locator.undecided
    var digests: [UID: SHA256Digest] = [:]
    if !undecided.isEmpty {
      let entries = copies.map(\.entry).filter { undecided.contains($0.uid) }
      digests = try await target.identities(
        of: entries, in: mailbox.name, uidValidity: mailbox.uidValidity
      ).mapValues(\.digest)
    }
    let found = locator.assign(digests: digests)
    let outcomes: [Outcome] =
      found.located.map { .located($0.key, targetUID: $0.uid) }
      + found.missing.map { .located($0, targetUID: nil) }
      + found.missing.map { .marked($0, .lost) }
    if !outcomes.isEmpty { try await journal.record(outcomes, in: pair) }
    return found
  }
}
