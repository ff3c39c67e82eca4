// mailmove: where the command meets the engine.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import SQLiteJournal
import SyncEngine

/// What a command lets happen, and how it is told about it.
struct RunHooks: Sendable {
  let observer: RunObserver
  let stop: StopSignal
  /// Takes lines of the protocol trace; nil when nobody wants them.
  let trace: (@Sendable (String) -> Void)?
  /// The signal that asked to stop; nil as long as none did.
  let signal: @Sendable () -> Int32?
  /// Is told how far a comparison is.
  let verification: VerifyObserver

  init(
    observer: @escaping RunObserver, stop: StopSignal, trace: (@Sendable (String) -> Void)?,
    signal: @escaping @Sendable () -> Int32? = { nil },
    verification: @escaping VerifyObserver = { _ in }
  ) {
    self.observer = observer
    self.stop = stop
    self.trace = trace
    self.signal = signal
    self.verification = verification
  }

  /// The same, with one more who is told about events.
  func alsoTelling(_ other: @escaping RunObserver) -> RunHooks {
    let observer = observer
    return RunHooks(
      observer: { event in
        other(event)
        observer(event)
      }, stop: stop, trace: trace, signal: signal, verification: verification)
  }
}

/// What the commands need from the rest of the program. Every function throws `SyncError`.
protocol Engine: Sendable {
  func sync(_ job: Job, hooks: RunHooks) async throws -> Report
  func plan(_ job: Job, hooks: RunHooks) async throws -> PlanReport
  func verify(_ job: Job, level: VerifyLevel, hooks: RunHooks) async throws -> VerifyReport
  /// Logs in only if the endpoint has credentials.
  func probe(_ endpoint: Endpoint, hooks: RunHooks) async throws -> ProbeReport
  /// Reads a ledger, which may be in use by a run.
  func standing(ofLedgerAt path: String) async throws -> LedgerStanding
  /// Reads what a ledger, which may be in use, knows of earlier runs; nil when there is none.
  func history(ofLedgerAt path: String) async throws -> LedgerHistory?
}

/// What a ledger tells about its job.
struct LedgerStanding: Sendable {
  /// One run, as recorded.
  struct Run: Sendable {
    /// Seconds since 1970.
    let started: Int64
    /// nil while it is going on, or when it was killed.
    let ended: Int64?
    let exitCode: Int32?
    /// The ledger is in use, so a run without an end is going on.
    var isLocked = false

    enum State: String { case running, ended, killed }

    var state: State { ended != nil ? .ended : isLocked ? .running : .killed }
  }

  /// A message and the mailbox it is in.
  struct Message: Sendable {
    let pair: MailboxPair
    let record: MessageRecord
  }

  /// The accounts; nil as long as nothing is on record.
  var job: JobIdentity?
  /// A run is going on.
  var isInUse: Bool
  var summary = JobSummary(mailboxes: [])
  /// Skipped and lost messages; `status` shows all of them.
  var unmoved: [Message] = []
  /// Messages that were to be removed from the source and are not known to be; likewise.
  var kept: [Message] = []
  /// nil when there was none.
  var lastRun: Run?
}

/// What a ledger tells about earlier runs of its job, for the metrics.
struct LedgerHistory: Sendable {
  /// The run that began last.
  let lastRun: LedgerStanding.Run?
  /// When a run last ended with everything accounted for; seconds since 1970.
  let lastSuccess: Int64?
  /// When a run last went through, skips or not; seconds since 1970.
  let lastFinished: Int64?
  let summary: JobSummary
}

enum Wiring {
  static let engine: any Engine = LiveEngine()
}
