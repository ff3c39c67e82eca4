// mailmove: the subcommand probe.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MailJobs
import SyncEngine

/// Looks at one server.
struct ProbeCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract:
      "Look at one server: TLS, certificate, capabilities, limits, folders and their roles.",
    discussion: """
      EXAMPLE
        mailmove probe imaps://old.example.org            (without a login)
        mailmove probe imaps://alice@old.example.org --password-file old.secret

      It sends no password in clear text, and none at all when the address has
      no user.

      EXIT CODES
        0        the server answered
        1        a fault in mailmove
        2        wrong usage, nothing touched
        5        temporary, run again
        10       cannot connect
        12       login refused
        14       the server's TLS cannot be trusted
        130, 143 interrupted
      """)

  @Argument(help: "The server, with or without a user.")
  var endpoint: String
  @OptionGroup(title: "Server") var server: EndpointOptions<Alone>
  @Flag(name: Setting.json.optionName, help: Setting.json.help)
  var json = false
  @Flag(name: [.customShort("q"), .customLong("quiet")], help: Setting.quiet.help)
  var quiet = false
  @Flag(name: [.customShort("v"), .customLong("verbose")], help: Setting.verbose.help)
  var verbose = false

  func perform(_ engine: any Engine, _ surroundings: Surroundings) async throws -> ExitStatus {
    let settings = try settings(surroundings.environment)
    let draft = try EndpointDraft(endpoint, at: .alone, settings: settings)
    let terminal = Terminal(Terminal.Manner(settings), surroundings)
    let target: Endpoint
    do { target = try draft.complete(environment: surroundings.environment) } catch {
      return terminal.tell(error, alone: true)
    }
    let ending = await Interruption.run(terminal) { wish in
      let hooks = RunHooks(observer: { terminal.tell($0) }, stop: wish.stop, trace: terminal.tracer)
      return try await engine.probe(target, hooks: hooks)
    }
    switch ending.result {
    case .success(let report):
      let text = ProbeText(report: report)
      terminal.event("probe", text.fields)
      if !terminal.manner.isJSON, !terminal.manner.isQuiet {
        for line in text.lines + text.folders { terminal.result(line) }
      }
      return .success
    case .failure(let error): return terminal.tell(error, signal: ending.signal, alone: true)
    }
  }

  private func settings(_ environment: [String: String]) throws(UsageError) -> Settings {
    var given = GivenOptions()
    try server.collect(into: &given)
    try given.take(.json, ifSet: json)
    try given.take(.quiet, ifSet: quiet)
    try given.take(.verbose, ifSet: verbose)
    let known = Setting.endpoint.map { $0.of(.alone) } + [.json, .quiet, .verbose]
    return Settings([given.choices, try Settings.choices(in: environment, of: known)])
  }
}
