// mailmove: moves the messages of one mailbox.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Moves the messages of one mailbox: permit, fetch, append, receipt, record, give back.
///
/// Three stages work at the same time, joined by two channels. Each ends on its own: when the
/// source is lost, what has arrived is still appended; when the target is lost, what it has
/// acknowledged is still recorded. Fetching and appending run on the threads of their connections,
/// so that a message changes threads once on its way, and not even that while the other is busy.
struct Pump {
  let pair: MailboxPair
  let uidValidity: UIDValidity
  let source: any MailSource
  let target: any MailTarget
  let mailbox: TargetMailbox
  let limits: TargetLimits
  let journal: any Journal
  let budget: ByteBudget
  let suspects: Set<UID>
  let pacing: Pacing
  let observer: RunObserver
  let stop: StopSignal
  let throttle: ThrottleGate

  /// What a pump did before it ended, and why it ended early if it did.
  struct Result: Sendable {
    var recorded = RecordStage.Tally()
    /// Messages that were recognised at the target, whose flags may have to be completed.
    var adopted: [WorkList.FlagDrift] = []
    var failure: SyncError?
    /// What had been asked for without an answer when a connection was lost.
    var inDoubt: Set<UID> = []
  }

  /// More elements than fit the budget never wait, so bytes alone decide about back pressure.
  private static let channelMax = 4_096

  /// - Parameter prepare: is done at the target before the first append, while the first messages
  ///   are on their way from the source.
  func run(
    _ work: WorkList, adoption: Adoption, prepare: @escaping @Sendable () async throws -> Void
  ) async -> Result {
    let arrivals = BoundedChannel<Arrival>(limit: Self.channelMax)
    let settlements = BoundedChannel<Settlement>(limit: Self.channelMax)
    let recording = RecordStage(
      pair: pair, journal: journal, settlements: settlements, owners: adoption.owners,
      observer: observer)
    return await withTaskGroup(of: Ended.self) { group in
      group.addTask { await .recording(recording.run()) }
      group.addTask {
        let moved = await move(
          work, adoption: adoption, arrivals, settlements, prepare: prepare)
        settlements.finish()
        return .moving(moved)
      }
      var result = Result()
      for await ended in group {
        switch ended {
        case .recording(let recorded):
          result.recorded = recorded.tally
          guard let failure = recorded.failure else { continue }
          result.failure = failure
          group.cancelAll()
        case .moving(let moved):
          result.adopted = moved.adopted
          result.inDoubt = moved.inDoubt
          result.failure = result.failure ?? moved.failure
        }
      }
      return result
    }
  }

  private enum Ended: Sendable {
    case recording((tally: RecordStage.Tally, failure: SyncError?))
    case moving(Moved)
  }

  private struct Moved: Sendable {
    var adopted: [WorkList.FlagDrift] = []
    var failure: SyncError?
    var inDoubt: Set<UID> = []
  }

  private func move(
    _ work: WorkList, adoption: Adoption, _ arrivals: BoundedChannel<Arrival>,
    _ settlements: BoundedChannel<Settlement>, prepare: @Sendable () async throws -> Void
  ) async -> Moved {
    let fetching = FetchStage(
      source: source, mailbox: pair.mapped.source, uidValidity: uidValidity, budget: budget,
      arrivals: arrivals, suspects: suspects, pacing: pacing, stop: stop,
      throttle: throttle)
    return await withTaskGroup(of: (failure: SyncError?, inDoubt: Set<UID>)?.self) { group in
      // `addTask(executorPreference:)` with nil does not keep the executor that this task has.
      group.addTask {
        await withTaskExecutorPreference(source.executor) {
          let end = await fetching.run(work.toMove)
          arrivals.finish()
          return end
        }
      }
      group.addTask {
        await keepAlive()
        return nil
      }
      var appending = AppendStage(
        pair: pair, target: target, mailbox: mailbox, limits: limits, arrivals: arrivals,
        settlements: settlements, budget: budget, suspects: suspects, pacing: pacing,
        journal: journal, adoption: adoption)
      let appendFailure = await withTaskExecutorPreference(target.executor) {
        await appending.run(after: prepare)
      }
      var moved = Moved(
        adopted: appending.adopted, failure: appendFailure, inDoubt: appending.inDoubt)
      if appendFailure != nil {
        arrivals.finish()
        group.cancelAll()
      }
      for await end in group {
        guard let end else { continue }
        if moved.failure == nil {
          moved.failure = end.failure
          moved.inDoubt = end.inDoubt
        }
        group.cancelAll()
      }
      return moved
    }
  }

  /// Says something to both servers now and then, for the one that is idle while the other works.
  private func keepAlive() async {
    guard let interval = pacing.keepAliveInterval else { return }
    while (try? await pacing.sleep(interval)) != nil {
      try? await source.keepAlive()
      try? await target.keepAlive()
    }
  }
}

/// A message that has arrived, with the permit it is held under.
struct Arrival: Sendable {
  let fetched: Fetched
  /// Given back once the message is on record; nil where nothing came.
  let permit: Permit?
}

/// What became of a message, on its way to the journal.
struct Settlement: Sendable {
  enum Kind: Sendable {
    case copied
    case alreadyThere
    case rekeyed
    case skipped
    case vanished
  }

  let kind: Kind
  let outcome: Outcome
  let record: MessageRecord?
  let bytes: Int64
  let permit: Permit?
}
