// mailmove: a journal that forgets.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// Called twice for every durable change, with `before record` and `after record` and so on.
///
/// Throwing stands for a crash: from `before …` the change never happened, from `after …` it did
/// and nobody was told.
package typealias DurableStepHook = @Sendable (_ step: String) throws -> Void

/// A journal in memory with the promises of the real one, for tests of the engine.
package actor MemoryJournal: Journal, KeyBook {
  private struct Contents {
    var pairs: [MailboxPair] = []
    var standings: [Int64: PairStanding] = [:]
    var records: [Int64: [SourceKey: MessageRecord]] = [:]
    var numberings: [MailboxName: KeyNumbering] = [:]
    var archive: ArchiveMark?

    mutating func identify(
      _ pair: MailboxPair, by uidValidity: UIDValidity?, _ mailboxID: String?
    ) throws {
      guard let index = pairs.firstIndex(where: { $0.id == pair.id }) else {
        throw MemoryJournal.fault("no such pair")
      }
      let row = pairs[index].mapped.identified(by: uidValidity, mailboxID)
      pairs[index] = MailboxPair(id: pair.id, mapped: row)
    }
  }

  private var contents = Contents()
  /// When each message was first listed, in seconds since 1970-01-01 UTC; tests may set it.
  package var firstSeen: [Int64: [SourceKey: Int64]] = [:]
  private let now: Int64?
  private let onDurableStep: DurableStepHook

  /// - Parameter now: when messages are first listed, in seconds since 1970-01-01 UTC; nil: only
  ///   tests say when.
  package init(now: Int64? = nil, onDurableStep: @escaping DurableStepHook = { _ in }) {
    self.now = now
    self.onDurableStep = onDurableStep
  }

  package func pairs() async throws -> [MailboxPair] { contents.pairs }

  package func freeze(_ mailboxes: [MappedMailbox]) async throws -> [MailboxPair] {
    try change("freeze") { contents in
      Self.rename(mailboxes, in: &contents)
      for mapped in mailboxes {
        if let index = contents.pairs.firstIndex(where: { $0.mapped.source == mapped.source }) {
          if contents.pairs[index].mapped.target == nil {
            contents.pairs[index] = MailboxPair(id: contents.pairs[index].id, mapped: mapped)
          }
        } else {
          let pair = MailboxPair(id: Int64(contents.pairs.count + 1), mapped: mapped)
          contents.pairs.append(pair)
          contents.standings[pair.id] = PairStanding()
          contents.records[pair.id] = [:]
        }
      }
      return contents.pairs
    }
  }

  package func release(_ pairs: [MailboxPair]) async throws -> [MailboxPair] {
    try change("release") { contents in
      for index in contents.pairs.indices where pairs.contains(contents.pairs[index]) {
        let pair = contents.pairs[index]
        let wasMade =
          contents.standings[pair.id]?.target != nil
          || contents.records[pair.id, default: [:]].values.contains {
            $0.isAtTarget || $0.state == .lost
          }
        guard !wasMade else { continue }
        var mapped = pair.mapped
        mapped.target = nil
        mapped.targetPath = nil
        contents.pairs[index] = MailboxPair(id: pair.id, mapped: mapped)
      }
      return contents.pairs
    }
  }

  package func standing(of pair: MailboxPair) async throws -> PairStanding {
    guard var standing = contents.standings[pair.id] else { throw Self.fault("no such pair") }
    let records = contents.records[pair.id, default: [:]].values
    standing.pending = records.count { $0.state == .pending }
    standing.unlocated = records.count { $0.isAtTarget && $0.targetUID == nil }
    return standing
  }

  package func records(of pair: MailboxPair) async throws -> [MessageRecord] {
    contents.records[pair.id, default: [:]].values.sorted { $0.key < $1.key }
  }

  package func enroll(
    _ entries: [Entry], uidValidity: UIDValidity, in pair: MailboxPair
  ) async throws {
    guard !entries.isEmpty else { return }
    try change("enroll") { contents in
      try Self.withRecords(of: pair, in: &contents) { records in
        for entry in entries {
          let key = SourceKey(uidValidity: uidValidity, uid: entry.uid)
          var record =
            records[key] ?? MessageRecord(key: key, state: .pending, size: entry.size)
          guard record.state == .pending else { continue }
          record.size = entry.size
          record.listedSize = entry.size
          record.internalDate = entry.internalDate
          record.flags = entry.flags
          records[key] = record
        }
      }
    }
  }

  package func begin(at anchors: [(pair: MailboxPair, anchor: TargetAnchor)]) async throws {
    try change("begin") { contents in
      for (pair, anchor) in anchors {
        guard contents.standings[pair.id] != nil else { throw Self.fault("no such pair") }
        contents.standings[pair.id]?.target = anchor
      }
    }
  }

  package func record(_ outcomes: [Outcome], in pair: MailboxPair) async throws {
    guard !outcomes.isEmpty else { return }
    try change("record") { contents in
      try Self.withRecords(of: pair, in: &contents) { records in
        for outcome in outcomes { try Self.apply(outcome, to: &records) }
      }
    }
  }

  package func finish(
    _ pair: MailboxPair, source: SourceCheckpoint, target: TargetAnchor?
  ) async throws {
    try change("finish") { contents in
      guard contents.standings[pair.id] != nil else { throw Self.fault("no such pair") }
      contents.standings[pair.id]?.source = source
      if let target { contents.standings[pair.id]?.target = target }
    }
  }

  package func identify(_ pair: MailboxPair, by status: MailboxStatus) async throws {
    try change("identify") { try $0.identify(pair, by: status.uidValidity, status.mailboxID) }
  }

  package func summary() async throws -> JobSummary {
    JobSummary(
      mailboxes: contents.pairs.map { pair in
        let records = contents.records[pair.id, default: [:]].values
        return JobSummary.MailboxLine(
          pair: pair, counts: Dictionary(records.map { ($0.state, 1) }, uniquingKeysWith: +),
          bytesAtTarget: records.filter(\.isAtTarget).reduce(0) { $0 + $1.size },
          removals: Dictionary(
            records.compactMap { record in
              record.state == .vanished ? nil : record.removal.map { ($0, 1) }
            },
            uniquingKeysWith: +))
      })
  }

  package func messages(
    in state: MessageState, limit: Int
  ) async throws -> [(MailboxPair, MessageRecord)] {
    let all = contents.pairs.flatMap { pair in
      contents.records[pair.id, default: [:]].values.filter { $0.state == state }
        .sorted { $0.key < $1.key }.map { (pair, $0) }
    }
    return Array(all.prefix(max(0, limit)))
  }

  package func reopen(_ state: MessageState) async throws -> Int {
    guard state == .skipped || state == .lost else {
      throw Self.fault("only skipped or lost messages can be reopened")
    }
    return try change("reopen") { contents in
      var count = 0
      for pair in contents.pairs {
        for (key, record) in contents.records[pair.id, default: [:]] where record.state == state {
          var reopened = record
          reopened.state = .pending
          reopened.targetUID = nil
          reopened.reason = nil
          reopened.note = nil
          reopened.removal = reopened.removal?.whenListedAgain
          reopened.dropped = DroppedMetadata()
          contents.records[pair.id]?[key] = reopened
          count += 1
        }
      }
      return count
    }
  }

  package func mayHaveOurMark(_ digest: SHA256Digest) async throws -> Bool {
    contents.records.values.contains { records in
      records.values.contains { $0.digest == digest && $0.mayHaveOurMark }
    }
  }

  package func firstSeen(in pair: MailboxPair) async throws -> [SourceKey: Int64] {
    guard let now else { return firstSeen[pair.id] ?? [:] }
    return contents.records[pair.id, default: [:]].mapValues { _ in now }
  }

  package func archiveMark() async throws -> ArchiveMark? { contents.archive }

  package func note(_ mark: ArchiveMark, isContinuous: Bool) async throws {
    try change("note") { contents in
      contents.archive = mark
      guard !isContinuous else { return }
      for (pair, standing) in contents.standings {
        contents.standings[pair]?.target = standing.target.map { anchor in
          TargetAnchor(
            mailbox: anchor.mailbox, uidValidity: .unknown, uidNext: anchor.uidNext,
            isApart: anchor.isApart)
        }
      }
    }
  }

  package func numbers(for names: [String?], of mailbox: MailboxName) async throws -> [UID] {
    var numbering = contents.numberings[mailbox] ?? KeyNumbering()
    let uids = try numbering.numbers(for: names).uids
    guard numbering != contents.numberings[mailbox] ?? KeyNumbering() else { return uids }
    try change("number") { $0.numberings[mailbox] = numbering }
    return uids
  }

  /// Follows mailboxes that got other names at the source, unless another one keeps that name.
  private static func rename(_ mailboxes: [MappedMailbox], in contents: inout Contents) {
    let before = contents.pairs
    let moving = mailboxes.compactMap { mapped in
      before.firstIndex { $0.mapped.source == mapped.renamedFrom }.map { ($0, mapped) }
    }
    let movingFrom = Set(moving.map(\.0))
    let staying = before.indices.filter { !movingFrom.contains($0) }.map { before[$0] }
    for (index, mapped) in moving
    where !staying.contains(where: { $0.mapped.source == mapped.source }) {
      contents.pairs[index] = renamed(before[index], as: mapped)
    }
  }

  /// A mailbox that got another name at the source keeps its target and its messages.
  private static func renamed(_ pair: MailboxPair, as mapped: MappedMailbox) -> MailboxPair {
    var row = pair.mapped
    row.source = mapped.source
    row.sourceDelimiter = mapped.sourceDelimiter
    row.sourcePath = mapped.sourcePath
    row.sourceUIDValidity = mapped.sourceUIDValidity
    row.sourceMailboxID = mapped.sourceMailboxID
    row.renamedFrom = mapped.renamedFrom
    return MailboxPair(id: pair.id, mapped: row)
  }

  /// All of a change or nothing of it.
  private func change<T>(_ step: String, _ body: (inout Contents) throws -> T) throws -> T {
    try onDurableStep("before \(step)")
    var next = contents
    let result = try body(&next)
    contents = next
    try onDurableStep("after \(step)")
    return result
  }

  private static func withRecords(
    of pair: MailboxPair, in contents: inout Contents,
    _ body: (inout [SourceKey: MessageRecord]) throws -> Void
  ) throws {
    guard var records = contents.records[pair.id] else { throw fault("no such pair") }
    try body(&records)
    contents.records[pair.id] = records
  }

  private static func apply(
    _ outcome: Outcome, to records: inout [SourceKey: MessageRecord]
  ) throws {
    switch outcome {
    case .settled(let record): try put(record, in: &records)
    case .located(let key, let uid):
      var record = try known(key, in: records)
      record.targetUID = uid
      try put(record, in: &records)
    case .flagsCarried(let key, let flags):
      var record = try known(key, in: records)
      record.flags = flags
      try put(record, in: &records)
    case .rekeyed(let old, let record):
      _ = try known(old, in: records)
      let occupant = old == record.key ? nil : records[record.key]
      guard
        occupant == nil || occupant?.state == .pending || occupant?.state == .skipped
          || occupant?.state == .vanished
      else {
        throw fault("another message has that key", at: record.key)
      }
      records[old] = nil
      try put(record, in: &records)
    case .relisted(let key, let size):
      var record = try known(key, in: records)
      record.listedSize = size
      try put(record, in: &records)
    case .marked(let key, let state):
      var record = try known(key, in: records)
      record.state = state
      if state == .vanished { record.removal = record.removal?.whenListedAgain }
      try put(record, in: &records)
    }
  }

  private static func known(
    _ key: SourceKey, in records: [SourceKey: MessageRecord]
  ) throws -> MessageRecord {
    guard let record = records[key] else {
      throw fault("the message is not on record", at: key)
    }
    return record
  }

  private static func put(
    _ record: MessageRecord, in records: inout [SourceKey: MessageRecord]
  ) throws {
    guard record.state != .stored || record.digest != nil else {
      throw fault("stored without a digest", at: record.key)
    }
    guard record.state != .skipped || record.reason != nil else {
      throw fault("skipped without a reason", at: record.key)
    }
    records[record.key] = record
  }

  private static func fault(_ detail: String, at key: SourceKey? = nil) -> SyncError {
    SyncError(
      .internalFault, scope: .run, remedy: .stop, side: .local, key: key, detail: detail)
  }
}
