// mailmove: the subcommand status.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MailJobs
import SyncEngine

/// Says where a job stands, from its ledger alone.
struct StatusCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Say where a job stands and list every message not moved; connect to nothing.",
    usage: "mailmove status [<job>] [<options>]",
    discussion: """
      EXAMPLE
        mailmove status              (all jobs)
        mailmove status alice

      EXIT CODES
        0        everything is accounted for
        1        a fault in mailmove
        2        there is no such job
        3        some messages were not moved
        5        there is still something to do, or the last run broke off
        7        the ledger cannot be read
      """)

  @Argument(help: "A job, as it is named in config.yaml or in the list of all jobs.")
  var job: String?
  @OptionGroup var output: OutputOptions

  func perform(_ engine: any Engine, _ surroundings: Surroundings) async throws -> ExitStatus {
    var given = GivenOptions()
    try output.collect(into: &given)
    let variables = try Settings.choices(in: surroundings.environment, of: Setting.output)
    let early = Settings([given.choices, variables])
    let configuration = try ConfigurationFile.load(
      early, surroundings.environment, isNeeded: false)
    let ofJob = job.flatMap { try? configuration.job(named: $0) }?.choices ?? []
    let settings = Settings([given.choices, variables, ofJob, configuration.defaults])
    let terminal = Terminal(Terminal.Manner(settings), surroundings)
    let state = try StateFolder(settings, environment: surroundings.environment)
    let names = try names(in: state)
    var worst = ExitStatus.success
    for name in names {
      do {
        let standing = try await engine.standing(ofLedgerAt: state.ledger(name))
        worst = worst.worse(ExitStatus(standing))
        tell(StatusText(name: name, standing: standing), terminal)
      } catch {
        worst = worst.worse(terminal.tell(error))
      }
    }
    if names.isEmpty { terminal.word("no jobs in \(SafeText.visible(state.path))") }
    return worst
  }

  private func names(in state: StateFolder) throws(UsageError) -> [LedgerName] {
    let all = state.ledgers()
    guard let job else { return all }
    if let exact = all.first(where: { $0.description == job }) { return [exact] }
    throw UsageError(
      "there is no ledger of a job '\(SafeText.visible(job))' in \(SafeText.visible(state.path))",
      hint: Suggestion.closest(to: job, in: all.map(\.description))
        ?? "'mailmove status' lists all jobs")
  }

  private func tell(_ text: StatusText, _ terminal: Terminal) {
    terminal.event("status", text.fields)
    guard !terminal.manner.isJSON, !terminal.manner.isQuiet else { return }
    for (index, line) in text.head.enumerated() {
      terminal.result(line, index == 0 ? .strong : .none)
    }
    guard job != nil else { return }
    for line in text.table { terminal.result(line) }
    for line in text.unmoved { terminal.result("not moved: \(line)", .warning) }
    for line in text.keptMessages { terminal.result("not deleted: \(line)", .warning) }
  }
}
