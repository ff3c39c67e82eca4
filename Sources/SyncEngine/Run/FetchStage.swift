// mailmove: fetches messages as permits allow.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Fetches messages as permits allow; the next command is on the wire while the last one's
/// messages are arriving.
struct FetchStage {
  let source: any MailSource
  let mailbox: MailboxName
  let uidValidity: UIDValidity
  let budget: ByteBudget
  let arrivals: BoundedChannel<Arrival>
  let suspects: Set<UID>
  let pacing: Pacing
  let stop: StopSignal
  let throttle: ThrottleGate

  private static let batchesUnderWayMax = 2
  /// Attempts at a single message that the source says it cannot give right now.
  private static let patience = 3

  private struct UnderWay {
    let batch: Batch
    let permit: Permit
    let stream: MessageStream
  }

  /// Returns why it ended early, and what had been asked for and not arrived by then.
  func run(_ entries: [Entry]) async -> (failure: SyncError?, inDoubt: Set<UID>) {
    var asked: [UID: Entry] = [:]
    do {
      try await fetch(entries, asked: &asked)
      return (nil, [])
    } catch {
      return (SyncError.from(error).at(mailbox: mailbox), Set(asked.keys))
    }
  }

  private func fetch(_ entries: [Entry], asked: inout [UID: Entry]) async throws {
    var batching = Batching(entries, uidValidity: uidValidity, suspects: suspects)
    var underWay: [UnderWay] = []
    var leftOut: [Entry] = []
    while true {
      while underWay.count < Self.batchesUnderWayMax, !stop.isRequested,
        let batch = batching.peek(), mayJoin(batch, underWay),
        let permit = try await self.permit(batch, mayWait: underWay.isEmpty)
      {
        try await throttle.pass(pacing)
        batching.take(batch)
        for entry in batch.entries { asked[entry.uid] = entry }
        let stream = try await source.fetch(batch, from: mailbox)
        underWay.append(UnderWay(batch: batch, permit: permit, stream: stream))
      }
      guard !underWay.isEmpty else { break }
      let first = underWay.removeFirst()
      leftOut += try await deliver(first, asked: &asked).missing
    }
    for entry in leftOut where !stop.isRequested {
      asked[entry.uid] = entry
      try await fetchAlone(entry, asked: &asked)
    }
  }

  /// A suspect goes alone: if the connection breaks again, it must be clear at which message.
  private func mayJoin(_ batch: Batch, _ underWay: [UnderWay]) -> Bool {
    guard !underWay.isEmpty else { return true }
    return !([batch] + underWay.map(\.batch)).contains { member in
      member.entries.contains { suspects.contains($0.uid) }
    }
  }

  private func permit(_ batch: Batch, mayWait: Bool) async throws -> Permit? {
    if let permit = budget.tryAcquire(batch.declaredBytes) { return permit }
    return mayWait ? try await budget.acquire(batch.declaredBytes) : nil
  }

  /// Passes a batch on; returns what the server left out, whose permits are given back.
  private func deliver(
    _ underWay: UnderWay, asked: inout [UID: Entry]
  ) async throws -> (missing: [Entry], refusal: SyncError?) {
    // A UID that was listed twice is asked for once.
    var open = Dictionary(
      underWay.batch.entries.map { ($0.uid, $0) }, uniquingKeysWith: { first, _ in first })
    var refusal: SyncError?
    var empty: [Entry] = []
    do {
      while let fetched = try await underWay.stream.next() {
        guard let entry = open.removeValue(forKey: fetched.key.uid) else { continue }
        let permit = underWay.permit.split(entry.size)
        if case .message(let message) = fetched, message.bytes.isEmpty {
          empty.append(entry)
          continue
        }
        asked[entry.uid] = nil
        try await pass(fetched, permit)
      }
    } catch let error as SyncError where error.scope == .message {
      refusal = error
    }
    underWay.permit.giveBack()
    let missing = open.values.sorted { $0.uid < $1.uid }
    return ((missing + empty).sorted { $0.uid < $1.uid }, refusal)
  }

  /// - Parameter permit: nil for what has no bytes.
  private func pass(_ fetched: Fetched, _ permit: Permit?) async throws {
    switch fetched {
    case .message(let message): permit?.resize(to: Int64(message.bytes.count))
    case .unreadable, .vanished: permit?.giveBack()
    }
    guard await arrivals.send(Arrival(fetched: fetched, permit: permit)) else {
      throw CancellationError()
    }
  }

  /// Asks for a message that a batch left out once more, alone; then finds out whether it exists.
  private func fetchAlone(_ entry: Entry, asked: inout [UID: Entry]) async throws {
    let batch = Batch(uidValidity: uidValidity, entries: [entry])
    var refusal: SyncError?
    for attempt in 1...Self.patience {
      let permit = try await budget.acquire(batch.declaredBytes)
      let stream = try await source.fetch(batch, from: mailbox)
      let delivered = try await deliver(
        UnderWay(batch: batch, permit: permit, stream: stream), asked: &asked)
      if delivered.missing.isEmpty { return }
      refusal = delivered.refusal
      guard case .retry(let wait) = refusal?.remedy, attempt < Self.patience else { break }
      try await pacing.sleep(wait ?? RetryPolicy.firstWait)
    }
    let key = SourceKey(uidValidity: uidValidity, uid: entry.uid)
    asked[entry.uid] = nil
    guard try await !source.headers(of: UIDSet([entry.uid]), in: mailbox).isEmpty else {
      return try await pass(.vanished(key), nil)
    }
    let cause: SyncError.Cause =
      if refusal?.cause == .messageCutShort {
        .messageCutShort
      } else {
        refusal == nil && entry.size == 0 ? .messageEmpty : .messageUnreadable
      }
    let failure = SyncError(
      cause, scope: .message, remedy: .skip, side: .source, mailbox: mailbox, key: key,
      detail: refusal?.detail ?? "")
    try await pass(.unreadable(key, failure), nil)
  }
}
