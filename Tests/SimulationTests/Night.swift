// mailmove: one run in a world.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Synchronization

/// What was asked of the two sides, and the trouble that comes at one of these requests.
final class Requests: Sendable {
  private struct State {
    var counts: [Side: Int] = [:]
    var names: [String] = []
    var happened: [String] = []
  }

  private let state = Mutex(State())
  private let trouble: Plan.Trouble
  private let perform: @Sendable (Act) -> String?

  init(_ trouble: Plan.Trouble, perform: @escaping @Sendable (Act) -> String?) {
    self.trouble = trouble
    self.perform = perform
  }

  /// All that was asked, in order.
  var names: [String] { state.withLock { $0.names } }

  /// What people did meanwhile.
  var happened: [String] { state.withLock { $0.happened } }

  /// Requests that read or change mail, by what they begin with.
  func count(_ side: Side, _ prefix: String) -> Int {
    names.count { $0.hasPrefix("\(side.rawValue) \(prefix)") }
  }

  func note(_ side: Side, _ name: String) throws {
    let number = state.withLock { state in
      state.counts[side, default: 0] += 1
      state.names.append("\(side.rawValue) \(name)")
      return state.counts[side, default: 0]
    }
    switch trouble {
    case .none, .dies: break
    case .cut(side, number):
      throw SyncError(
        .connectionLost, scope: .connection, remedy: .retry(after: nil),
        side: side == .source ? .source : .target)
    case .meanwhile(let act, side, number):
      let told = perform(act)
      state.withLock { $0.happened.append("  meanwhile, at \(name): \(told ?? "nothing")") }
    case .cut, .meanwhile: break
    }
  }
}

/// One run in a world, with all that an oracle has to know about it.
struct Night: Sendable {
  let plan: Plan
  let requests: Requests
  let report: Report
  let isDead: Bool
  let removals: [Finding]

  /// The run was left in peace.
  var isCalm: Bool { plan.trouble == .none }

  static func run(_ plan: Plan, in world: World) async throws -> Night {
    var deadly: Int?
    if case .dies(let step) = plan.trouble { deadly = step }
    let crash = CrashPoint(at: deadly)
    let requests = Requests(plan.trouble) { world.performMeanwhile($0) }
    let watch = RemovalWatch(world, plan.removal)
    try await world.nightly?.bringUpToDate(from: world.source)
    let sides = try await Sides(world: world, requests: requests, crash: crash, watch: watch)
    let run = Run(
      endpoints: sides.endpoints,
      journal: CrashingJournal(world.journal) { try crash.pass("journal \($0)") },
      rules: world.habits.rules, options: plan.options, pacing: Scenario.instant)
    var report = await run.run()
    await sides.close(&report)
    return Night(
      plan: plan, requests: requests, report: report, isDead: crash.isDead,
      removals: watch.findings(among: try await View(of: world).target))
  }
}
