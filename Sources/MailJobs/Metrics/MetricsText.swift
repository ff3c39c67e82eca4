// mailmove: metrics as Prometheus reads them.
// SPDX-License-Identifier: Apache-2.0

/// Metrics in Prometheus' text exposition format, version 0.0.4.
///
/// For each metric a `HELP` and a `TYPE` line, then one sample for each job. What is not known has
/// no sample, and a metric without samples is left out.
package struct MetricsText {
  let jobs: [Metrics]

  package init(jobs: [Metrics]) { self.jobs = jobs }

  struct Metric: Sendable {
    let name: String
    let help: String
    let value: @Sendable (Metrics) -> String?

    init(_ name: String, _ help: String, _ value: @escaping @Sendable (Metrics) -> String?) {
      self.name = "mailmove_" + name
      self.help = help
      self.value = value
    }
  }

  static let metrics: [Metric] = [
    Metric("last_run_timestamp_seconds", "When the last run ended; 0 if there was none.") {
      "\($0.lastRun)"
    },
    Metric(
      "last_success_timestamp_seconds",
      "When a run last accounted for every message (exit code 0); 0 if none did."
    ) { "\($0.lastSuccess)" },
    Metric(
      "last_finished_timestamp_seconds",
      "When a run last went through, with or without skips (exit code 0 or 3); 0 if none did."
    ) { "\($0.lastFinished)" },
    Metric("run_duration_seconds", "How long the last run took.") { $0.duration.map(seconds) },
    Metric("exit_code", "The exit code of the last run.") { $0.exitCode.map { "\($0)" } },
    Metric("messages_copied", "Messages the last run copied.") { $0.copied.map { "\($0)" } },
    Metric("bytes_copied", "Bytes of the messages the last run copied.") {
      $0.copiedBytes.map { "\($0)" }
    },
    Metric("flags_updated", "Messages whose flags the last run carried over.") {
      $0.flagsUpdated.map { "\($0)" }
    },
    Metric("messages_removed", "Messages the last run deleted from the source.") {
      $0.removed.map { "\($0)" }
    },
    Metric("messages_kept", "Messages the last run was to delete from the source and kept.") {
      $0.kept.map { "\($0)" }
    },
    Metric("target_damages", "Damage at the target that the last run met or left.") {
      $0.damaged.map { "\($0)" }
    },
    Metric("messages_at_target", "Messages on record as being at the target.") {
      $0.atTarget.map { "\($0)" }
    },
    Metric("messages_skipped", "Messages on record as not moved, for a reason.") {
      $0.skipped.map { "\($0)" }
    },
    Metric("messages_lost", "Messages on record as moved once and gone from the target.") {
      $0.lost.map { "\($0)" }
    },
    Metric("messages_pending", "Messages on record as still to be moved.") {
      $0.pending.map { "\($0)" }
    },
  ]

  package var text: String {
    var lines: [String] = []
    for metric in Self.metrics {
      let samples = jobs.compactMap { job in
        metric.value(job).map { "\(metric.name){job=\"\(Self.escaped(job.job))\"} \($0)" }
      }
      guard !samples.isEmpty else { continue }
      lines.append("# HELP \(metric.name) \(metric.help)")
      lines.append("# TYPE \(metric.name) gauge")
      lines += samples
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// A label's value: backslash, quotation mark and line feed are escaped, everything else stands
  /// for itself.
  static func escaped(_ label: String) -> String {
    label.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("\n", with: "\\n")
  }

  /// `12.345`.
  private static func seconds(_ duration: Duration) -> String {
    let parts = max(duration, .zero).components
    let milliseconds = "\(parts.attoseconds / 1_000_000_000_000_000)"
    return
      "\(parts.seconds).\(String(repeating: "0", count: 3 - milliseconds.count))\(milliseconds)"
  }
}
