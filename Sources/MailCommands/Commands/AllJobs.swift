// mailmove: sync of all jobs.
// SPDX-License-Identifier: Apache-2.0

import MailJobs
import SyncEngine

/// Runs all jobs of the configuration file, one after the other, whatever becomes of each; only a
/// signal keeps the rest from beginning.
struct AllJobs {
  private let list: JobList
  private let engine: any Engine
  private let surroundings: Surroundings
  private let terminal: Terminal

  init(_ list: JobList, _ engine: any Engine, _ surroundings: Surroundings) {
    self.list = list
    self.engine = engine
    self.surroundings = surroundings
    terminal = Terminal(Terminal.Manner(list.settings), surroundings)
  }

  /// The result is the gravest of all.
  func perform() async -> ExitStatus {
    let ending = await Interruption.run(terminal) { wish in await run(under: wish) }
    let outcomes: [JobOutcome]
    switch ending.result {
    case .success(let value): outcomes = value
    case .failure(let error): return terminal.tell(error, signal: ending.signal)
    }
    return await conclude(outcomes, signal: ending.signal)
  }

  /// The same with the wish to stop as it comes.
  func run(under wish: StopWish) async -> [JobOutcome] {
    var outcomes: [JobOutcome] = []
    for (index, item) in list.items.enumerated() {
      guard !wish.isRequested else {
        outcomes.append(JobOutcome(item.name, nil, settings: item.settings, surroundings))
        continue
      }
      tellBeginning(item, number: index + 1)
      let outcome = await run(item, under: wish)
      terminal.of(job: item.name, Terminal.Manner(item.settings))
        .event("job-finished", AllJobsText.fields(of: outcome))
      outcomes.append(outcome)
    }
    return outcomes
  }

  func conclude(_ outcomes: [JobOutcome], signal: Int32?) async -> ExitStatus {
    var worst: ExitStatus = outcomes.compactMap(\.status).reduce(.success) { $0.worse($1) }
    worst = worst.worse(tellIdleRules(of: outcomes.compactMap(\.rules)))
    if signal != nil { worst = worst.worse(ExitStatus.interrupted.after(signal)) }
    if !isDryRun {
      let writer = MetricsWriter(engine: engine, terminal: terminal)
      if await !writer.write(outcomes) { worst = worst.withoutMetrics }
    }
    let text = AllJobsText(outcomes: outcomes, elapsed: terminal.elapsed)
    terminal.event("all-finished", text.fields(exit: worst))
    if isTalkative, !isDryRun {
      for line in text.table { terminal.result(line) }
    }
    return worst
  }

  /// Tells of rules that several jobs have and that fit in none of them; where they leave nothing
  /// to do in any job, that is the result.
  private func tellIdleRules(of checks: [RuleCheck]) -> ExitStatus {
    let fitting = checks.reduce(into: Set<String>()) { $0.formUnion($1.fitting) }
    var told: Set<String> = []
    for rule in checks.flatMap(\.sharedIdle)
    where !fitting.contains(rule.typed) && told.insert(rule.typed).inserted {
      terminal.warn(rule)
    }
    guard !told.isEmpty, checks.allSatisfy(\.selectsNothing) else { return .success }
    terminal.complainOfNothingSelected()
    return .usage
  }

  private var isDryRun: Bool { list.settings.isOn(.dryRun) }

  private var isTalkative: Bool {
    let manner = terminal.manner
    return !manner.isJSON && !manner.isQuiet && (terminal.isWatched || manner.isVerbose)
  }

  private func tellBeginning(_ item: JobList.Item, number: Int) {
    let isPlan = isDryRun && !terminal.manner.isJSON && !terminal.manner.isQuiet
    guard isTalkative || isPlan else { return }
    terminal.result(
      "\(SafeText.visible(item.name)), job \(number) of \(list.items.count)", .strong)
  }

  private func run(_ item: JobList.Item, under wish: StopWish) async -> JobOutcome {
    let session: JobSession
    do {
      session = try JobSession(
        try item.request.get(), engine, surroundings, amid: terminal)
    } catch {
      let own = terminal.of(job: item.name, Terminal.Manner(item.settings))
      let status = own.tell(error)
      own.tellNothingDone(status)
      return JobOutcome(item.name, status, settings: item.settings, surroundings)
    }
    guard session.isDryRun else { return await JobRun(session).perform(under: wish) }
    let plan = await Planning(session).perform(under: wish)
    var outcome = JobOutcome(session, plan.status, nil)
    outcome.rules = plan.rules
    return outcome
  }
}
