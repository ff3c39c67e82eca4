// mailmove: one run of one job.
// SPDX-License-Identifier: Apache-2.0

import MailJobs
import SyncEngine

/// One run of one job, from the secrets to the last word about it.
struct JobRun {
  let session: JobSession

  init(_ session: JobSession) { self.session = session }

  /// - Parameter wish: the wish to stop of all jobs, if this is one of several.
  func perform(under wish: StopWish? = nil) async -> JobOutcome {
    let skips = SkipList()
    let engine = session.engine
    let ending = await session.perform(writesLedger: true, under: wish) { job, hooks in
      try await engine.sync(job, hooks: hooks.alsoTelling(skips.note))
    }
    guard let report = ending.value else {
      tellNothingDone(ending.status)
      return JobOutcome(session, ending.status, nil)
    }
    let status = ExitStatus(report).after(ending.signal)
    RunEnding(report: report, status: status, skips: skips.shown, session: session).tell()
    return JobOutcome(session, status, report)
  }

  /// Among several jobs, each has its line.
  private func tellNothingDone(_ status: ExitStatus) {
    let terminal = session.terminal
    if terminal.job != nil { terminal.tellNothingDone(status) }
  }
}

extension Terminal {
  /// The line of a job that ended before there was anything to report; why has been told.
  func tellNothingDone(_ status: ExitStatus) {
    guard !manner.isJSON, !manner.isQuiet else { return }
    summary("nothing was done: \(status.words) (exit code \(status.rawValue))")
  }
}
