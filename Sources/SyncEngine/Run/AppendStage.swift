// mailmove: appends messages and takes the receipts.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Appends what arrives and turns the target's answers into settlements.
struct AppendStage {
  let pair: MailboxPair
  let target: any MailTarget
  let mailbox: TargetMailbox
  let limits: TargetLimits
  let arrivals: BoundedChannel<Arrival>
  let settlements: BoundedChannel<Settlement>
  let budget: ByteBudget
  let suspects: Set<UID>
  let pacing: Pacing
  let journal: any Journal
  var adoption: Adoption

  /// Refusals in a row after which the mailbox is given up: the fault is not the messages'.
  private static let refusalsMax = 20

  /// Messages that were recognised at the target, whose flags may have to be completed.
  private(set) var adopted: [WorkList.FlagDrift] = []
  private var inFlight: [SourceKey: (message: Message, permit: Permit?)] = [:]
  /// What has come with our own \Deleted.
  private var ours: Set<SourceKey> = []
  private var refusals = 0

  init(
    pair: MailboxPair, target: any MailTarget, mailbox: TargetMailbox, limits: TargetLimits,
    arrivals: BoundedChannel<Arrival>, settlements: BoundedChannel<Settlement>,
    budget: ByteBudget, suspects: Set<UID>, pacing: Pacing, journal: any Journal,
    adoption: Adoption
  ) {
    self.budget = budget
    self.pacing = pacing
    self.pair = pair
    self.target = target
    self.mailbox = mailbox
    self.limits = limits.tightened(by: mailbox.appendLimit)
    self.arrivals = arrivals
    self.settlements = settlements
    self.suspects = suspects
    self.journal = journal
    self.adoption = adoption
  }

  var inDoubt: Set<UID> { Set(inFlight.keys.map(\.uid)) }

  /// Returns why it ended early; nil when everything that arrived has been answered.
  mutating func run(after prepare: () async throws -> Void) async -> SyncError? {
    do {
      try await prepare()
      while let arrival = try await next() { try await take(arrival) }
      try await settle(target.settle())
      return nil
    } catch {
      return SyncError.from(error).at(mailbox: mailbox.name)
    }
  }

  /// What has arrived; while nothing has, the answers that are still due.
  private mutating func next() async throws -> Arrival? {
    if let arrival = arrivals.tryReceive() { return arrival }
    if !inFlight.isEmpty {
      let time = budget.isAwaited ? .zero : target.gathersFor
      let late = await arrivals.receive(within: time, sleep: pacing.sleep)
      if let late { return late }
      try await settle(target.settle())
    }
    return await arrivals.receive()
  }

  private mutating func take(_ arrival: Arrival) async throws {
    switch arrival.fetched {
    case .unreadable(let key, let error): try await skip(key, error, permit: arrival.permit)
    case .vanished(let key):
      try await emit(
        Settlement(
          kind: .vanished, outcome: .marked(key, .vanished), record: nil, bytes: 0,
          permit: arrival.permit))
    case .message(let arrived):
      let message = try await withoutOurMark(arrived)
      if ExchangeStub.isStub(message.bytes) {
        try await skip(message, because: .messageIsStub, side: .source, permit: arrival.permit)
      } else if let limit = limits.appendLimit, Int64(message.bytes.count) > limit {
        try await skip(
          message, because: .messageTooBig, side: .target, permit: arrival.permit,
          detail: "\(message.bytes.count) bytes, the limit is \(limit)")
      } else if try await !adopt(message, permit: arrival.permit) {
        inFlight[message.key] = (message, arrival.permit)
        try await settle(target.append(message, to: mailbox))
        if suspects.contains(message.key.uid) { try await settle(target.settle()) }
      }
    }
  }

  /// Our own \Deleted is never carried over, and stays on record as ours.
  private mutating func withoutOurMark(_ message: Message) async throws -> Message {
    guard message.entry.flags.system.contains(.deleted),
      try await journal.mayHaveOurMark(message.digest)
    else { return message }
    ours.insert(message.key)
    return message.with(flags: message.entry.flags.subtracting(FlagSet(system: .deleted)))
  }

  /// The record of a message whose bytes were read.
  private func record(_ message: Message, _ state: MessageState, _ targetUID: UID?) -> MessageRecord
  {
    let record = MessageRecord(
      key: message.key, state: state, size: Int64(message.bytes.count),
      listedSize: message.entry.size, digest: message.digest,
      fingerprint: message.fingerprint, internalDate: message.entry.internalDate,
      flags: message.entry.flags, targetUID: targetUID)
    return ours.contains(message.key) ? record.marked(.flagged) : record
  }

  /// What became of a message that was read, in place of what is on record about it under a key
  /// that it has no longer.
  private mutating func outcome(_ record: MessageRecord) -> Outcome {
    let old = record.digest.flatMap { adoption.keyWhenPassedOver($0) }
    return old.map { .rekeyed(from: $0, to: record) } ?? .settled(record)
  }

  private mutating func adopt(_ message: Message, permit: Permit?) async throws -> Bool {
    guard !adoption.isEmpty else { return false }
    let isOurs = ours.contains(message.key)
    if var record = adoption.recordUnderOldKey(of: message, isMarked: isOurs) {
      let old = record.key
      record.key = message.key
      record.listedSize = message.entry.size
      record.internalDate = message.entry.internalDate ?? record.internalDate
      // One that we marked has the mark, unless it is another one with the same bytes.
      if record.removal == .flagged, !isOurs { record.removal = nil }
      if record.removal == .removed { record.removal = record.removal?.whenListedAgain }
      if record.isAtTarget {
        let flags = record.carriable(message.entry.flags)
        adopted.append(WorkList.FlagDrift(record: record, flags: flags))
      }
      let outcome: Outcome =
        old.uidValidity.isKnown ? .rekeyed(from: old, to: record) : .settled(record)
      try await emit(
        Settlement(
          kind: .rekeyed, outcome: outcome, record: record, bytes: record.size, permit: permit))
      return true
    }
    guard adoption.proposes(message) else { return false }
    try await settle(target.settle())
    guard let match = try await adoption.match(message, in: mailbox, of: target) else {
      return false
    }
    var record = record(message, .alreadyThere, match.copy.entry.uid)
    record.flags = FlagSync.carriedBefore(
      source: message.entry.flags, target: match.copy.entry.flags)
    adopted.append(
      WorkList.FlagDrift(record: record, flags: message.entry.flags, isCompared: true))
    if match.evidence != .exact {
      // The copy is found again by the header that it has.
      record.fingerprint = match.copy.fingerprint
      record.note = "found at the target as \(match.evidence)"
    }
    try await emit(
      Settlement(
        kind: .alreadyThere, outcome: outcome(record), record: record, bytes: record.size,
        permit: permit))
    return true
  }

  private mutating func settle(_ results: [AppendResult]) async throws {
    for result in results {
      guard let (message, permit) = inFlight.removeValue(forKey: result.key) else { continue }
      switch result.verdict {
      case .stored(let receipt):
        refusals = 0
        var record = record(message, .stored, receipt.uid)
        if !receipt.concessions.isEmpty {
          record.dropped = DroppedMetadata(receipt.concessions)
          record.note = receipt.concessions.map(\.description).joined(separator: "; ")
        }
        try await emit(
          Settlement(
            kind: .copied, outcome: outcome(record), record: record, bytes: record.size,
            permit: permit))
      case .refused(let error):
        guard error.scope == .message, error.remedy == .skip else { throw error }
        try await skip(message, error, permit: permit)
        refusals += 1
        guard refusals < Self.refusalsMax else {
          throw SyncError(
            .tooManyRefusals, scope: .mailbox, remedy: .stop, side: .target,
            detail: error.detail)
        }
      }
    }
  }

  private mutating func skip(
    _ message: Message, because cause: SyncError.Cause, side: SyncError.Side, permit: Permit?,
    detail: String = ""
  ) async throws {
    let error = SyncError(
      cause, scope: .message, remedy: .skip, side: side, mailbox: pair.mapped.source,
      key: message.key, detail: detail)
    try await skip(message, error, permit: permit)
  }

  private mutating func skip(_ message: Message, _ error: SyncError, permit: Permit?) async throws {
    var record = record(message, .skipped, nil)
    record.reason = error.cause
    record.note = error.description
    try await emit(
      Settlement(
        kind: .skipped, outcome: outcome(record), record: record, bytes: 0, permit: permit))
  }

  private func skip(_ key: SourceKey, _ error: SyncError, permit: Permit?) async throws {
    let record = MessageRecord(
      key: key, state: .skipped, size: 0, reason: error.cause, note: error.description)
    try await emit(
      Settlement(
        kind: .skipped, outcome: .settled(record), record: record, bytes: 0, permit: permit))
  }

  private func emit(_ settlement: Settlement) async throws {
    guard await settlements.send(settlement) else { throw CancellationError() }
  }
}
