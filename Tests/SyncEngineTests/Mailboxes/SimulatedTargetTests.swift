// mailmove: plans against targets with habits.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import SyncEngine

@Suite struct SimulatedTargetTests {
  private func source(_ random: inout SeededGenerator, _ count: Int) -> MailboxListing {
    random.listing(count, delimiter: "/")
  }

  /// Makes what the plan wants, up to a point where the run is killed.
  private func carryOut(
    _ map: MailboxMap, at target: inout SimulatedTarget, steps: Int
  ) -> [SimulatedTarget.Answer] {
    let missing = Set(map.rows.filter { !$0.existsAtTarget }.compactMap(\.target))
    return missing.sorted().prefix(steps).map { target.create($0) }
  }

  @Test(arguments: [
    SimulatedTarget.Habit.foldsCase, .prefix, .dotted, .trims,
  ])
  func everyPlannedMailboxCanBeMade(habit: SimulatedTarget.Habit) throws {
    var random = SeededGenerator.printingSeed()
    for _ in 0..<20 {
      var target = SimulatedTarget(habit: habit)
      let map = try MailboxMapping.plan(source: source(&random, 30), target: target.listing)
      let answers = carryOut(map, at: &target, steps: .max)
      #expect(answers.allSatisfy { $0 == .ok })
      for row in map.rows { if let name = row.target { #expect(target.names.contains(name)) } }
    }
  }

  @Test func twentyMailboxesAreCountedBeforeTheFirstIsMade() throws {
    var random = SeededGenerator.printingSeed()
    var target = SimulatedTarget(habit: .twentyOnly)
    let map = try MailboxMapping.plan(source: source(&random, 60), target: target.listing)
    let refused = carryOut(map, at: &target, steps: .max).contains(.refused)
    #expect(refused)
    #expect(map.notes.contains { if case .tooManyMailboxes = $0 { true } else { false } })
  }

  @Test(arguments: SimulatedTarget.Habit.allCases)
  func aKilledRunLeavesNoTwins(habit: SimulatedTarget.Habit) throws {
    var random = SeededGenerator.printingSeed()
    for _ in 0..<20 {
      let source = source(&random, 15)
      var target = SimulatedTarget(habit: habit)
      let first = try MailboxMapping.plan(source: source, target: target.listing)
      _ = carryOut(first, at: &target, steps: Int.random(in: 0...15, using: &random))
      var names = target.names
      for _ in 0..<3 {
        let again = try MailboxMapping.plan(
          source: source, target: target.listing, frozen: first.rows)
        #expect(again.rows == first.rows)
        _ = carryOut(again, at: &target, steps: .max)
        names = target.names
      }
      _ = carryOut(first, at: &target, steps: .max)
      #expect(target.names == names && Set(names).count == names.count)
    }
  }
}
