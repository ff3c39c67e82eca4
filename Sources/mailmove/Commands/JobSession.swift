// mailmove: a command on a job, from the draft to the exit code.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine

/// A command on a job: obtains the secrets, lets the engine work, tells how it ended.
struct JobSession: Sendable {
  let draft: JobDraft
  let terminal: Terminal
  let engine: any Engine
  let surroundings: Surroundings
  private let settings: Settings

  init(_ request: JobRequest, _ engine: any Engine, _ surroundings: Surroundings) throws(UsageError)
  {
    draft = try JobDraft(request)
    settings = request.settings
    terminal = Terminal(Terminal.Manner(request.settings), surroundings)
    self.engine = engine
    self.surroundings = surroundings
  }

  var isDryRun: Bool { settings.isOn(.dryRun) }
  var level: VerifyLevel { settings.text(.level).flatMap(VerifyLevel.init) ?? .metadata }

  /// How the engine's work ended; what went wrong has been told.
  struct Ending<Value: Sendable>: Sendable {
    /// nil when something went wrong.
    let value: Value?
    let status: ExitStatus
    let signal: Int32?
  }

  /// Obtains the secrets and runs the engine's work.
  func perform<Value: Sendable>(
    writesLedger: Bool, _ work: @escaping @Sendable (Job, RunHooks) async throws -> Value
  ) async -> Ending<Value> {
    let job: Job
    do {
      if writesLedger { try draft.state.check() }
      job = try draft.complete(environment: surroundings.environment)
      if writesLedger { try draft.state.prepare() }
    } catch {
      return Ending(value: nil, status: terminal.tell(error), signal: nil)
    }
    let terminal = terminal
    terminal.startProgress()
    let ending = await Interruption.run(terminal) { stop in
      let hooks = RunHooks(
        observer: { terminal.tell($0) }, stop: stop, trace: terminal.tracer)
      return try await work(job, hooks)
    }
    terminal.endProgress()
    switch ending.result {
    case .success(let value):
      return Ending(value: value, status: .success, signal: ending.signal)
    case .failure(let error):
      let status = terminal.tell(error, signal: ending.signal)
      return Ending(value: nil, status: status, signal: ending.signal)
    }
  }

  /// The job as it is typed in the next command.
  var arguments: [String] {
    draft.arguments + (settings.text(.state).map { ["--state", $0] } ?? [])
  }

  /// How `status` is asked about this job.
  var statusArguments: [String] {
    ["status", draft.ledgerName.description]
      + (settings.text(.state).map { ["--state", $0] } ?? [])
  }
}
