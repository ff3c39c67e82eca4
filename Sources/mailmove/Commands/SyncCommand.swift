// mailmove: the subcommand sync.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SyncEngine

/// Copies what is missing and carries flags over; never deletes.
struct SyncCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Copy what is missing at the target and carry flags over.",
    discussion: """
      EXAMPLE
        mailmove sync imaps://alice@old.example.org imaps://alice@new.example.org \\
          --source-password-file old.secret --target-password-command 'pass show new'
        mailmove sync alice          (a job in config.yaml)

      Nothing is ever deleted at the target, and at the source only with
      --delete-source, after every copy has been read again and compared.

      Typed again, it continues where it stopped and brings the target up to date.

      EXIT CODES
        0        everything is accounted for
        1        a fault in mailmove
        2        wrong usage or configuration, nothing touched
        3        finished, some messages were skipped
        4        a guard stopped it
        5        temporary, run again
        7        ledger, state folder or disk
        8        another run is going on
        10, 11   cannot connect to the source, the target
        12, 13   login refused by the source, the target
        14       the server's TLS cannot be trusted
        15       the target is full
        130, 143 interrupted
      """)

  @OptionGroup var job: JobOptions
  @Option(name: Setting.flags.optionName, help: Setting.flags.help)
  var flags: String?
  @Flag(name: Setting.full.optionName, help: Setting.full.help)
  var full = false
  @Flag(name: Setting.retrySkipped.optionName, help: Setting.retrySkipped.help)
  var retrySkipped = false
  @Flag(name: Setting.recopyLost.optionName, help: Setting.recopyLost.help)
  var recopyLost = false
  @Option(name: Setting.lanes.optionName, help: Setting.lanes.help)
  var lanes: String?
  @Option(name: Setting.deleteSource.optionName, help: Setting.deleteSource.help)
  var deleteSource: String?
  @Option(name: Setting.olderThan.optionName, help: Setting.olderThan.help)
  var olderThan: String?
  @Option(name: Setting.confirmDeletes.optionName, help: Setting.confirmDeletes.help)
  var confirmDeletes: String?
  @Flag(name: Setting.trustRewritten.optionName, help: Setting.trustRewritten.help)
  var trustRewritten = false
  @Flag(name: [.customShort("n"), .customLong("dry-run")], help: Setting.dryRun.help)
  var dryRun = false

  func perform(_ engine: any Engine, _ surroundings: Surroundings) async throws -> ExitStatus {
    let request = try job.request(with: collect, environment: surroundings.environment)
    let session = try JobSession(request, engine, surroundings)
    return session.isDryRun ? await Planning(session).perform() : await sync(session)
  }

  func collect(into given: inout GivenOptions) throws(UsageError) {
    try given.take(.flags, flags)
    try given.take(.full, ifSet: full)
    try given.take(.retrySkipped, ifSet: retrySkipped)
    try given.take(.recopyLost, ifSet: recopyLost)
    try given.take(.lanes, lanes)
    try given.take(.deleteSource, deleteSource)
    try given.take(.olderThan, olderThan)
    try given.take(.confirmDeletes, confirmDeletes)
    try given.take(.trustRewritten, ifSet: trustRewritten)
    try given.take(.dryRun, ifSet: dryRun)
  }

  private func sync(_ session: JobSession) async -> ExitStatus {
    let skips = SkipList()
    let engine = session.engine
    let ending = await session.perform(
      writesLedger: true,
      { job, hooks in try await engine.sync(job, hooks: hooks.alsoTelling(skips.note)) })
    guard let report = ending.value else { return ending.status }
    let status = ExitStatus(report).after(ending.signal)
    RunEnding(report: report, status: status, skips: skips.shown, session: session).tell()
    return status
  }
}

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
      terminal.result(text.summary, .strong)
    }
    for item in report.mailboxes {
      if let failure = item.failure { terminal.complain(failure) }
    }
    if let failure = report.failure { terminal.complain(failure) }
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

  private func tellNext() {
    let terminal = session.terminal
    switch status {
    case .success: terminal.next(["verify"] + session.arguments)
    case .skips:
      if terminal.isWatched {
        terminal.next(session.statusArguments)
      } else if !terminal.manner.isJSON {
        let skipped = report.total(\.skipped) + report.total(\.lost)
        let command = ShellText.line(["mailmove"] + session.statusArguments)
        terminal.word("\(Quantity.count(skipped, "message")) not moved; '\(command)' says why")
      }
    case .interrupted, .terminated, .temporary: terminal.next(["sync"] + session.arguments)
    case .internalFault, .usage, .guarded, .differences, .localState, .locked,
      .cannotConnectSource, .cannotConnectTarget, .loginSource, .loginTarget, .tlsTrust,
      .targetFull:
      break
    }
  }
}
