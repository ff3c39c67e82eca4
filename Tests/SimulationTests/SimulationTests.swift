// mailmove: the simulator.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import Synchronization
import Testing

@Suite("A world from a seed in which nothing is lost")
struct SimulationTests {
  private static let environment = ProcessInfo.processInfo.environment

  /// The first seed; that many histories have this one and those after it.
  private static let first =
    environment["MAILMOVE_SIMULATION_FIRST"].flatMap { UInt64($0) } ?? 1
  private static let histories = environment["MAILMOVE_SIMULATIONS"].flatMap { UInt64($0) }
  /// One history alone, told as it goes.
  private static let replayed =
    environment["MAILMOVE_SIMULATION_SEED"].flatMap { UInt64($0) }

  private static let seconds = 60.0
  /// How many there are at least, however slow the machine is.
  private static let historiesMin = UInt64(1_000 / Instrumentation.patience)
  /// Kinds of failures after which it is enough.
  private static let failuresMax =
    environment["MAILMOVE_SIMULATION_FAILURES"].flatMap { Int($0) } ?? 3

  @Test(.timeLimit(.minutes(600)))
  func everyHistoryAnswersTheSixQuestions() async {
    LastSeed.watch()
    if let seed = Self.replayed { return await Self.replay(seed) }
    let tally = Tally(
      first: Self.first, histories: Self.histories ?? Self.historiesMin,
      seconds: Self.histories == nil ? Self.seconds : 0)
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<max(1, ProcessInfo.processInfo.activeProcessorCount) {
        group.addTask { await Self.work(number, tally) }
      }
    }
    print("simulation: \(tally.summary)")
    for failure in tally.failures { Issue.record("\(failure)") }
  }

  private static func work(_ number: Int, _ tally: Tally) async {
    let thread = OneThread(name: "world \(number)")
    await withTaskExecutorPreference(thread) {
      while tally.failures.count < failuresMax, let seed = tally.next() {
        LastSeed.note(seed, worker: number)
        var teller = Teller(seed: seed)
        let story = teller.tell()
        let outcome = await Simulation.live(story)
        guard let finding = outcome.findings.first, tally.isNew(finding) else { continue }
        let shrunk = await Shrinking.shrink(story, outcome)
        tally.fail(Self.text(seed, shrunk.story, shrunk.outcome))
      }
    }
    thread.end()
  }

  private static func replay(_ seed: UInt64) async {
    let thread = OneThread(name: "world")
    let outcome = await withTaskExecutorPreference(thread) {
      var teller = Teller(seed: seed)
      let story = teller.tell()
      print("\(story.habits)")
      let outcome = await Simulation.live(story) { print($0) }
      if outcome.findings.isEmpty { return "" }
      print(outcome.findings.map { "\($0)" }.joined(separator: "\n"))
      let shrunk = await Shrinking.shrink(story, outcome)
      return Self.text(seed, shrunk.story, shrunk.outcome)
    }
    thread.end()
    if !outcome.isEmpty { Issue.record("\(outcome)") }
  }

  private static func text(_ seed: UInt64, _ story: Story, _ outcome: Simulation.Outcome) -> String
  {
    "seed \(seed)\n"
      + (outcome.findings.map { "\($0)" } + ["\(story.habits)"] + outcome.lines)
      .map { "    " + $0.replacing("\n", with: "\n    ") }.joined(separator: "\n")
      + "\n    MAILMOVE_SIMULATION_SEED=\(seed) scripts/test --filter SimulationTests replays it"
  }
}

/// How many histories were lived through, and what failed in them.
final class Tally: Sendable {
  private struct State {
    var next: UInt64
    var failures: [String] = []
    /// How often each kind of finding was met.
    var kinds: [String: Int] = [:]
  }

  private let first: UInt64
  private let end: UInt64
  private let deadline: ContinuousClock.Instant
  private let start = ContinuousClock.now
  private let state: Mutex<State>

  /// - Parameters:
  ///   - histories: at least.
  ///   - seconds: at least.
  init(first: UInt64, histories: UInt64, seconds: Double) {
    self.first = first
    end = first + histories
    deadline = .now + .seconds(seconds)
    state = Mutex(State(next: first))
  }

  private static let progressEach: UInt64 = 20_000

  /// The next seed; nil when there were enough. Says now and then how far it is.
  func next() -> UInt64? {
    let seed = state.withLock { state -> UInt64? in
      guard state.next < end || .now < deadline else { return nil }
      defer { state.next += 1 }
      return state.next
    }
    if let seed, seed > first, (seed - first) % Self.progressEach == 0 { Self.say(summary) }
    return seed
  }

  /// Counts a finding; false if one of its kind was met before.
  func isNew(_ finding: Finding) -> Bool {
    let kind = finding.kind
    return state.withLock { state in
      state.kinds[kind, default: 0] += 1
      return state.kinds[kind] == 1
    }
  }

  /// A failure is said at once, since there may be hours to go.
  func fail(_ text: String) {
    state.withLock { $0.failures.append(text) }
    Self.say(text)
  }

  private static func say(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data("simulation: \(text)\n".utf8))
  }

  var failures: [String] { state.withLock { $0.failures } }
  var lived: UInt64 { state.withLock { $0.next - first } }
  var summary: String {
    "\(lived) histories from seed \(first) in \(ContinuousClock.now - start), "
      + "\(state.withLock { $0.kinds.values.reduce(0, +) }) failed"
  }
}
