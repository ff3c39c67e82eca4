// mailmove: comparing source, ledger and target.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Compares source, ledger and target, reading only.
package struct Verify: Sendable {
  private let source: any MailSource
  private let target: any TargetView
  private let journal: any Journal
  private let level: VerifyLevel
  private let selects: @Sendable (MappedMailbox) -> Bool
  private let observer: VerifyObserver

  /// - Parameters:
  ///   - selects: which mailboxes of the frozen map to compare.
  ///   - observer: told how far the comparison is.
  package init(
    source: any MailSource, target: any TargetView, journal: any Journal, level: VerifyLevel,
    selects: @escaping @Sendable (MappedMailbox) -> Bool = { _ in true },
    observer: @escaping VerifyObserver = { _ in }
  ) {
    self.source = source
    self.target = target
    self.journal = journal
    self.level = level
    self.selects = selects
    self.observer = observer
  }

  /// Throws `SyncError` when the comparison cannot be made; differences are in the report.
  package func run() async throws -> VerifyReport {
    var report = VerifyReport(level: level)
    let pairs = try await journal.pairs().filter { $0.mapped.target != nil && selects($0.mapped) }
    observer(.planned(mailboxes: pairs.count, toCompare: try await workload(of: pairs)))
    let labels = try await labels(for: pairs)
    for pair in pairs {
      try Task.checkCancellation()
      observer(.mailboxStarted(pair))
      var mailbox = VerifiedMailbox(pair: pair)
      try await verify(pair, labels, &mailbox)
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

  /// What is listed now decides what is in no other mailbox, as in the next run.
  private func labels(for pairs: [MailboxPair]) async throws -> ListedLabels {
    let isNeeded = pairs.contains { $0.mapped.decision == .remainder }
    return ListedLabels(
      isNeeded ? try await source.mailboxes() : MailboxListing(mailboxes: []))
  }

  private func verify(
    _ pair: MailboxPair, _ labels: ListedLabels, _ found: inout VerifiedMailbox
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
    let there = try await source.snapshot(of: pair.mapped, labels: labels)
    found.atSource = there.entries.count
    found.differences += try await unaccounted(there, records, pair)
    guard let here = try await targetSnapshot(name, pair, records, &found) else { return }
    found.atTarget = here.entries.count
    let isSameGround = here.uidValidity == standing.target?.uidValidity
    let comparison = MailboxComparison(
      pair: pair, source: there, target: here, records: records, isSameGround: isSameGround)
    found.compared = comparison.matched.count
    found.differences += comparison.missing
    found.differences += comparison.metadata(includingSize: level < .bytes)
    if level >= .headers {
      found.differences += try await HeaderComparison(comparison, name, target).run()
    }
    if level >= .bytes {
      let bytes = ByteComparison(comparison, name, source, target, observer)
      found.differences += try await bytes.run()
    } else {
      observer(.compared(pair, messages: found.compared, bytes: 0))
    }
  }

  private func compareCounts(
    _ pair: MailboxPair, _ labels: ListedLabels, _ name: MailboxName, _ records: [MessageRecord],
    _ found: inout VerifiedMailbox
  ) async throws {
    found.atSource =
      pair.mapped.decision == .remainder
      ? try await source.snapshot(of: pair.mapped, labels: labels).entries.count
      : Int(try await source.status(of: pair.mapped.source).messages ?? 0)
    let known = records.count { $0.state != .vanished && $0.state != .pending }
    if found.atSource > known {
      found.differences.append(
        Difference(
          kind: .unaccounted, pair: pair,
          detail: "\(found.atSource) messages at the source, \(known) dealt with"))
    }
    do {
      found.atTarget = Int(try await target.status(of: name).messages ?? 0)
    } catch let error as SyncError where error.scope == .mailbox {
      found.differences.append(mailboxMissing(pair, error))
      return
    }
    if found.atTarget < found.onRecord {
      found.differences.append(
        Difference(
          kind: .missing, pair: pair,
          detail: "\(found.onRecord) messages on record, \(found.atTarget) at the target"))
    }
  }

  private func targetSnapshot(
    _ name: MailboxName, _ pair: MailboxPair, _ records: [MessageRecord],
    _ found: inout VerifiedMailbox
  ) async throws -> MailboxSnapshot? {
    do {
      return try await target.snapshot(of: name, since: nil)
    } catch let error as SyncError where error.scope == .mailbox {
      found.differences.append(mailboxMissing(pair, error))
      return nil
    }
  }

  private func mailboxMissing(_ pair: MailboxPair, _ error: SyncError) -> Difference {
    Difference(kind: .mailbox, pair: pair, detail: "\(error)")
  }

  private func unaccounted(
    _ snapshot: MailboxSnapshot, _ records: [MessageRecord], _ pair: MailboxPair
  ) async throws -> [Difference] {
    let settled = Set(
      records.lazy.filter { $0.state != .pending && $0.state != .vanished }.map(\.key))
    var open = snapshot.entries.filter { entry in
      !settled.contains(SourceKey(uidValidity: snapshot.uidValidity, uid: entry.uid))
    }
    if snapshot.traits.contains(.keysMayChange), !open.isEmpty {
      open = try await withoutKnownContent(open, snapshot, records, pair)
    }
    return open.map { entry in
      Difference(
        kind: .unaccounted, pair: pair,
        key: SourceKey(uidValidity: snapshot.uidValidity, uid: entry.uid),
        detail: "not moved yet")
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
