// mailmove: living through a history.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine

@testable import MailJobs

/// Lives through a story, asking the oracle after every run.
struct Simulation {
  /// How a story went.
  struct Outcome: Sendable {
    /// What happened, a line for each step.
    var lines: [String] = []
    /// What the oracle found; the story ends there.
    var findings: [Finding] = []
  }

  private let world: World
  private let say: (@Sendable (String) -> Void)?
  private var oracle: Oracle
  private var outcome = Outcome()
  /// What happened since the last run that was left in peace and ended with 0; nil before that.
  private var sincePeace: [Act]?

  private init(_ story: Story, say: (@Sendable (String) -> Void)?) throws {
    world = try World(story.habits)
    oracle = Oracle(world)
    self.say = say
  }

  /// - Parameter say: told each line as it comes, for a story that ends the process.
  static func live(_ story: Story, say: (@Sendable (String) -> Void)? = nil) async -> Outcome {
    var outcome = Outcome()
    do {
      var simulation = try Simulation(story, say: say)
      do { try await simulation.live(story) } catch {
        outcome.findings = [Finding(question: 0, text: "the world broke: \(error)")]
      }
      simulation.world.end()
      outcome.lines = simulation.outcome.lines
      outcome.findings += simulation.outcome.findings
    } catch {
      outcome.findings = [Finding(question: 0, text: "no world: \(error)")]
    }
    return outcome
  }

  private mutating func live(_ story: Story) async throws {
    for step in story.steps {
      switch step {
      case .act(let act):
        if let told = world.perform(act) {
          note(told)
          sincePeace?.append(act)
        }
      case .run(let plan): try await run(plan)
      case .check: try await check()
      }
      guard outcome.findings.isEmpty else { return }
    }
    try await settle()
  }

  private mutating func note(_ line: String) {
    outcome.lines.append(line)
    say?(line)
  }

  @discardableResult
  private mutating func run(_ plan: Plan) async throws -> Night {
    try await oracle.lookBefore()
    note("mailmove \(plan)")
    let night = try await Night.run(plan, in: world)
    for name in night.requests.names { say?("    \(name)") }
    for line in night.requests.happened { note(line) }
    let report = night.report
    let failure = report.failure ?? report.mailboxes.compactMap(\.failure).first
    note(
      "  exit \(ExitStatus(report)), \(report.total(\.copied)) copied, "
        + "\(report.total(\.alreadyThere)) there, \(report.total(\.flagsUpdated)) flags, "
        + "\(report.total(\.lost)) lost, \(report.total(\.skipped)) skipped, "
        + "\(report.total(\.removed)) removed\(failure.map { "; \($0)" } ?? "")")
    outcome.findings += try await oracle.judge(night)
    if night.isCalm { outcome.findings += thrift(night) }
    sincePeace = night.isCalm && ExitStatus(report) == .success ? [] : nil
    return night
  }

  /// Lost indexes cost a listing, and an archive that was moved nothing: no other thing has
  /// changed, so no message is read again.
  private func thrift(_ night: Night) -> [Finding] {
    guard let sincePeace, !sincePeace.isEmpty, night.plan.removal == nil,
      night.report.total(\.copied) + night.report.total(\.alreadyThere) == 0,
      night.report.total(\.lost) + night.report.total(\.skipped) == 0,
      sincePeace.allSatisfy(\.leavesAllMail)
    else { return [] }
    return Side.allCases.compactMap { side in
      guard !targetLeavesDoubt || side == .source && !night.plan.recopiesLost else { return nil }
      let count = night.requests.count(side, "fetch")
      guard count > 0 else { return nil }
      return Finding(
        question: 5,
        text: "all mail is where it was, and messages of the \(side.rawValue) were read again")
    }
  }

  /// Copies with the same header, with none, or that somebody has changed have to be read, and
  /// their originals with them where a copy may be lost.
  private var targetLeavesDoubt: Bool {
    // Under names that were swapped, a copy may be that of an equal mail with another date.
    let dates = world.source.boxes.values.flatMap(\.messages.values)
      .reduce(into: [Int?: Set<InternalDate?>]()) {
        $0[Mail.serial($1.bytes), default: []].insert($1.date)
      }
    guard dates.values.allSatisfy({ $0.count == 1 }) else { return true }
    return world.target.boxes.values.contains { box in
      // What others put there has another date than the original.
      guard box.messages.values.allSatisfy({ $0.author == .mailmove }) else { return true }
      let copies = box.messages.values.map(\.bytes)
      let headers = Set(copies.map { $0.prefix { $0 != 10 } })
      return headers.count < copies.count
        || !copies.allSatisfy { copy in
          Mail.hasMessageID(copy) && Mail.serial(copy).flatMap(world.original) == copy
        }
    }
  }

  /// The end of every story: a run in peace, one that has nothing to do, and one that makes up for
  /// what was lost; and then nothing may be missing.
  private mutating func settle() async throws {
    for act in [Act.mount, .makeWhole, .takeAgain] {
      if let told = world.perform(act) { note(told) }
    }
    try await run(Plan())
    guard outcome.findings.isEmpty else { return }
    try await arrive()
    guard outcome.findings.isEmpty else { return }
    try await heal()
    guard outcome.findings.isEmpty else { return }
    try await runAgain()
    guard outcome.findings.isEmpty else { return }
    try await verify()
    guard outcome.findings.isEmpty else { return }
    var plan = Plan()
    plan.recopiesLost = true
    plan.retriesSkipped = true
    let night = try await run(plan)
    guard outcome.findings.isEmpty else { return }
    let exit = ExitStatus(night.report)
    // What the source does not have any more cannot be made up for.
    let isDamaged =
      try await View(of: world).unreadable.contains { $0.isOnRecord }
      || world.shelf != nil
        && (night.report.total(\.damaged) > 0 || !night.report.damages.isEmpty)
    if exit != (isDamaged ? .skips : .success) {
      outcome.findings.append(
        Finding(question: 6, text: "ended with \(exit) though all could be made up for"))
    }
    try await verify()
  }

  /// Question 5: nothing has changed, so nothing changes and nothing is read.
  private mutating func runAgain() async throws {
    let before = try await View(of: world)
    let night = try await run(Plan())
    let work = [(Side.source, "fetch"), (.target, "append"), (.target, "store")].filter {
      night.requests.count($0.0, $0.1) > 0
    }
    let after = try await View(of: world)
    let isSame =
      before.source.mapValues(\.messages) == after.source.mapValues(\.messages)
      && before.target.mapValues(\.messages) == after.target.mapValues(\.messages)
    guard !isSame || !work.isEmpty else { return }
    let text =
      "a further run \(isSame ? "changed nothing" : "changed something")"
      + work.map { " and asked the \($0.0.rawValue) to \($0.1)" }.joined()
    outcome.findings.append(Finding(question: 5, text: text))
  }

  /// What came short is asked for again in each run, so what comes whole again is there by now.
  private mutating func arrive() async throws {
    for pair in try await world.journal.pairs() {
      let records = try await world.journal.records(of: pair)
      guard let record = records.first(where: { $0.reason == .messageCutShort }),
        record.state == .skipped
      else { continue }
      let text = "\(record.key) comes whole again, and was not taken"
      outcome.findings.append(Finding(question: 1, text: text))
    }
  }

  /// Puts all damage of an archive on record, and takes again what the source has.
  private mutating func heal() async throws {
    guard try await !View(of: world).unreadable.isEmpty else { return }
    try await check()
    guard outcome.findings.isEmpty else { return }
    let night = try await run(Plan())
    guard outcome.findings.isEmpty, night.report.failure == nil else { return }
    let view = try await View(of: world)
    for damage in view.unreadable {
      let isWanted = view.wanted()[damage.mailbox]?.keys.contains {
        world.original($0).map { SHA256Digest(of: $0) } == damage.digest
      }
      guard isWanted == true else { continue }
      let text = "a damaged mail in \(damage.mailbox) is not taken again from the source"
      outcome.findings.append(Finding(question: 6, text: text))
    }
  }

  private mutating func check() async throws {
    guard let checked = try await world.shelf?.check() else { return }
    note(checked.told)
    outcome.findings += checked.findings
    sincePeace = nil
  }

  private mutating func verify() async throws {
    outcome.findings += try await Comparison(of: world).findings()
  }
}
