// mailmove: tests of sync for all jobs.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SyncEngine
import Synchronization
import Testing

@testable import MailCommands
@testable import MailJobs

@Suite("sync --all")
struct AllJobsTests {
  private let folder: TemporaryFolder
  private let environment: [String: String]

  init() throws {
    folder = try TemporaryFolder()
    environment = [
      "HOME": folder.path, "MAILMOVE_SOURCE_PASSWORD": "hunter2",
      "MAILMOVE_TARGET_PASSWORD": "hunter3", "NO_COLOR": "1",
    ]
  }

  /// Writes a configuration with jobs that have nothing but their names, and these lines more.
  private func configure(_ names: [String], _ more: [String: String] = [:]) throws {
    var text = "version: 1\njobs:\n"
    for name in names {
      text += "  \(name):\n    source: imaps://\(name)@old.example.org\n"
      text += "    target: imaps://\(name)@new.example.org\n"
      if let line = more[name] { text += "    \(line)\n" }
    }
    _ = try folder.file(".config/mailmove/config.yaml", text)
  }

  private func run(
    _ arguments: [String], engine: FakeEngine = FakeEngine(), isWatched: Bool = false,
    without missing: Set<String> = []
  ) async -> (status: MailJobs.ExitStatus, output: String, errors: String) {
    let recorder = Recorder(
      environment.filter { !missing.contains($0.key) }, isWatched: isWatched)
    let status = await MailMoveCommand.run(
      ["sync", "--all"] + arguments, recorder.surroundings, engine: engine)
    #expect(!(recorder.output + recorder.errors).contains("hunter"))
    return (status, recorder.output, recorder.errors)
  }

  private static var clean: Report {
    var report = Samples.report
    report.mailboxes[0].skipped = 0
    return report
  }

  private static let summary =
    "1,234 messages copied (48.1 MB), 7 already there, 2 with flags updated, "
    + "0 skipped in 2 folders, 0s"

  @Test func jobsRunInTheOrderOfTheFileAndInCronEachHasOneLine() async throws {
    try configure(["zoe", "ann", "bob"])
    let engine = FakeEngine(report: Self.clean)
    let said = await run([], engine: engine)
    #expect(said.status == .success)
    #expect(engine.jobs.map(\.name) == ["zoe", "ann", "bob"])
    #expect(
      said.output == ["zoe", "ann", "bob"].map { "\($0): \(Self.summary)\n" }.joined())
    #expect(said.errors.isEmpty)
  }

  @Test func quietSaysNothingWhenAllIsWell() async throws {
    try configure(["zoe", "ann"])
    let said = await run(["-q"], engine: FakeEngine(report: Self.clean))
    #expect(said.status == .success)
    #expect(said.output.isEmpty && said.errors.isEmpty)
  }

  @Test func afterAFailureTheOthersRunAndTheGravestCodeIsTheResult() async throws {
    try configure(["zoe", "ann", "bob", "eve"])
    let engine = FakeEngine(
      report: Self.clean,
      failures: [
        "ann": SyncError(.throttled, scope: .endpoint, remedy: .stop, side: .source),
        "bob": SyncError(.loginRefused, scope: .endpoint, remedy: .stop, side: .target),
      ])
    let said = await run([], engine: engine)
    #expect(said.status == .loginTarget)
    #expect(engine.jobs.map(\.name) == ["zoe", "ann", "bob", "eve"])
    #expect(
      said.output == """
        zoe: \(Self.summary)
        ann: nothing was done: not finished, run it again (exit code 5)
        bob: nothing was done: login refused by the target (exit code 13)
        eve: \(Self.summary)

        """)
    #expect(said.errors.contains("mailmove: ann: the source server asks to slow down\n"))
    #expect(said.errors.contains("mailmove: bob: the target server refused the login\n"))
    let quiet = await run(["-q"], engine: engine)
    #expect(quiet.output.isEmpty)
    #expect(quiet.errors == said.errors)
  }

  @Test func aJobWithBrokenSettingsFailsAlone() async throws {
    try configure(
      ["zoe", "ann", "bob"], ["zoe": "lanes: many", "ann": "source-password-file: /no/such"])
    let engine = FakeEngine(report: Self.clean)
    let said = await run([], engine: engine, without: ["MAILMOVE_SOURCE_PASSWORD"])
    #expect(said.status == .usage)
    // bob has no password, and there is nobody to ask.
    #expect(engine.jobs.isEmpty)
    #expect(said.errors.contains("mailmove: zoe: "))
    #expect(said.errors.contains("config.yaml:6:12: lanes: expected a number from 1 to 16"))
    #expect(said.errors.contains("mailmove: ann: source-password-file: cannot read /no/such"))
    let better = await run([], engine: engine)
    #expect(better.status == .usage)
    #expect(engine.jobs.map(\.name) == ["ann", "bob"])
    #expect(
      better.output.hasPrefix(
        "zoe: nothing was done: wrong usage or configuration (exit code 2)\nann: 1,234"))
  }

  @Test func optionsOfTheCommandHoldForAllJobs() async throws {
    try configure(["zoe", "ann"], ["ann": "lanes: 2"])
    let engine = FakeEngine(report: Self.clean)
    _ = await run(["--lanes", "5", "--into", "Old", "--state", folder.path + "/s"], engine: engine)
    #expect(engine.jobs.map(\.options.lanes) == [5, 5])
    #expect(engine.jobs.map(\.rules.into) == ["Old", "Old"])
    #expect(
      engine.jobs.map(\.ledger) == ["zoe", "ann"].map { "\(folder.path)/s/\($0).sqlite" })
  }

  @Test func onATerminalATableEndsIt() async throws {
    try configure(["zoe", "ann", "bob"], ["bob": "lanes: many"])
    let said = await run([], isWatched: true)
    #expect(said.status == .usage)
    let lines = said.output.split(separator: "\n").map(String.init)
    #expect(lines.first == "zoe, job 1 of 3")
    #expect(
      lines.suffix(4).map { $0.split(separator: " ").joined(separator: " ") } == [
        "job copied already there flags updated skipped result exit code",
        "zoe 1,234 7 2 1 finished, not everything was moved 3",
        "ann 1,234 7 2 1 finished, not everything was moved 3",
        "bob wrong usage or configuration 2",
      ])
    #expect(Set(lines.suffix(4).map(\.count)).count == 1)
    #expect(!said.errors.contains("next:"))
  }

  @Test func afterASignalNoFurtherJobBegins() async throws {
    try configure(["zoe", "ann", "bob"])
    let wish = StopWish()
    let interrupted = SyncError(.interrupted, scope: .run, remedy: .stop, side: .local)
    let engine = FakeEngine(failures: ["ann": interrupted]) { job in
      if job.name == "ann" { _ = wish.note(SIGTERM) }
    }
    let recorder = Recorder(environment)
    let list = try JobList(options: [], environment: environment)
    let all = AllJobs(list, engine, recorder.surroundings)
    let outcomes = await all.run(under: wish)
    #expect(engine.jobs.map(\.name) == ["zoe", "ann"])
    #expect(outcomes.map(\.status) == [.skips, .terminated, nil])
    #expect(await all.conclude(outcomes, signal: wish.signal) == .terminated)
  }

  @Test func aSignalThatCameTooLateForAJobStillEndsTheRest() async throws {
    try configure(["zoe", "ann"])
    let wish = StopWish()
    let engine = FakeEngine(report: Self.clean) { _ in _ = wish.note(SIGINT) }
    let list = try JobList(options: [], environment: environment)
    let all = AllJobs(list, engine, Recorder(environment).surroundings)
    let outcomes = await all.run(under: wish)
    #expect(outcomes.map(\.status) == [.success, nil])
    #expect(await all.conclude(outcomes, signal: wish.signal) == .interrupted)
  }

  @Test func programsAreToldOfEachJobAndOfTheEnd() async throws {
    try configure(["zoe", "ann"], ["ann": "lanes: many"])
    let said = await run(["--json"])
    var events: [[String: Any]] = []
    for line in said.output.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
      events.append(try #require(object as? [String: Any]))
    }
    let last = events.popLast()
    let all = try #require(last)
    #expect(all["event"] as? String == "all-finished")
    #expect(all["exit"] as? Int == 2)
    let jobs = try #require(all["jobs"] as? [[String: Any]])
    #expect(jobs.map { $0["job"] as? String } == ["zoe", "ann"])
    #expect(jobs.map { $0["exit"] as? Int } == [3, 2])
    for event in events { #expect(event["job"] is String) }
    let finished = events.filter { $0["event"] as? String == "job-finished" }
    #expect(finished.map { $0["job"] as? String } == ["zoe", "ann"])
    #expect(finished.map { $0["copied"] as? Int } == [1234, nil])
    #expect(finished.first?["result"] as? String == "finished, not everything was moved")
    #expect(events.contains { $0["event"] as? String == "error" && $0["job"] as? String == "ann" })
  }

  @Test func aDryRunShowsThePlanOfEachJobUnderItsName() async throws {
    try configure(["zoe", "ann"])
    let said = await run(["-n"])
    #expect(said.status == .success)
    #expect(said.output.hasPrefix("zoe, job 1 of 2\nfolder "))
    #expect(said.output.contains("\nann, job 2 of 2\nfolder "))
    #expect(!said.output.contains("exit code"))
  }

  @Test func aRuleOfAllJobsIsToldOnlyIfItFitsInNone() async throws {
    _ = try folder.file(
      ".config/mailmove/config.yaml",
      """
      version: 1
      defaults:
        exclude: [Trash, Trsah]
      jobs:
        zoe: {source: imaps://zoe@old.example.org, target: imaps://zoe@new.example.org}
        ann: {source: imaps://ann@old.example.org, target: imaps://ann@new.example.org}
        bob:
          source: imaps://bob@old.example.org
          target: imaps://bob@new.example.org
          exclude: [Typo]

      """)
    let folders = ["zoe": ["INBOX", "Trash"], "ann": ["INBOX"], "bob": ["INBOX"]]
    let engine = FakeEngine(report: Self.clean, folders: folders)
    for arguments in [["-q"], ["-q", "-n"]] {
      let said = await run(arguments, engine: engine)
      #expect(said.status == .success)
      #expect(
        said.errors == """
          mailmove: bob: warning: --exclude Typo fits no folder of the source
          mailmove: warning: --exclude Trsah fits no folder of the source

          """, "\(said.errors)")
    }
    // In a run of one job nobody knows whether it fits in another.
    let recorder = Recorder(environment)
    #expect(
      await MailMoveCommand.run(["sync", "-q", "ann"], recorder.surroundings, engine: engine)
        == .success)
    #expect(recorder.errors.isEmpty)
  }

  @Test func whereARuleOfAllJobsSelectsNothingAnywhereThatIsTheResult() async throws {
    try configure(["zoe", "ann"])
    let engine = FakeEngine(
      report: Self.clean, folders: ["zoe": ["INBOX", "Work"], "ann": ["INBOX"]])
    let fitting = await run(["-q", "--include", "Work"], engine: engine)
    #expect(fitting.status == .success && fitting.errors.isEmpty)
    for arguments in [["-q", "--include", "Wrok"], ["-q", "-n", "--include", "Wrok"]] {
      let said = await run(arguments, engine: engine)
      #expect(said.status == .usage)
      #expect(said.errors.contains("warning: --include Wrok fits no folder"), "\(said.errors)")
      #expect(said.errors.contains("mailmove: no folder is selected\n"), "\(said.errors)")
    }
  }

  @Test func addressesAndAllExcludeEachOtherAndAllNeedsJobs() async throws {
    let both = await run(["imaps://a@h", "imaps://a@i"])
    #expect(both.status == .usage)
    #expect(both.errors.contains("--all takes no address and no name of a job"))
    let missing = await run([])
    #expect(missing.status == .usage)
    #expect(missing.errors.contains("config.yaml does not exist"))
    _ = try folder.file(".config/mailmove/config.yaml", "version: 1\n")
    #expect(await run([]).errors.contains("config.yaml has no jobs"))
    let recorder = Recorder(environment)
    let nothing = await MailMoveCommand.run(["sync"], recorder.surroundings, engine: FakeEngine())
    #expect(nothing == .usage)
    #expect(recorder.errors.contains("mailmove: there is nothing to work on\n  give two"))
  }
}
