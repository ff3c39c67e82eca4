// mailmove: writing metrics after a run.
// SPDX-License-Identifier: Apache-2.0

import MailJobs

/// Writes the metrics of jobs that have run to the files that their settings name.
struct MetricsWriter {
  let engine: any Engine
  /// Is told what could not be written.
  let terminal: Terminal

  /// Jobs that name the same file share it. False if a file could not be written.
  func write(_ outcomes: [JobOutcome]) async -> Bool {
    var files: [(path: String, jobs: [Metrics])] = []
    for outcome in outcomes {
      guard let path = outcome.metricsFile else { continue }
      let metrics = Metrics(outcome, history: await history(of: outcome))
      if let index = files.firstIndex(where: { $0.path == path }) {
        files[index].jobs.append(metrics)
      } else {
        files.append((path, [metrics]))
      }
    }
    var isWritten = true
    for (path, jobs) in files {
      do { try MetricsFile.replace(path, with: MetricsText(jobs: jobs).text) } catch {
        isWritten = false
        tell(path, error)
      }
    }
    return isWritten
  }

  /// A ledger that cannot be read has been told already, or belongs to a job that never ran.
  private func history(of outcome: JobOutcome) async -> LedgerHistory? {
    guard let ledger = outcome.ledger else { return nil }
    return try? await engine.history(ofLedgerAt: ledger)
  }

  private func tell(_ path: String, _ error: UsageError) {
    let message = "cannot write the metrics file \(SafeText.visible(path)): \(error.message)"
    terminal.complain(
      message, hint: "check --metrics-file; its folder has to exist and to be writable")
    terminal.event("notice", [("message", .string(message))])
  }
}
