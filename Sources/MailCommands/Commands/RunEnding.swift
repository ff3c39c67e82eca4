// mailmove: telling the end of a run.
// SPDX-License-Identifier: Apache-2.0

import MailJobs
import SyncEngine

/// The end of a run, as it is told: to somebody who watches, to a log, or to a program.
struct RunEnding {
  let report: Report
  let status: ExitStatus
  let skips: [String]
  let session: JobSession

  func tell() {
    let terminal = session.terminal
    let text = ReportText(report: report, elapsed: terminal.elapsed)
    terminal.event("report", text.fields(exit: status))
    if !terminal.manner.isJSON, !terminal.manner.isQuiet {
      if terminal.isWatched || terminal.manner.isVerbose { tellDetails(text) }
      terminal.summary(text.summary)
    }
    for item in report.mailboxes {
      if let failure = item.failure { terminal.complain(failure) }
    }
    for failure in [report.failure, report.closingFailure].compactMap(\.self) {
      terminal.complain(failure)
    }
    tellDamage()
    tellNext()
  }

  private func tellDetails(_ text: ReportText) {
    let terminal = session.terminal
    for line in text.table + text.remarks { terminal.result(line) }
    for line in skips { terminal.result("skipped: \(line)", .warning) }
    let rest = report.total(\.skipped) - skips.count
    if rest > 0 {
      let command = ShellText.line(["mailmove"] + session.statusArguments)
      terminal.result("and \(Quantity.count(rest)) more; '\(command)' lists all", .warning)
    }
  }

  /// Whether anybody watches or not: what an archive lost may be had from elsewhere as long as
  /// somebody knows.
  private func tellDamage() {
    for damage in report.damages { session.terminal.complain(damage) }
    let damaged = report.total(\.damaged)
    guard damaged > 0 else { return }
    // What this run met it has not asked the source for.
    let (rest, hint) =
      report.damages.isEmpty
      ? (
        "and the source does not have them any more",
        "'mailmove archive check' tells which; take their segments from a copy of the archive"
      )
      : (
        "which the next run takes again if the source has them",
        "'mailmove archive check' tells which"
      )
    session.terminal.complain(
      SyncError(
        .archiveDamaged, scope: .message, remedy: .skip, side: .target,
        detail: "\(Quantity.count(damaged, "message")) on record as damaged, \(rest)", hint: hint))
  }

  private func tellNext() {
    let terminal = session.terminal
    switch status {
    case .success: terminal.next(["verify"] + session.arguments)
    case .skips:
      let skipped = report.total(\.skipped) + report.total(\.lost)
      if skipped == 0, report.total(\.damaged) > 0 || !report.damages.isEmpty { break }
      if terminal.isWatched || skipped == 0 {
        terminal.next(session.statusArguments)
      } else if !terminal.manner.isJSON {
        let command = ShellText.line(["mailmove"] + session.statusArguments)
        let whose = terminal.job.map { "\($0): " } ?? ""
        terminal.word(
          "\(whose)\(Quantity.count(skipped, "message")) not moved; '\(command)' says why")
      }
    case .interrupted, .terminated, .temporary: terminal.next(["sync"] + session.arguments)
    case .internalFault, .usage, .guarded, .differences, .localState, .locked,
      .cannotConnectSource, .cannotConnectTarget, .loginSource, .loginTarget, .tlsTrust,
      .targetFull:
      break
    }
  }
}
