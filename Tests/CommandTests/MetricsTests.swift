// mailmove: tests of the metrics file.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SyncEngine
import Testing

@testable import MailCommands
@testable import MailJobs

@Suite struct MetricsTests {
  private let folder: TemporaryFolder
  private let accounts = ["imaps://alice@old.example.org", "imaps://alice@new.example.org"]
  private var file: String { folder.path + "/mail.prom" }

  init() throws { folder = try TemporaryFolder() }

  private func run(
    _ arguments: [String], engine: FakeEngine = FakeEngine(), with more: [String: String] = [:]
  ) async -> (status: MailJobs.ExitStatus, output: String, errors: String) {
    var environment = [
      "HOME": folder.path, "MAILMOVE_SOURCE_PASSWORD": "hunter2",
      "MAILMOVE_TARGET_PASSWORD": "hunter3", "MAILMOVE_METRICS_FILE": file,
    ]
    environment.merge(more) { _, new in new }
    let recorder = Recorder(environment)
    let status = await MailMoveCommand.run(
      ["sync"] + arguments, recorder.surroundings, engine: engine)
    return (status, recorder.output, recorder.errors)
  }

  private func configure(_ jobs: String) throws {
    _ = try folder.file(".config/mailmove/config.yaml", "version: 1\njobs:\n" + jobs)
  }

  private static let alice =
    "  alice: {source: imaps://a@old.example.org, target: imaps://a@new.example.org}\n"

  private func text() throws -> String { try String(contentsOfFile: file, encoding: .utf8) }

  private func value(_ name: String, of job: String = "alice") throws -> String? {
    let head = "mailmove_\(name){job=\"\(job)\"} "
    let line = try text().split(separator: "\n").first { $0.hasPrefix(head) }
    return line.map { String($0.dropFirst(head.count)) }
  }

  private static func history(
    exit: Int32? = 0, success: Int64? = nil, finished: Int64? = nil
  ) -> LedgerHistory {
    LedgerHistory(
      lastRun: .init(started: 900, ended: 1000, exitCode: exit), lastSuccess: success,
      lastFinished: finished,
      summary: JobSummary(mailboxes: [
        .init(
          pair: Samples.inbox,
          counts: [.stored: 40, .alreadyThere: 2, .skipped: 3, .lost: 1, .pending: 5],
          bytesAtTarget: 0)
      ]))
  }

  @Test func theTextIsExact() async throws {
    try configure(Self.alice)
    let said = await run(
      ["alice"], engine: FakeEngine(history: Self.history(success: 500, finished: 600)))
    #expect(said.status == .skips)
    #expect(
      try text() == """
        # HELP mailmove_last_run_timestamp_seconds When the last run ended; 0 if there was none.
        # TYPE mailmove_last_run_timestamp_seconds gauge
        mailmove_last_run_timestamp_seconds{job="alice"} 1772366400
        # HELP mailmove_last_success_timestamp_seconds When a run last accounted for every message \
        (exit code 0); 0 if none did.
        # TYPE mailmove_last_success_timestamp_seconds gauge
        mailmove_last_success_timestamp_seconds{job="alice"} 500
        # HELP mailmove_last_finished_timestamp_seconds When a run last went through, with or \
        without skips (exit code 0 or 3); 0 if none did.
        # TYPE mailmove_last_finished_timestamp_seconds gauge
        mailmove_last_finished_timestamp_seconds{job="alice"} 1772366400
        # HELP mailmove_run_duration_seconds How long the last run took.
        # TYPE mailmove_run_duration_seconds gauge
        mailmove_run_duration_seconds{job="alice"} 0.000
        # HELP mailmove_exit_code The exit code of the last run.
        # TYPE mailmove_exit_code gauge
        mailmove_exit_code{job="alice"} 3
        # HELP mailmove_messages_copied Messages the last run copied.
        # TYPE mailmove_messages_copied gauge
        mailmove_messages_copied{job="alice"} 1234
        # HELP mailmove_bytes_copied Bytes of the messages the last run copied.
        # TYPE mailmove_bytes_copied gauge
        mailmove_bytes_copied{job="alice"} 48100000
        # HELP mailmove_flags_updated Messages whose flags the last run carried over.
        # TYPE mailmove_flags_updated gauge
        mailmove_flags_updated{job="alice"} 2
        # HELP mailmove_messages_removed Messages the last run deleted from the source.
        # TYPE mailmove_messages_removed gauge
        mailmove_messages_removed{job="alice"} 0
        # HELP mailmove_messages_kept Messages the last run was to delete from the source and \
        kept.
        # TYPE mailmove_messages_kept gauge
        mailmove_messages_kept{job="alice"} 0
        # HELP mailmove_target_damages Damage at the target that the last run met or left.
        # TYPE mailmove_target_damages gauge
        mailmove_target_damages{job="alice"} 0
        # HELP mailmove_messages_at_target Messages on record as being at the target.
        # TYPE mailmove_messages_at_target gauge
        mailmove_messages_at_target{job="alice"} 42
        # HELP mailmove_messages_skipped Messages on record as not moved, for a reason.
        # TYPE mailmove_messages_skipped gauge
        mailmove_messages_skipped{job="alice"} 3
        # HELP mailmove_messages_lost Messages on record as moved once and gone from the target.
        # TYPE mailmove_messages_lost gauge
        mailmove_messages_lost{job="alice"} 1
        # HELP mailmove_messages_pending Messages on record as still to be moved.
        # TYPE mailmove_messages_pending gauge
        mailmove_messages_pending{job="alice"} 5

        """)
    #expect(try metricsFiles() == ["mail.prom"])
  }

  private func metricsFiles() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      $0.contains("prom")
    }
  }

  @Test func theMetricsTellWhatWasDeletedFromTheSource() async throws {
    try configure(Self.alice)
    var report = Samples.report
    report.mailboxes[0].removed = 40
    report.mailboxes[1].removed = 2
    report.mailboxes[1].kept = 3
    _ = await run(["alice"], engine: FakeEngine(report: report))
    #expect(try value("messages_removed") == "42")
    #expect(try value("messages_kept") == "3")
  }

  @Test func labelsAreEscaped() {
    #expect(MetricsText.escaped("a\\b\"c\nd") == "a\\\\b\\\"c\\nd")
    #expect(MetricsText.escaped("älice-1.x") == "älice-1.x")
  }

  @Test func durationsAreSecondsWithMilliseconds() throws {
    let settings = Settings([])
    let surroundings = Recorder(["HOME": "/"]).surroundings
    var outcome = JobOutcome("a", .success, settings: settings, surroundings)
    for (milliseconds, text) in [(12_005, "12.005"), (999, "0.999"), (3_600_000, "3600.000")] {
      outcome.elapsed = .milliseconds(milliseconds)
      let lines = MetricsText(jobs: [Metrics(outcome, history: nil)]).text
      #expect(lines.contains("mailmove_run_duration_seconds{job=\"a\"} \(text)\n"))
    }
  }

  @Test func aFailedRunHasMetricsAndKeepsTheTimeOfTheLastSuccess() async throws {
    try configure(Self.alice)
    let engine = FakeEngine(
      failure: Samples.error(.loginRefused, .target),
      history: Self.history(success: 500, finished: 600))
    #expect(await run(["alice"], engine: engine).status == .loginTarget)
    #expect(try value("exit_code") == "13")
    #expect(try value("last_run_timestamp_seconds") == "1772366400")
    #expect(try value("last_success_timestamp_seconds") == "500")
    #expect(try value("last_finished_timestamp_seconds") == "600")
    #expect(try value("messages_copied") == "0")
    #expect(try value("messages_at_target") == "42")
  }

  @Test func withoutALedgerTheTimesAreZeroAndWhatIsNotKnownIsLeftOut() async throws {
    try configure(Self.alice)
    let engine = FakeEngine(failure: Samples.error(.journalFailed, .local))
    #expect(await run(["alice"], engine: engine).status == .localState)
    #expect(try value("last_success_timestamp_seconds") == "0")
    #expect(try value("messages_at_target") == nil)
    #expect(try !text().contains("mailmove_messages_at_target"))
  }

  @Test func successIsNowWhenTheRunSucceeded() async throws {
    var report = Samples.report
    report.mailboxes[0].skipped = 0
    #expect(await run(accounts, engine: FakeEngine(report: report)).status == .success)
    let text = try text()
    let job = try #require(text.firstMatch(of: /last_success[^ ]*\{job="(alice-old[^"]*)"\}/)).1
    #expect(try value("last_success_timestamp_seconds", of: String(job)) == "1772366400")
  }

  @Test func allJobsShareOneFileAndThoseWithTheirOwnHaveTheirOwn() async throws {
    let own = folder.path + "/bob.prom"
    try configure(
      """
      \(Self.alice)  bob:
          source: imaps://b@old.example.org
          target: imaps://b@new.example.org
          metrics-file: \(own)
        eve: {source: imaps://e@h, target: imaps://e@i, lanes: many}

      """)
    let said = await run(
      ["--all"], engine: FakeEngine(history: Self.history()), with: ["MAILMOVE_METRICS_FILE": ""])
    #expect(said.status == .usage)
    #expect(!FileManager.default.fileExists(atPath: file))
    let bob = try String(contentsOfFile: own, encoding: .utf8)
    #expect(bob.contains("mailmove_exit_code{job=\"bob\"} 3\n"))
    #expect(!bob.contains("alice"))
    _ = await run(["--all"], engine: FakeEngine(history: Self.history()))
    #expect(try value("exit_code", of: "alice") == "3")
    #expect(try value("exit_code", of: "bob") == "3")
    #expect(try value("exit_code", of: "eve") == "2")
    #expect(try text().components(separatedBy: "# TYPE mailmove_exit_code gauge").count == 2)
  }

  @Test func aJobThatWasNotBegunTellsOfItsLastRun() throws {
    let surroundings = Recorder(["HOME": "/"]).surroundings
    let outcome = JobOutcome("a", nil, settings: Settings([]), surroundings)
    let metrics = Metrics(outcome, history: Self.history(exit: 5, success: 500))
    #expect(metrics.lastRun == 1000)
    #expect(metrics.exitCode == 5)
    #expect(metrics.lastSuccess == 500)
    #expect(metrics.copied == nil && metrics.duration == nil)
    #expect(metrics.atTarget == 42)
  }

  @Test func aJobWithBrokenSettingsHasMetricsAndATypingMistakeHasNone() async throws {
    try configure(
      "  alice: {source: imaps://a@h, target: imaps://a@i, lanes: many}\n"
        + "  bob: {source: imaps://b@h, target: http://b@i}\n")
    #expect(await run(["alice"]).status == .usage)
    #expect(try value("exit_code") == "2")
    #expect(await run(["bob"]).status == .usage)
    #expect(try value("exit_code", of: "bob") == "2")
    let before = try text()
    #expect(await run(["alcie"]).status == .usage)
    #expect(await run(["alice", "--dry-run"]).status == .usage)
    #expect(try text() == before)
  }

  @Test func aPlanWritesNoMetrics() async throws {
    _ = await run(accounts + ["--dry-run"])
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test func aFileThatCannotBeWrittenIsToldAndMakesASuccessAFailure() async throws {
    let more = ["MAILMOVE_METRICS_FILE": folder.path + "/none/mail.prom"]
    let said = await run(["-q"] + accounts, with: more)
    #expect(said.status == .localState)
    #expect(
      said.errors.contains(
        "mailmove: cannot write the metrics file \(folder.path)/none/mail.prom: "
          + "there is no such file\n  check --metrics-file"))
    let failed = await run(
      accounts, engine: FakeEngine(failure: Samples.error(.loginRefused, .target)), with: more)
    #expect(failed.status == .loginTarget)
    #expect(failed.errors.contains("cannot write the metrics file"))
    try configure(Self.alice)
    #expect(await run(["--all"], with: more).status == .localState)
  }

  @Test func theFileIsReplacedAsAWholeAndStaysWhenThatFails() throws {
    try MetricsFile.replace(file, with: "old\n")
    let reader = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
    try MetricsFile.replace(file, with: "new\n")
    #expect(try text() == "new\n")
    // Whoever has opened the old one reads all of the old one.
    #expect(try reader.readToEnd() == Data("old\n".utf8))
    let occupied = folder.path + "/folder.prom"
    try FileManager.default.createDirectory(
      atPath: occupied + "/x", withIntermediateDirectories: true)
    #expect(throws: UsageError.self) { try MetricsFile.replace(occupied, with: "new\n") }
    #expect(throws: UsageError.self) { try MetricsFile.replace(folder.path + "/", with: "") }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        == ["folder.prom", "mail.prom"])
  }
}
