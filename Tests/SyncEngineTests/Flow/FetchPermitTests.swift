// mailmove: tests of fetching within the budget.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import SyncEngine

/// Invariant 1, from the first request to the last byte given back.
@Suite struct FetchPermitTests {
  /// Two batches of the usual size.
  private static let limit = 2 * Batching.bytesMax
  private static let mebibyte = 1 << 20

  private func account(sizes: [Int]) -> FakeAccount {
    let account = FakeAccount()
    for size in sizes { account.deliver(String(repeating: "x", count: size)) }
    return account
  }

  /// Fetches everything while what arrives is given back; returns how much was ever out.
  private func fetchAll(
    _ account: FakeAccount, declared: @Sendable (Entry) -> Entry = { $0 }
  ) async throws -> (peak: Int64, arrived: Int) {
    let source = FakeSource(account)
    let entries = try await source.snapshot(of: .inbox, since: nil).entries.map(declared)
    let budget = ByteBudget(limit: Self.limit)
    let arrivals = BoundedChannel<Arrival>(limit: 1)
    let stage = FetchStage(
      source: source, mailbox: .inbox, uidValidity: UIDValidity(1), budget: budget,
      arrivals: arrivals, suspects: [], pacing: Scenario.instant, stop: StopSignal(),
      throttle: ThrottleGate())
    let arrived = try await withThrowingTaskGroup(of: Int.self) { group in
      group.addTask {
        let failure = await stage.run(entries).failure
        arrivals.finish()
        if let failure { throw failure }
        return 0
      }
      group.addTask {
        var count = 0
        while let arrival = await arrivals.receive() {
          count += 1
          #expect(budget.used >= arrival.permit?.bytes ?? 0)
          arrival.permit?.giveBack()
        }
        return count
      }
      return try await group.reduce(0, +)
    }
    #expect(budget.used == 0, "every permit is given back")
    return (budget.peak, arrived)
  }

  @Test func whatIsUnderWayNeverExceedsTheBudget() async throws {
    let fetched = try await fetchAll(
      account(sizes: Array(repeating: 3 * Self.mebibyte / 2, count: 20)))
    #expect(fetched.arrived == 20)
    #expect(fetched.peak >= Batching.bytesMax / 2 && fetched.peak <= Self.limit)
  }

  @Test func aMessageLargerThanTheBudgetGoesAlone() async throws {
    let fetched = try await fetchAll(account(sizes: [1, 1, 9, 1, 1].map { $0 * Self.mebibyte }))
    #expect(fetched.arrived == 5)
    #expect(fetched.peak == Int64(9 * Self.mebibyte))
  }

  @Test(arguments: [Int64(0), 1, 299, 100_000])
  func aSizeThatWasALieIsMadeUpForWhenTheBytesCome(_ size: Int64) async throws {
    let fetched = try await fetchAll(account(sizes: [300, 300, 300, 300])) { entry in
      Entry(uid: entry.uid, size: size, internalDate: entry.internalDate, flags: entry.flags)
    }
    #expect(fetched.arrived == 4)
  }
}
