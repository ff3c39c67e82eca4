// mailmove: tests of slowing down.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Synchronization
import Testing

@testable import SyncEngine

@Suite struct ThrottleGateTests {
  /// Remembers for how long it was asked to sleep.
  private final class Naps: Sendable {
    let taken = Mutex<[Duration]>([])
    var pacing: Pacing {
      Pacing(sleep: { nap in self.taken.withLock { $0.append(nap) } }, chance: { 0 })
    }
  }

  private let now = ContinuousClock.now

  @Test func allWaitForTheRestOfTheLongestTime() async throws {
    let naps = Naps()
    let throttle = ThrottleGate()
    try await throttle.pass(naps.pacing, now: now)
    #expect(naps.taken.withLock { $0.isEmpty })
    throttle.hold(for: .seconds(60), now: now)
    throttle.hold(for: .seconds(10), now: now)
    try await throttle.pass(naps.pacing, now: now + .seconds(20))
    #expect(naps.taken.withLock { $0 } == [.seconds(40)])
    try await throttle.pass(naps.pacing, now: now + .seconds(61))
    #expect(naps.taken.withLock { $0.count } == 1)
  }

  @Test func nothingIsFetchedWhileTheServerWantsQuiet() async throws {
    let naps = Naps()
    let throttle = ThrottleGate()
    throttle.hold(for: .seconds(3_600))
    let account = FakeAccount()
    account.deliver("Subject: one\r\n\r\n1\r\n")
    let asked = Mutex<[Int]>([])
    let source = FakeSource(account) { request in
      if request.hasPrefix("fetch") {
        asked.withLock { $0.append(naps.taken.withLock { $0.count }) }
      }
    }
    let entries = try await source.snapshot(of: .inbox, since: nil).entries
    let stage = FetchStage(
      source: source, mailbox: .inbox, uidValidity: UIDValidity(1),
      budget: ByteBudget(limit: 1_000), arrivals: BoundedChannel(limit: 10), suspects: [],
      pacing: naps.pacing, stop: StopSignal(), throttle: throttle)
    #expect(await stage.run(entries).failure == nil)
    #expect(asked.withLock { $0 } == [1])
  }

  @Test func whoeverHasWaitedLetsTheOthersGoUnlessALongerWaitCame() async throws {
    let naps = Naps()
    let throttle = ThrottleGate()
    let short = throttle.hold(for: .seconds(10), now: now)
    throttle.hold(for: .seconds(60), now: now)
    throttle.release(short)
    try await throttle.pass(naps.pacing, now: now)
    #expect(naps.taken.withLock { $0 } == [.seconds(60)])
    throttle.release(now + .seconds(60))
    try await throttle.pass(naps.pacing, now: now)
    #expect(naps.taken.withLock { $0.count } == 1)
  }

  @Test func aLaneThatWaitedGoesOnAtOnce() async {
    let naps = Naps()
    let throttled = Atomic(false)
    var scenario = Scenario(source: FakeAccount(), target: FakeAccount())
    scenario.pacing = naps.pacing
    scenario.source.deliver("Subject: one\r\n\r\n1\r\n")
    scenario.onSource = { request in
      let isFirst = request.hasPrefix("fetch") && !throttled.exchange(true, ordering: .relaxed)
      if isFirst {
        throw SyncError(
          .throttled, scope: .endpoint, remedy: .retry(after: .seconds(90)), side: .source)
      }
    }
    #expect(await scenario.run().failure == nil)
    #expect(naps.taken.withLock { $0 } == [.seconds(90)])
  }
}
