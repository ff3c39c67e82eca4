// mailmove: the subcommand plan.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MailJobs
import SyncEngine

/// Shows what a run would do and changes nothing.
struct PlanCommand: JobCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show where every folder would go and why, with counts and limits; change nothing.",
    usage: "mailmove plan (<source> <target> | <job>) [<options>]",
    discussion: """
      EXAMPLE
        mailmove plan imaps://alice@old.example.org imaps://alice@new.example.org \\
          --exclude 'Trash*' --map 'Old stuff=Archive/Old stuff'

      EXIT CODES
        0        the plan is shown
        1        a fault in mailmove
        2        wrong usage or configuration, nothing touched
        3        the plan is shown; some folders cannot be opened
        5        temporary, run again
        7        ledger
        10, 11   cannot connect to the source, the target
        12, 13   login refused by the source, the target
        14       the server's TLS cannot be trusted
        130, 143 interrupted
      """)

  @OptionGroup var job: JobOptions
  @OptionGroup(title: "Source") var sourceOptions: EndpointOptions<AtSource>
  @OptionGroup(title: "Target") var targetOptions: EndpointOptions<AtTarget>
  @OptionGroup(title: "Folders") var folders: FolderOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup(title: "Deleting at the source") var removal: RemovalOptions

  func perform(_ engine: any Engine, _ surroundings: Surroundings) async throws -> ExitStatus {
    let request = try self.request(environment: surroundings.environment)
    return await Planning(try JobSession(request, engine, surroundings)).perform().status
  }

  func collect(into given: inout GivenOptions) throws(UsageError) {
    try removal.collect(into: &given)
  }
}

/// Makes a plan and shows it, for `plan` and for `sync --dry-run`.
struct Planning {
  let session: JobSession

  init(_ session: JobSession) { self.session = session }

  /// - Parameter wish: the wish to stop of all jobs, if this is one of several.
  func perform(under wish: StopWish? = nil) async -> (status: ExitStatus, rules: RuleCheck?) {
    let engine = session.engine
    let ending = await session.perform(writesLedger: false, under: wish) { job, hooks in
      try await engine.plan(job, hooks: hooks)
    }
    guard let report = ending.value else { return (ending.status, nil) }
    let terminal = session.terminal
    let text = PlanText(report: report)
    let mayBeNothing = session.draft.rules.maySelectNothing
    let status = ExitStatus(report, mayBeNothing: mayBeNothing)
    terminal.event("plan", text.fields(exit: status))
    if !terminal.manner.isJSON, !terminal.manner.isQuiet {
      for line in text.table + text.remarks { terminal.result(line) }
    }
    for rule in report.rules?.told ?? [] { terminal.warn(rule) }
    if status == .usage { terminal.complainOfNothingSelected() }
    for failure in text.failures { terminal.complain(failure) }
    terminal.next(["sync"] + session.arguments)
    return (status, report.rules)
  }
}
