// mailmove: the subcommand verify.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MailJobs
import SyncEngine

/// Compares source, ledger and target.
struct VerifyCommand: JobCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compare source, ledger and target; change nothing.",
    usage: "mailmove verify (<source> <target> | <job>) [<options>]",
    discussion: """
      EXAMPLE
        mailmove verify imaps://alice@old.example.org imaps://alice@new.example.org --level bytes

      LEVELS
        counts     numbers of messages; not which messages they are
        metadata   also size, flags and date of every message
        headers    also every header
        bytes      also every byte, read again from both sides

      EXIT CODES
        0        no differences
        1        a fault in mailmove
        2        wrong usage or configuration, nothing touched
        3        nothing but messages on record as skipped, folders that cannot be opened, or
                 folders that no run has put on record yet
        5        temporary, run again
        6        differences
        7        ledger
        10, 11   cannot connect to the source, the target
        12, 13   login refused by the source, the target
        14       the server's TLS cannot be trusted
        130, 143 interrupted
      """)

  /// A longer list helps nobody on a terminal; `--json` has all of them.
  private static let shownMax = 50

  @OptionGroup var job: JobOptions
  @OptionGroup(title: "Source") var sourceOptions: EndpointOptions<AtSource>
  @OptionGroup(title: "Target") var targetOptions: EndpointOptions<AtTarget>
  @OptionGroup(title: "Folders") var folders: FolderOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @Option(name: Setting.level.optionName, help: Setting.level.help)
  var level: String?

  func perform(_ engine: any Engine, _ surroundings: Surroundings) async throws -> ExitStatus {
    let request = try self.request(environment: surroundings.environment)
    let session = try JobSession(request, engine, surroundings)
    let level = session.level
    let ending = await session.perform(writesLedger: false) { job, hooks in
      try await engine.verify(job, level: level, hooks: hooks)
    }
    guard let report = ending.value else { return ending.status }
    let status = ExitStatus(report)
    tell(VerifyText(report: report), status, session.terminal)
    return status
  }

  func collect(into given: inout GivenOptions) throws(UsageError) {
    try given.take(.level, level)
  }

  private func tell(_ text: VerifyText, _ status: ExitStatus, _ terminal: Terminal) {
    terminal.event("verify", text.fields(exit: status))
    for rule in text.report.rules?.told ?? [] { terminal.warn(rule) }
    if text.report.rules?.selectsNothing == true { terminal.complainOfNothingSelected() }
    defer {
      for failure in text.report.mailboxes.compactMap(\.failure) { terminal.complain(failure) }
    }
    let isSilent = terminal.manner.isQuiet && status == .success
    guard !terminal.manner.isJSON, !isSilent else { return }
    if terminal.isWatched || terminal.manner.isVerbose {
      for line in text.table { terminal.result(line) }
    }
    list(text.differences(limit: Self.shownMax), of: text.report.differences.count, terminal)
    list(text.unmovedFolders(limit: Self.shownMax), of: text.report.unmoved.count, terminal)
    for line in text.remarks + [text.advice].compactMap(\.self) { terminal.result(line) }
    terminal.result(text.summary, .strong)
  }

  private func list(_ lines: [String], of count: Int, _ terminal: Terminal) {
    for line in lines { terminal.result(line, .warning) }
    guard count > lines.count else { return }
    terminal.result("and \(Quantity.count(count - lines.count)) more; --json lists all", .warning)
  }
}
