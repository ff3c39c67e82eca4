// mailmove: how the run of a job ended.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine

/// How the run of one job ended.
package struct JobOutcome: Sendable {
  /// The job's name; that of its ledger for addresses given on the command line.
  package let job: String
  /// nil when it was not begun.
  package let status: ExitStatus?
  /// nil when it ended before there was anything to report.
  package var report: Report?
  /// Whether the rules of the job have an effect; nil when that was not found out.
  package var rules: RuleCheck?
  /// From the secrets to the last word.
  package var elapsed = Duration.zero
  /// When that was; seconds since 1970.
  let ended: Int64
  /// Path of the job's ledger, which may not exist; nil when the settings do not tell.
  package let ledger: String?
  /// Where its metrics go; nil when nobody wants them.
  package let metricsFile: String?

  /// A job that has not been, or could not be, begun.
  ///
  /// - Parameter ended: when that was found out; seconds since 1970.
  package init(
    _ job: String, _ status: ExitStatus?, settings: Settings, environment: [String: String],
    ended: Int64
  ) {
    self.job = job
    self.status = status
    self.ended = ended
    let state = try? StateFolder(settings, environment: environment)
    ledger = LedgerName.isJobName(job) ? state?.ledger(LedgerName(job: job)) : nil
    metricsFile = settings.text(.metricsFile)
  }

  /// A job that was begun.
  ///
  /// - Parameter ended: seconds since 1970.
  package init(_ job: JobDraft, _ status: ExitStatus, ended: Int64, metricsFile: String?) {
    self.job = job.ledgerName.description
    self.status = status
    self.ended = ended
    ledger = job.state.ledger(job.ledgerName)
    self.metricsFile = metricsFile
  }
}
