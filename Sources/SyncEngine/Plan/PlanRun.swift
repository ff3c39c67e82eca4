// mailmove: finding out what a run would do.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Finds out what a run would do: lists both sides, makes the folder map, adds up. It only reads.
package struct PlanRun: Sendable {
  private let source: any MailSource
  private let target: any TargetView
  private let journal: (any Journal)?
  private let rules: MappingRules
  private let removal: Removal?

  /// - Parameters:
  ///   - journal: nil when there was no run yet.
  ///   - removal: what would be removed from the source after the run; nil: nothing.
  package init(
    source: any MailSource, target: any TargetView, journal: (any Journal)?, rules: MappingRules,
    removal: Removal? = nil
  ) {
    self.removal = removal
    self.source = source
    self.target = target
    self.journal = journal
    self.rules = rules
  }

  /// Throws `SyncError`.
  package func run() async throws -> PlanReport {
    let listing = try await source.mailboxes()
    let pairs = try await journal?.pairs() ?? []
    var check = RuleCheck(rules, listing, frozen: pairs.map(\.mapped))
    var unmade: [MailboxPair] = []
    if check.comesTooLate, let journal {
      unmade = try await journal.neverMade(pairs)
      check = RuleCheck(
        rules, listing, frozen: pairs.filter { !unmade.contains($0) }.map(\.mapped))
    }
    let frozen = pairs.filter { $0.mapped.target != nil && !unmade.contains($0) }.map(\.mapped)
    let listingAtTarget = try await target.mailboxes()
    let map = try MailboxMapping.plan(
      for: listing, target: listingAtTarget, rules: rules, frozen: frozen)
    let limits = await target.limits()
    let limitsThere = Dictionary(
      listingAtTarget.mailboxes.map { ($0.name, $0.status?.appendLimit) },
      uniquingKeysWith: { first, _ in first })
    let known = Dictionary(
      pairs.map { ($0.mapped.source, $0) }, uniquingKeysWith: { first, _ in first })
    let labels = ListedLabels(listing)
    var lines: [PlanReport.Line] = []
    for row in Self.narrowed(map.rows, listing, rules) {
      let listed = listing.mailboxes.first { $0.name == row.source }
      let there = row.target.flatMap { limitsThere[$0] ?? nil }
      let pair = known[row.source] ?? row.renamedFrom.flatMap { known[$0] }
      lines.append(
        try await line(row, listed, labels, limits.tightened(by: there), Settled(pair, journal)))
    }
    let quota = try await target.quota()
    let speed = try await measure(lines, labels)
    let report = PlanReport(
      lines: lines, notes: map.notes.map(\.description), limits: limits, quota: quota,
      isFrozen: !frozen.isEmpty, speed: speed, rules: check)
    return report.warningAboutRoom()
  }

  /// The same rows as a run with these rules takes them: what an earlier one gave a place may be
  /// left out now.
  private static func narrowed(
    _ rows: [MappedMailbox], _ listing: MailboxListing, _ rules: MappingRules
  ) -> [MappedMailbox] {
    let pairs = rows.enumerated().map { MailboxPair(id: Int64($0), mapped: $1) }
    let selection = FolderSelection(listing: listing, frozen: pairs, rules: rules)
    let leftOut = Dictionary(
      selection.leftOut.map { ($0.id, $0.mapped) }, uniquingKeysWith: { first, _ in first })
    return pairs.map { leftOut[$0.id] ?? $0.mapped }
  }

  /// What is at the target of one mailbox, according to the ledger.
  private struct Settled {
    let records: [MessageRecord]

    init(_ pair: MailboxPair?, _ journal: (any Journal)?) async throws {
      guard let pair, let journal else {
        records = []
        return
      }
      records = try await journal.records(of: pair).filter(\.isAtTarget)
    }

    /// How many of the messages that the source lists. Where the keys of a source have changed, as
    /// many as can be.
    func count(of snapshot: MailboxSnapshot) -> Int {
      let isCurrent =
        snapshot.uidValidity.isKnown && !snapshot.traits.contains(.keysMayChange)
        && records.contains { $0.key.uidValidity == snapshot.uidValidity }
      guard isCurrent else { return min(records.count, snapshot.entries.count) }
      let listed = Set(snapshot.entries.lazy.map(\.uid))
        .subtracting(RecordDoubt(snapshot: snapshot, records: records).contradicted)
      return records.count {
        $0.key.uidValidity == snapshot.uidValidity && listed.contains($0.key.uid)
      }
    }
  }

  /// The line of one mailbox; one that cannot be opened has a line that says so.
  private func line(
    _ row: MappedMailbox, _ listed: Mailbox?, _ labels: ListedLabels, _ limits: TargetLimits,
    _ done: Settled
  ) async throws -> PlanReport.Line {
    guard row.target != nil, let listed, listed.isSelectable else {
      return PlanReport.Line(
        mapped: row, messages: listed?.status?.messages, bytes: listed?.status?.size,
        done: done.records.count, tooBig: nil, isGone: row.target != nil)
    }
    if let messages = listed.status?.messages, messages == 0 {
      return PlanReport.Line(
        mapped: row, messages: 0, bytes: 0, done: 0, tooBig: 0, appendLimit: limits.appendLimit)
    }
    do {
      let snapshot = try await source.snapshot(of: row, labels: labels)
      return line(row, snapshot, limits, done)
    } catch let error as SyncError where error.isOfOneMailbox {
      return PlanReport.Line(
        mapped: row, messages: nil, bytes: nil, done: done.records.count, tooBig: nil,
        failure: error.naming(row))
    }
  }

  /// Sizes come from a listing; that also finds the messages the target will not take.
  private func line(
    _ row: MappedMailbox, _ snapshot: MailboxSnapshot, _ limits: TargetLimits, _ done: Settled
  ) -> PlanReport.Line {
    let entries = snapshot.entries
    return PlanReport.Line(
      mapped: row, messages: Int64(entries.count),
      bytes: entries.reduce(0) { $0 + max(0, $1.size) }, done: done.count(of: snapshot),
      tooBig: limits.appendLimit.map { limit in entries.count { $0.size > limit } },
      appendLimit: limits.appendLimit,
      removable: removal.map { removal in entries.count { removal.concerns($0.internalDate) } })
  }

  /// Reads some messages of the largest mailbox to see how fast the source hands them out.
  private func measure(_ lines: [PlanReport.Line], _ labels: ListedLabels) async throws
    -> PlanReport.Speed?
  {
    let fullest = lines.filter { $0.mapped.target != nil && $0.failure == nil }.max {
      ($0.messages ?? 0) < ($1.messages ?? 0)
    }
    guard let fullest, (fullest.messages ?? 0) > 0 else { return nil }
    do {
      return try await measure(fullest, labels)
    } catch let error as SyncError where error.isOfOneMailbox {
      // It was there a moment ago; only the estimate is lost.
      return nil
    }
  }

  private func measure(_ fullest: PlanReport.Line, _ labels: ListedLabels) async throws
    -> PlanReport.Speed?
  {
    let snapshot = try await source.snapshot(of: fullest.mapped, labels: labels)
    guard !snapshot.traits.contains(.readingIsNoticed) else { return nil }
    let batching = Batching(snapshot.entries, uidValidity: snapshot.uidValidity)
    guard let batch = batching.peek() else { return nil }
    let start = ContinuousClock.now
    let stream = try await source.fetch(batch, from: fullest.mapped.source)
    var bytes: Int64 = 0
    var messages: Int64 = 0
    while let fetched = try await stream.next() {
      guard case .message(let message) = fetched else { continue }
      bytes += Int64(message.bytes.count)
      messages += 1
    }
    return PlanReport.Speed(messages: messages, bytes: bytes, taken: ContinuousClock.now - start)
  }
}

extension MailboxMapping {
  /// The same, with what makes a map impossible as the engine's error.
  package static func plan(
    for source: MailboxListing, target: MailboxListing, rules: MappingRules,
    frozen: [MappedMailbox]
  ) throws -> MailboxMap {
    do {
      return try plan(source: source, target: target, rules: rules, frozen: frozen)
    } catch {
      throw SyncError(
        .mapConflict, scope: .run, remedy: .stop, side: .local, detail: "\(error)")
    }
  }
}
