// mailmove: the metrics of runs.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine

/// What is told about the last run of one job; nil for what is not known.
package struct Metrics: Sendable, Equatable {
  let job: String
  /// When the last run ended; seconds since 1970, as all times here. 0: there was none.
  var lastRun: Int64 = 0
  /// When a run last ended with everything accounted for; 0: never, or not on record.
  var lastSuccess: Int64 = 0
  /// When a run last went through, whatever it skipped; 0: never, or not on record.
  var lastFinished: Int64 = 0
  var duration: Duration?
  var exitCode: Int32?
  var copied: Int?
  /// Octets.
  var copiedBytes: Int64?
  var flagsUpdated: Int?
  var removed: Int?
  var kept: Int?
  var damaged: Int?
  var atTarget: Int?
  var skipped: Int?
  var lost: Int?
  var pending: Int?

  /// - Parameter history: what the ledger has after the run; nil when it cannot tell.
  package init(_ outcome: JobOutcome, history: LedgerHistory?) {
    job = outcome.job
    lastSuccess = history?.lastSuccess ?? 0
    lastFinished = history?.lastFinished ?? 0
    if let status = outcome.status {
      lastRun = outcome.ended
      if status == .success { lastSuccess = outcome.ended }
      if status.hasFinished { lastFinished = outcome.ended }
      duration = outcome.elapsed
      exitCode = status.rawValue
      copied = outcome.report?.total(\.copied) ?? 0
      copiedBytes = outcome.report?.mailboxes.reduce(0) { $0 + $1.copiedBytes } ?? 0
      flagsUpdated = outcome.report?.total(\.flagsUpdated) ?? 0
      removed = outcome.report?.total(\.removed) ?? 0
      kept = outcome.report?.total(\.kept) ?? 0
      damaged = (outcome.report?.total(\.damaged) ?? 0) + (outcome.report?.damages.count ?? 0)
    } else {
      lastRun = history?.lastRun.map { $0.ended ?? $0.started } ?? 0
      exitCode = history?.lastRun?.exitCode
    }
    // A run that could not connect knows nothing of what is there; the ledger always does.
    atTarget =
      history.map { $0.summary.count(.stored) + $0.summary.count(.alreadyThere) }
      ?? outcome.report?.total(\.atTarget)
    skipped = history?.summary.count(.skipped) ?? outcome.report?.total(\.skipped)
    lost = history?.summary.count(.lost) ?? outcome.report?.total(\.lost)
    pending = history?.summary.count(.pending) ?? outcome.report?.total(\.pending)
  }
}
