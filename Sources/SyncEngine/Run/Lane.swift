// mailmove: one pair of connections at work.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// One pair of connections, working through mailboxes one after the other.
///
/// Retrying belongs here alone: after a lost connection both are made again and the mailbox is
/// taken up from the ledger, exactly as a new run would.
struct Lane {
  let endpoints: RunEndpoints
  let queue: MailboxQueue
  let journal: any Journal
  let options: RunOptions
  let pacing: Pacing
  let observer: RunObserver
  let stop: StopSignal
  let throttle: ThrottleGate
  let names: TargetNames
  /// What the target listed at the start of the run.
  let there: TargetListing

  /// Bytes of mail this lane may hold.
  let budgetBytes: Int64

  /// Bytes of mail all lanes together may hold, as long as each has its least.
  static let budgetBytesOfAll: Int64 = 32 << 20
  /// Two batches, so that one can arrive while the other is written.
  static let budgetBytesMin = 2 * Batching.bytesMax
  /// Connections lost at one and the same message before it is put aside.
  private static let strikesMax = 2
  /// Mailboxes in a row at which every connection is lost before the server is to blame.
  private static let brokenMailboxesMax = 2

  /// The connections of a lane.
  struct Connections: Sendable {
    let source: any MailSource
    let target: any MailTarget
    let limits: TargetLimits

    static func open(_ endpoints: RunEndpoints) async throws -> Connections {
      async let source = endpoints.connectSource()
      async let target = endpoints.connectTarget()
      do {
        let connected = try await target
        return Connections(
          source: try await source, target: connected, limits: await connected.limits())
      } catch {
        await (try? source)?.close()
        await (try? target)?.close()
        throw error
      }
    }

    func close() async {
      await source.close()
      await target.close()
    }
  }

  /// What a lane did, and what ended it early if anything did.
  struct Result: Sendable {
    var lines: [MailboxLineItem] = []
    var failure: SyncError?
  }

  /// Works until the queue is empty.
  ///
  /// - Parameter first: nil for a lane beside the first, which ends without having done anything
  ///   if it cannot connect: the others do the work, and a server may well allow no more of them.
  func run(_ first: Connections?) async -> Result {
    var connections = first
    if first == nil {
      do {
        try await throttle.pass(pacing)
        connections = try await Connections.open(endpoints)
      } catch {
        if !Task.isCancelled { observer(.notice("one connection less at a time: \(error)")) }
        return Result()
      }
    }
    var result = Result()
    var broken = 0
    while result.failure == nil, !stop.isRequested, let item = queue.next() {
      var line = MailboxLineItem(pair: item.pair)
      result.failure = await sync(item, &connections, &line)
      queue.finish(item)
      broken = line.failure?.scope == .connection ? broken + 1 : 0
      if broken >= Self.brokenMailboxesMax { result.failure = line.failure }
      result.lines.append(line)
      observer(.mailboxFinished(line))
    }
    await connections?.close()
    return result
  }

  private func sync(
    _ item: MailboxQueue.Item, _ connections: inout Connections?, _ line: inout MailboxLineItem
  ) async -> SyncError? {
    var retry = RetryPolicy(attemptsMax: options.attemptsMax)
    var suspects = DisconnectSuspects()
    var triedAgain = false
    while true {
      let result: PairSync.Result
      var wasLetIn = false
      do {
        let open = try await opened(&connections)
        wasLetIn = true
        result = await pairSync(item, open, suspects: suspects.uids).run()
      } catch {
        result = PairSync.Result(
          line: MailboxLineItem(pair: item.pair), failure: SyncError.from(error))
      }
      line.merge(result.line)
      guard let failure = result.failure else { return nil }
      if result.madeProgress { retry.noteProgress() }
      // What was under way was cancelled, and a cancelled connection cannot be used again.
      await connections?.close()
      connections = nil
      switch failure.scope {
      case .message, .mailbox:
        if case .retry = failure.remedy, !triedAgain, !stop.isRequested {
          triedAgain = true
          continue
        }
        line.failure = failure.naming(item.pair.mapped)
        return nil
      case .run: return failure
      case .connection, .endpoint: break
      }
      suspects.note(result, strikesMax: Self.strikesMax)
      guard !suspects.isImplausible else { return failure }
      if let culprit = suspects.culprit, await putAside(culprit, item, failure) {
        line.skipped += 1
        suspects.acceptThatPutAside(culprit)
        retry.noteProgress()
      }
      guard !stop.isRequested, let wait = retry.wait(after: failure, chance: pacing.chance())
      else {
        // A server that lets us in every time breaks at this mailbox; others may be sound. One
        // that asks for a long wait means all of them.
        guard wasLetIn, failure.scope == .connection, failure.remedy == .retry(after: nil),
          !stop.isRequested
        else { return failure }
        line.failure = failure.naming(item.pair.mapped)
        return nil
      }
      observer(.retrying(failure, after: wait, attempt: retry.attempt))
      let quietUntil = failure.cause == .throttled ? throttle.hold(for: wait) : nil
      do { try await pacing.sleep(wait) } catch { return SyncError.from(error) }
      if let quietUntil { throttle.release(quietUntil) }
    }
  }

  private func opened(_ connections: inout Connections?) async throws -> Connections {
    if let connections { return connections }
    try await throttle.pass(pacing)
    let open = try await Connections.open(endpoints)
    connections = open
    return open
  }

  private func pairSync(
    _ item: MailboxQueue.Item, _ open: Connections, suspects: Set<UID>
  ) -> PairSync {
    PairSync(
      pair: item.pair, listed: item.status, there: there, labels: item.labels,
      neighbours: item.neighbours, source: open.source, target: open.target,
      limits: open.limits, journal: journal,
      budget: ByteBudget(limit: budgetBytes),
      options: options, pacing: pacing, observer: observer, stop: stop, throttle: throttle,
      names: names, suspects: suspects)
  }

  /// Puts the message on record as skipped; false if the record could not be written.
  private func putAside(_ uid: UID, _ item: MailboxQueue.Item, _ failure: SyncError) async -> Bool {
    do {
      let pending = try await journal.records(of: item.pair).last {
        $0.key.uid == uid && $0.state == .pending
      }
      guard var record = pending else { return false }
      record.state = .skipped
      record.reason = .messageDropsConnection
      record.note = failure.description
      try await journal.record([.settled(record)], in: item.pair)
      observer(.skipped(item.pair, record))
      return true
    } catch {
      return false
    }
  }
}

extension MailboxLineItem {
  /// Adds what another attempt at the same mailbox did.
  fileprivate mutating func merge(_ attempt: MailboxLineItem) {
    copied += attempt.copied
    copiedBytes += attempt.copiedBytes
    alreadyThere += attempt.alreadyThere
    flagsUpdated += attempt.flagsUpdated
    flagsRefused = attempt.flagsRefused
    skipped += attempt.skipped
    vanished += attempt.vanished
    lost += attempt.lost
    damaged = attempt.damaged
    wasUnchanged = attempt.wasUnchanged
  }
}
