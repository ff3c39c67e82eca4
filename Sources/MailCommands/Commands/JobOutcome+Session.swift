// mailmove: the outcome of a job, from the session that ran it.
// SPDX-License-Identifier: Apache-2.0

import MailJobs
import SyncEngine

extension JobOutcome {
  /// A job that has not been, or could not be, begun.
  init(
    _ job: String, _ status: ExitStatus?, settings: Settings, _ surroundings: Surroundings
  ) {
    self.init(
      job, status, settings: settings, environment: surroundings.environment,
      ended: surroundings.seconds())
  }

  /// A job that was begun; the report is nil where it ended before there was one.
  init(_ session: JobSession, _ status: ExitStatus, _ report: Report?) {
    self.init(
      session.draft, status, ended: session.surroundings.seconds(),
      metricsFile: session.metricsFile)
    self.report = report
    rules = report?.rules
    elapsed = session.terminal.elapsed
  }
}
