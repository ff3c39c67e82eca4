// mailmove: where the command meets the engine.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import SyncEngine

/// What a command lets happen, and how it is told about it.
struct RunHooks: Sendable {
  let observer: RunObserver
  let stop: StopSignal
  /// Takes lines of the protocol trace; nil when nobody wants them.
  let trace: (@Sendable (String) -> Void)?

  /// The same, with one more who is told about events.
  func alsoTelling(_ other: @escaping RunObserver) -> RunHooks {
    let observer = observer
    return RunHooks(
      observer: { event in
        other(event)
        observer(event)
      }, stop: stop, trace: trace)
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
  }

  /// A message that was not moved.
  struct Unmoved: Sendable {
    let pair: MailboxPair
    let record: MessageRecord
  }

  /// Identities of the accounts.
  let source: String
  let target: String
  let summary: JobSummary
  /// Skipped and lost messages; `status` shows all of them.
  let unmoved: [Unmoved]
  /// nil when there was none.
  let lastRun: Run?
}

enum Wiring {
  static let engine: any Engine = LiveEngine()
}
