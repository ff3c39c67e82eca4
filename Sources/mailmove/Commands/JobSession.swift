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

  /// Runs the engine's work and hands its result to `finish`, which tells it.
  func perform<Value: Sendable>(
    writesLedger: Bool, onEvent: @escaping RunObserver = { _ in },
    _ work: @escaping @Sendable (Job, RunHooks) async throws -> Value,
    finish: (Value, _ signal: Int32?) -> ExitStatus
  ) async -> ExitStatus {
    let job: Job
    do {
      if writesLedger { try draft.state.check() }
      job = try draft.complete(environment: surroundings.environment)
      if writesLedger { try draft.state.prepare() }
    } catch {
      return terminal.tell(error)
    }
    let terminal = terminal
    terminal.startProgress()
    let ending = await Interruption.run(terminal) { stop in
      let observer: RunObserver = { event in
        onEvent(event)
        terminal.tell(event)
      }
      return try await work(job, RunHooks(observer: observer, stop: stop, trace: terminal.tracer))
    }
    terminal.endProgress()
    switch ending.result {
    case .success(let value): return finish(value, ending.signal)
    case .failure(let error): return terminal.tell(error, signal: ending.signal)
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
