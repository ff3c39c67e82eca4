// mailmove: several lanes.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Synchronization
import Testing

@testable import SyncEngine

@Suite("Lanes")
struct LaneTests {
  /// An account of mailboxes with two messages each, and servers that bear so many sessions.
  private static func scenario(mailboxes: Int, source: Int, target: Int) -> Scenario {
    var sourceHabits = FakeAccount.Habits()
    sourceHabits.sessionsMax = source
    var targetHabits = FakeAccount.Habits()
    targetHabits.sessionsMax = target
    var run = Scenario(
      source: FakeAccount(habits: sourceHabits), target: FakeAccount(habits: targetHabits))
    for index in 1..<mailboxes {
      let name = MailboxName(wire: "Box\(index)")
      run.source.create(name)
      for number in 0..<2 { run.source.deliver(Letter.text(number), to: name) }
    }
    for number in 0..<2 { run.source.deliver(Letter.text(number), to: .inbox) }
    run.options.lanes = nil
    return run
  }

  @Test(arguments: [(8, 4, 4, 4), (8, 4, 2, 2), (8, 1, 4, 1), (4, 4, 4, 2), (1, 4, 4, 1)])
  func thereAreAsManyAsBothServersBearAndTheWorkIsWorth(
    _ mailboxes: Int, _ source: Int, _ target: Int, _ expected: Int
  ) async throws {
    var run = Self.scenario(mailboxes: mailboxes, source: source, target: target)
    let log = RequestLog()
    run.onSource = { if $0 == "connect" { log.note($0) } }
    let report = await run.run()
    #expect(report.failure == nil)
    #expect(report.total(\.copied) == mailboxes * 2)
    #expect(log.all.count == expected)
  }

  @Test func noLaneIsAddedWhenNothingIsNew() async throws {
    var run = Self.scenario(mailboxes: 8, source: 4, target: 4)
    _ = await run.run()
    let log = RequestLog()
    run.onSource = { log.note($0) }
    let report = await run.run()
    #expect(report.failure == nil && report.mailboxes.allSatisfy(\.wasUnchanged))
    #expect(log.all == ["connect", "list"])
  }

  @Test func aLaneThatIsNotLetInLeavesItsWorkToTheOthers() async throws {
    var run = Self.scenario(mailboxes: 8, source: 4, target: 4)
    let connections = Mutex(0)
    run.onTarget = { request in
      guard request == "connect" else { return }
      let number = connections.withLock { count in
        count += 1
        return count
      }
      guard number > 1 else { return }
      throw SyncError(
        .tooManyConnections, scope: .endpoint, remedy: .retry(after: nil), side: .target)
    }
    let notices = RequestLog()
    run.observer = { event in
      if case .notice(let text) = event { notices.note(text) }
    }
    let report = await run.run()
    #expect(report.failure == nil)
    #expect(report.total(\.copied) == 16 && report.total(\.pending) == 0)
    #expect(notices.all.count == 3)
    #expect(notices.all.allSatisfy { $0.hasPrefix("one connection less at a time") })
  }

  @Test func mailboxesThatShareATargetAreNeverHandedOutAtTheSameTime() {
    let items = [("A", "All"), ("B", "All"), ("C", "Own")].enumerated().map { index, names in
      var mapped = MappedMailbox(
        source: MailboxName(wire: names.0), sourceDelimiter: nil, sourcePath: names.0,
        decision: .merged, reason: "")
      mapped.target = MailboxName(wire: names.1)
      return MailboxQueue.Item(
        pair: MailboxPair(id: Int64(index), mapped: mapped), status: nil,
        labels: ListedLabels(MailboxListing(mailboxes: [])))
    }
    let queue = MailboxQueue(items)
    #expect(queue.next()?.pair.id == 0)
    #expect(queue.next()?.pair.id == 2)
    #expect(queue.next() == nil)
    queue.finish(items[2])
    #expect(queue.next() == nil)
    queue.finish(items[0])
    #expect(queue.next()?.pair.id == 1)
    #expect(queue.next() == nil)
  }
}
