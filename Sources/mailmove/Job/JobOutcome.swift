// mailmove: how the run of a job ended.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine

/// How the run of one job ended.
struct JobOutcome: Sendable {
  /// The job's name; that of its ledger for addresses given on the command line.
  let job: String
  /// nil when it was not begun.
  let status: ExitStatus?
  /// nil when it ended before there was anything to report.
  var report: Report?
  /// Whether the rules of the job have an effect; nil when that was not found out.
  var rules: RuleCheck?
  /// From the secrets to the last word.
  var elapsed = Duration.zero
  /// When that was; seconds since 1970.
  let ended: Int64
  /// Path of the job's ledger, which may not exist; nil when the settings do not tell.
  let ledger: String?
  /// Where its metrics go; nil when nobody wants them.
  let metricsFile: String?

  /// A job that has not been, or could not be, begun.
  init(
    _ job: String, _ status: ExitStatus?, settings: Settings, _ surroundings: Surroundings
  ) {
    self.job = job
    self.status = status
    ended = surroundings.seconds()
    let state = try? StateFolder(settings, environment: surroundings.environment)
    ledger = LedgerName.isJobName(job) ? state?.ledger(LedgerName(job: job)) : nil
    metricsFile = settings.text(.metricsFile)
  }

  /// A job that was begun.
  init(_ session: JobSession, _ status: ExitStatus, _ report: Report?) {
    job = session.draft.ledgerName.description
    self.status = status
    self.report = report
    rules = report?.rules
    elapsed = session.terminal.elapsed
    ended = session.surroundings.seconds()
    ledger = session.draft.state.ledger(session.draft.ledgerName)
    metricsFile = session.metricsFile
  }
}

extension ExitStatus {
  /// How a run ended, in a few words.
  var words: String {
    switch self {
    case .success: "everything is accounted for"
    case .internalFault: "a fault in mailmove"
    case .usage: "wrong usage or configuration"
    case .skips: "finished, not everything was moved"
    case .guarded: "a guard stopped it"
    case .temporary: "not finished, run it again"
    case .differences: "differences were found"
    case .localState: "the ledger, the state folder or the disk"
    case .locked: "another run is going on"
    case .cannotConnectSource: "cannot connect to the source"
    case .cannotConnectTarget: "cannot connect to the target"
    case .loginSource: "login refused by the source"
    case .loginTarget: "login refused by the target"
    case .tlsTrust: "TLS cannot be trusted"
    case .targetFull: "the target is full"
    case .interrupted, .terminated: "interrupted"
    }
  }
}
