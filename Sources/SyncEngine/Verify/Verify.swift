// mailmove: comparing source, ledger and target.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Compares source, ledger and target, reading only.
package struct Verify: Sendable {
  let source: any MailSource
  let target: any TargetView
  private let journal: any Journal
  private let level: VerifyLevel
  let rules: MappingRules
  private let observer: VerifyObserver

  /// - Parameters:
  ///   - rules: which mailboxes to compare, and to expect on record.
  ///   - observer: told how far the comparison is.
  package init(
    source: any MailSource, target: any TargetView, journal: any Journal, level: VerifyLevel,
    rules: MappingRules = MappingRules(),
    observer: @escaping VerifyObserver = { _ in }
  ) {
    self.source = source
    self.target = target
    self.journal = journal
    self.level = level
    self.rules = rules
    self.observer = observer
  }

  /// Throws `SyncError` when the comparison cannot be made; differences are in the report, and so
  /// are mailboxes that cannot be compared.
  package func run() async throws -> VerifyReport {
    var report = VerifyReport(level: level)
    let all = try await journal.pairs()
    let check = RuleCheck(rules, onRecord: all.map(\.mapped))
    report.rules = check
    if check.selectsNothing { return report }
    let selected = Set(rules.selected(of: all.map(\.mapped)).map(\.source))
    let pairs = all.filter { $0.mapped.target != nil && selected.contains($0.mapped.source) }
    observer(.planned(mailboxes: pairs.count, toCompare: try await workload(of: pairs)))
    let listing = try await source.mailboxes()
    report.unmoved = try await unmoved(beside: all, listing)
    // What is listed now decides what is in no other mailbox, as in the next run.
    let labels = ListedLabels(listing)
    // Several may go into one mailbox: the copies of each are its own.
    let sharing = Dictionary(grouping: all, by: \.mapped.target)
    var taken: [MailboxName: Set<UID>] = [:]
    for pair in pairs {
      try Task.checkCancellation()
      observer(.mailboxStarted(pair))
      var mailbox = VerifiedMailbox(pair: pair)
      do {
        let others = sharing[pair.mapped.target, default: []].filter { $0 != pair }
        try await verify(
          pair, beside: others.map { Neighbour(pair: $0, isListed: true) }, labels, &taken,
          &mailbox)
      } catch let error as SyncError where error.isOfOneMailbox {
        mailbox.failure = error.naming(pair.mapped)
      }
      report.mailboxes.append(mailbox)
      observer(.mailboxFinished(mailbox))
    }
    return report
  }

  /// What the ledger has of these mailboxes as being at the target.
  private func workload(of pairs: [MailboxPair]) async throws -> Workload {
    let selected = Set(pairs)
    let lines = try await journal.summary().mailboxes.filter { selected.contains($0.pair) }
    return Workload(
      messages: lines.reduce(0) {
        $0 + ($1.counts[.stored] ?? 0) + ($1.counts[.alreadyThere] ?? 0)
      },
      bytes: level < .bytes ? 0 : lines.reduce(0) { $0 + $1.bytesAtTarget })
  }

  /// - Parameter taken: copies that belong to messages of mailboxes compared before.
  private func verify(
    _ pair: MailboxPair, beside neighbours: [Neighbour], _ labels: ListedLabels,
    _ taken: inout [MailboxName: Set<UID>], _ found: inout VerifiedMailbox
  ) async throws {
    let records = try await journal.records(of: pair)
    found.onRecord = records.count { $0.isAtTarget }
    found.differences += records.filter { $0.state == .skipped || $0.state == .lost }.map {
      Difference(
        kind: .notMoved, pair: pair, key: $0.key, detail: $0.note ?? $0.reason?.rawValue ?? "")
    }
    let standing = try await journal.standing(of: pair)
    let name = standing.target?.mailbox ?? pair.mapped.target ?? pair.mapped.source
    if level == .counts {
      try await compareCounts(pair, labels, name, records, &found)
      observer(.compared(pair, messages: found.onRecord, bytes: 0))
      return
    }
    let listed = try await sourceSnapshot(of: pair, labels)
    found.atSource = listed.entries.count
    // What is listed under the UID of another message is no original of anything on record.
    let there = listed.without(RecordDoubt(snapshot: listed, records: records).contradicted)
    let open = try await unaccounted(listed, there, records, pair)
    found.unaccounted = open.count
    found.differences += open
    let here = try await fromTarget(name, pair, &found) {
      try await target.snapshot(of: name, since: nil)
    }
    guard let here else { return }
    found.atTarget = here.entries.count
    let numbers = NumberSpace(here.status)
    let others = try await Neighbours.look(at: neighbours, in: name, numbers, of: journal)
    var comparison = MailboxComparison(
      pair: pair, source: there, target: here, records: records,
      isSameUIDSpace: standing.target?.numbers.isContinued(by: numbers) == true,
      taken: taken[name, default: []], others: others.onRecord)
    found.foundByContent = try await placeByContent(&comparison, in: name)
    let free = others.onRecord.subtracting(taken[name, default: []])
    found.foundByContent += try await placeAmong(free, of: neighbours, &comparison, in: name)
    found.compared = comparison.matched.count
    found.differences += comparison.missing
    found.differences += comparison.metadata(includingSize: level < .bytes)
    let headers =
      level >= .headers ? try await HeaderComparison(comparison, name, target).run() : []
    if level >= .bytes {
      let bytes = ByteComparison(comparison, name, source, target, observer)
      // What is not handed out is told once.
      found.differences += headers.filter { $0.kind == .header } + (try await bytes.run())
    } else {
      found.differences += headers
      observer(.compared(pair, messages: found.compared, bytes: 0))
    }
    let foreign = Set(
      found.differences.lazy.filter { $0.kind == .header || $0.kind == .bytes }
        .compactMap(\.targetUID))
    taken[name, default: []].formUnion(
      comparison.matched.lazy.map(\.target.uid).filter { !foreign.contains($0) })
  }

  /// Looks for missing messages among copies that are on record for messages of other mailboxes,
  /// and may be others than the ledger says; returns how many were found.
  private func placeAmong(
    _ copies: Set<UID>, of neighbours: [Neighbour], _ comparison: inout MailboxComparison,
    in name: MailboxName
  ) async throws -> Int {
    guard !comparison.unplaced.isEmpty, !copies.isEmpty else { return 0 }
    var owners: [(copy: UID, digest: SHA256Digest?)] = []
    for neighbour in neighbours {
      for record in try await journal.records(of: neighbour.pair) where record.isAtTarget {
        if let uid = record.targetUID { owners.append((uid, record.digest)) }
      }
    }
    let wide = comparison.with(
      unclaimed: comparison.target.entries.filter { copies.contains($0.uid) })
    let found = comparison.withoutTwins(
      try await CopySearch(wide, name, source, target).exact(), of: owners)
    comparison.place(found)
    return found.count
  }

  /// Looks for copies by their content; returns how many were found. What lies under the UID of
  /// another message is that one's copy only if it is no missing message's, and so on, until
  /// nothing is found any more.
  private func placeByContent(_ comparison: inout MailboxComparison, in name: MailboxName)
    async throws -> Int
  {
    var placed: Set<UID> = []
    var headers: [HeadedEntry]?
    while !comparison.unplaced.isEmpty {
      let free = try await CopySearch(comparison, name, source, target).run()
      comparison.place(free)
      placed.formUnion(free.values.lazy.map(\.uid))
      guard !comparison.unplaced.isEmpty else { break }
      if headers == nil {
        headers = try await target.headers(
          of: UIDSet(comparison.matched.lazy.map(\.target.uid)), in: name)
      }
      let doubtful = comparison.doubtfulCopies(headers ?? []).filter { !placed.contains($0.uid) }
      let taken = comparison.withoutTwins(
        try await CopySearch(comparison.with(unclaimed: doubtful), name, source, target).run(),
        of: comparison.matched.map { ($0.target.uid, $0.record.digest) })
      guard !taken.isEmpty else { break }
      comparison.place(taken)
      placed.formUnion(taken.values.lazy.map(\.uid))
    }
    return placed.count
  }

  /// - Parameter known: the snapshot without what is listed under the UIDs of other messages.
  private func unaccounted(
    _ snapshot: MailboxSnapshot, _ known: MailboxSnapshot, _ records: [MessageRecord],
    _ pair: MailboxPair
  ) async throws -> [Difference] {
    let keys = Set(
      records.lazy.filter { $0.state != .pending && $0.state != .vanished }.map(\.key))
    let settled = Set(
      known.entries.lazy.map(\.uid).filter {
        keys.contains(SourceKey(uidValidity: snapshot.uidValidity, uid: $0))
      })
    var open = snapshot.entries.filter { !settled.contains($0.uid) }
    if snapshot.mayListAnew, !open.isEmpty {
      open = try await withoutKnownContent(open, known, records, pair)
    }
    return open.map { entry in
      Difference(
        kind: .unaccounted, pair: pair,
        key: SourceKey(uidValidity: snapshot.uidValidity, uid: entry.uid))
    }
  }

  /// Where keys may change, a message that is not on record may be one that is, under another key:
  /// the same bytes as a record whose key is not listed.
  private func withoutKnownContent(
    _ entries: [Entry], _ snapshot: MailboxSnapshot, _ records: [MessageRecord],
    _ pair: MailboxPair
  ) async throws -> [Entry] {
    let unlisted = WorkList(snapshot: snapshot, records: records).unlisted
    var known = Dictionary(unlisted.lazy.compactMap(\.digest).map { ($0, 1) }, uniquingKeysWith: +)
    guard !known.isEmpty else { return entries }
    let read = try await source.identities(
      of: entries, in: pair.mapped.source, uidValidity: snapshot.uidValidity)
    return entries.filter { entry in
      guard let digest = read[entry.uid]?.digest, let count = known[digest], count > 0 else {
        return true
      }
      known[digest] = count - 1
      return false
    }
  }
}
