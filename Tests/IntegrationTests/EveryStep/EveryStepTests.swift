// mailmove: dying at every step of every route.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailTestKit
import SyncEngine
import Testing

/// Beside the moves between servers, which take as long: one after the other they would keep one
/// core busy when everything else is done.
@Suite("A run over real servers that dies at any durable step", .serialized)
struct EveryStepTests {
  @Test(arguments: Route.allCases)
  func losesNothingDoublesNothingAndComesToTheSameEnd(_ route: Route) async throws {
    let labs = try JourneyLabs(for: 200)
    let undisturbed = try await Journey(route, labs)
    let counter = CrashPoint()
    let report = try await undisturbed.run(counter)
    #expect(report.failure == nil, "\(String(describing: report.failure))")
    let expected = try await undisturbed.arrived()
    #expect(expected.count >= Journey.letters.count)

    var deaths = 0
    let steps = Torture.isOn ? Array(1...counter.steps) : Torture.some(of: counter.steps)
    for step in steps {
      let crash = CrashPoint(at: step)
      let journey = try await Journey(route, labs)
      let before = try route.empties ? journey.left() : nil
      _ = try await journey.run(crash)
      let place = "step \(step), \(crash.lastStep)"
      // How outcomes gather in one change of the ledger is a matter of time: a run may take a
      // step or two less than the one that was counted.
      if crash.isDead { deaths += 1 }
      if let before { try await expectNothingUnproven(journey, before, expected, place) }

      let resumed = try await journey.run()
      #expect(resumed.failure == nil, "\(place): \(String(describing: resumed.failure))")
      #expect(resumed.total(\.pending) == 0 && resumed.total(\.lost) == 0, "\(place)")
      #expect(try await journey.arrived() == expected, "\(place)")
      if route.empties { #expect(try journey.left().messageCount == 0, "\(place)") }

      let ledger = try await journey.ledger()
      let again = try await journey.run()
      #expect(again.failure == nil, "\(place): a further run")
      #expect(again.total(\.copied) == 0 && again.total(\.alreadyThere) == 0, "\(place)")
      #expect(try await journey.arrived() == expected, "\(place): a further run")
      #expect(try await journey.ledger() == ledger, "\(place): the ledger moved")
      if route.target == .archive {
        #expect(try await ArchiveCheck(at: journey.archive).run(.messages).findings == [])
      }
    }
    print("\(route): died at \(deaths) of \(steps.count) steps")
    #expect(deaths * 10 >= steps.count * 8)
  }

  /// What is no longer at the source must be at the target, in the form it has in the end.
  private func expectNothingUnproven(
    _ journey: Journey, _ before: LabSnapshot, _ expected: [String], _ place: String
  ) async throws {
    let left = try journey.left()
    let gone = before.messageCount - left.messageCount
    let arrived = try await journey.arrived()
    #expect(gone == 0 || arrived == expected, "\(place): \(gone) messages are gone")
  }
}
