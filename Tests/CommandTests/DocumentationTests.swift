// mailmove: tests of docs/cli.md.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import SyncEngine
import Testing

@testable import MailCommands
@testable import MailJobs

@Suite struct DocumentationTests {
  private let page: String
  private let root: URL

  init() throws {
    root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    page = try String(contentsOf: root.appendingPathComponent("docs/cli.md"), encoding: .utf8)
  }

  @Test func everySettingIsDocumented() {
    for setting in Setting.all {
      let word = setting.places.contains(.option) ? setting.option : setting.variable
      #expect(page.contains("`\(word)`"), "\(word)")
    }
  }

  @Test func everyCauseIsDocumentedWithItsExitCode() {
    for cause in SyncError.Cause.allCases {
      let codes = [SyncError.Side.source, .target].map { side in
        MailJobs.ExitStatus(SyncError(cause, scope: .run, remedy: .stop, side: side))
      }
      let text =
        cause == .interrupted
        ? "130, 143"
        : codes[0] == codes[1]
          ? "\(codes[0].rawValue)" : "\(codes[0].rawValue), \(codes[1].rawValue)"
      let sentence = cause.sentence(for: .local)
      #expect(page.contains("| `\(cause.rawValue)` | \(sentence) | \(text) |"), "\(cause)")
      #expect(!cause.hint.isEmpty)
    }
  }

  @Test func everyExitCodeIsDocumented() {
    let cells = page.split(separator: "\n").filter { $0.hasPrefix("| ") }
      .compactMap { $0.split(separator: "|").first }
      .flatMap { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
    for status in MailJobs.ExitStatus.allCases {
      #expect(cells.contains("\(status.rawValue)"), "\(status)")
    }
  }

  @Test func everyEventAndFieldIsDocumented() {
    for event in Samples.events + [Samples.warning] {
      let (name, fields) = EventText.json(event)
      #expect(page.contains("| `\(name)` |"), "\(name)")
      for (field, _) in fields { #expect(page.contains("`\(field)`"), "\(name).\(field)") }
    }
    for name in ["report", "plan", "verify", "status", "probe", "error", "all-finished"] {
      #expect(page.contains("| `\(name)` |"), "\(name)")
    }
  }

  @Test func everyFieldOfTheEndIsDocumented() {
    let surroundings = Recorder(["HOME": "/"]).surroundings
    let outcome = JobOutcome("alice", .success, settings: Settings([]), surroundings)
    let fields =
      ReportText(report: Samples.report, elapsed: .zero).fields(exit: .success)
      + AllJobsText.fields(of: outcome)
      + AllJobsText(outcomes: [outcome], elapsed: .zero).fields(exit: .success)
    for (field, _) in fields {
      #expect(page.contains("`\(field)`"), "\(field)")
    }
  }

  /// What the page tells people to type has to be understood, whatever it is about.
  @Test func everyCommandOfTheNightlyPageIsUnderstood() throws {
    let nightly = try String(
      contentsOf: root.appendingPathComponent("docs/nightly.md"), encoding: .utf8)
    let lines = nightly.matches(of: /(?m)^(?:sudo -u mailmove )?mailmove (.+)$/).map { match in
      // Comments, where output goes, and what the shell makes of a sum.
      String(match.1).replacing(/\s+# .*/, with: "").replacing(/\s> .*/, with: "")
        .replacing(/"\$\(\(.*\)\)\/30"/, with: "3/30").replacing("'", with: "")
    }
    #expect(lines.count > 10)
    for line in lines {
      #expect(throws: Never.self, "\(line)") {
        _ = try MailMoveCommand.parseAsRoot(line.split(separator: " ").map(String.init))
      }
    }
  }

  @Test func everyMetricIsDocumentedWithItsMeaning() throws {
    let nightly = try String(
      contentsOf: root.appendingPathComponent("docs/nightly.md"), encoding: .utf8)
    for metric in MetricsText.metrics {
      #expect(nightly.contains("| `\(metric.name)` | \(metric.help) |"), "\(metric.name)")
    }
  }
}
