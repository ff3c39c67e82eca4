// mailmove: a command on a job, from the draft to the exit code.
// SPDX-License-Identifier: Apache-2.0

import MailJobs
import SyncEngine

/// A command on a job: obtains the secrets, lets the engine work, tells how it ended.
struct JobSession: Sendable {
  let draft: JobDraft
  let terminal: Terminal
  let engine: any Engine
  let surroundings: Surroundings
  private let settings: Settings

  /// - Parameter all: the terminal of all jobs, if this is one of several.
  init(
    _ request: JobRequest, _ engine: any Engine, _ surroundings: Surroundings,
    amid all: Terminal? = nil
  ) throws(UsageError) {
    draft = try JobDraft(request)
    settings = request.settings
    let manner = Terminal.Manner(request.settings)
    terminal =
      all?.of(job: draft.ledgerName.description, manner) ?? Terminal(manner, surroundings)
    self.engine = engine
    self.surroundings = surroundings
  }

  var isDryRun: Bool { settings.isOn(.dryRun) }
  var metricsFile: String? { settings.text(.metricsFile) }
  var level: VerifyLevel { settings.text(.level).flatMap(VerifyLevel.init) ?? .metadata }

  /// How the engine's work ended; what went wrong has been told.
  struct Ending<Value: Sendable>: Sendable {
    /// nil when something went wrong.
    let value: Value?
    let status: ExitStatus
    let signal: Int32?
  }

  /// Obtains the secrets and runs the engine's work.
  ///
  /// - Parameter wish: the wish to stop of all jobs, if this is one of several; else signals are
  ///   listened to for as long as the work goes on.
  func perform<Value: Sendable>(
    writesLedger: Bool, under wish: StopWish? = nil,
    _ work: @escaping @Sendable (Job, RunHooks) async throws -> Value
  ) async -> Ending<Value> {
    let job: Job
    do {
      if writesLedger { try draft.state.check() }
      job = try draft.complete(environment: surroundings.environment)
      if writesLedger { try draft.state.prepare() }
    } catch {
      let status = terminal.tell(error, signal: wish?.signal)
      return Ending(value: nil, status: status, signal: wish?.signal)
    }
    let terminal = terminal
    terminal.startProgress()
    let ending = await interruptible(under: wish) { wish in
      let hooks = RunHooks(
        observer: { terminal.tell($0) }, stop: wish.stop, trace: terminal.tracer,
        signal: { wish.signal }, verification: { terminal.advance($0) })
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

  private func interruptible<Value: Sendable>(
    under wish: StopWish?, _ work: @escaping @Sendable (StopWish) async throws -> Value
  ) async -> Interruption.Ending<Value> {
    guard let wish else { return await Interruption.run(terminal, work) }
    do {
      let value = try await work(wish)
      return Interruption.Ending(result: .success(value), signal: wish.signal)
    } catch {
      return Interruption.Ending(result: .failure(error), signal: wish.signal)
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
