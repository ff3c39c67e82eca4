// mailmove: what lies below a mailbox goes with it when the server gives it another name.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import SyncEngine

@Suite("Names that the target made different")
struct TargetNamesTests {
  private static func names(_ texts: String...) -> [MailboxName] {
    texts.map { MailboxName(wire: $0) }.sorted()
  }

  private static func scenario() -> Scenario {
    let source = FakeAccount()
    for name in names("Top", "Top/Sub", "Top/Sub/Deep", "Topless") {
      source.create(name)
      source.deliver(Letter.text(1), to: name)
    }
    var habits = FakeAccount.Habits()
    habits.rename = { name in
      switch name {
      case MailboxName(wire: "Top"): MailboxName(wire: "Top_")
      case MailboxName(wire: "Top_/Sub"): MailboxName(wire: "Top_/S")
      default: name
      }
    }
    return Scenario(source: source, target: FakeAccount(habits: habits))
  }

  @Test(arguments: [1, 2, 5])
  func childrenAreMadeBelowTheNameTheServerReallyHas(lanes: Int) async throws {
    var run = Self.scenario()
    run.options.lanes = lanes
    #expect(await run.run().failure == nil)
    #expect(run.target.names == Self.names("INBOX", "Top_", "Top_/S", "Top_/S/Deep", "Topless"))
    for name in run.target.names where !name.isInbox {
      #expect(run.target.contents(of: name).count == 1)
    }
    run.source.create(MailboxName(wire: "Top/New"))
    #expect(await run.run().failure == nil)
    #expect(run.target.names.contains(MailboxName(wire: "Top_/New")))
    #expect(run.target.names.count == 6)
    #expect(try await VerifyTests.kinds(run, .bytes).isEmpty)
  }

  @Test func aRunThatDiesAnywhereFindsTheNamesAgain() async throws {
    let counter = CrashPoint()
    #expect(await Self.scenario().run(crash: counter).failure == nil)
    for step in 1...counter.steps {
      let run = Self.scenario()
      #expect(await run.run(crash: CrashPoint(at: step)).failure != nil)
      #expect(await run.run().failure == nil)
      #expect(
        run.target.names == Self.names("INBOX", "Top_", "Top_/S", "Top_/S/Deep", "Topless"),
        "step \(step)")
    }
  }

  @Test func whatIsLeftOutIsNotMadeForItsChildren() async throws {
    var run = Self.scenario()
    run.rules.exclude = [Glob("Top"), Glob("Top/Sub")]
    #expect(await run.run().failure == nil)
    #expect(run.target.names == Self.names("INBOX", "Top/Sub/Deep", "Topless"))
  }

  @Test(arguments: [1, 4])
  func aNameOfAnotherMailboxIsNotTakenForWhatBecameOfOne(lanes: Int) async throws {
    let source = FakeAccount()
    for (number, name) in Self.names("Own", "Short", "Shortened").enumerated() {
      source.create(name)
      source.deliver(Letter.text(number), to: name)
    }
    var habits = FakeAccount.Habits()
    habits.rename = { $0 == MailboxName(wire: "Shortened") ? MailboxName(wire: "Short") : $0 }
    var run = Scenario(source: source, target: FakeAccount(habits: habits))
    run.options.lanes = lanes
    for _ in 1...2 {
      let failures = await run.run().mailboxes.compactMap(\.failure)
      #expect(failures.map(\.cause) == [.mailboxNameRefused])
      #expect(failures.first?.mailbox == MailboxName(wire: "Shortened"))
    }
    #expect(run.target.contents(of: MailboxName(wire: "Short")).count == 1)
    #expect(run.target.contents(of: MailboxName(wire: "Own")).count == 1)
  }

  @Test func aMailboxIsMadeByOneLaneAtATime() async throws {
    let names = TargetNames([])
    let crowds = ["A": ByteBudgetTests.Holding(), "B": ByteBudgetTests.Holding()]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        for (name, crowd) in crowds {
          group.addTask {
            try await names.alone(with: MailboxName(wire: name)) {
              crowd.add(1)
              for _ in 0..<10 { await Task.yield() }
              crowd.add(-1)
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(crowds.mapValues(\.most) == ["A": 1, "B": 1])
  }

  @Test func aTurnThatFailsIsGivenBack() async throws {
    let names = TargetNames([])
    await #expect(throws: CancellationError.self) {
      try await names.alone(with: .inbox) { throw CancellationError() }
    }
    #expect(try await names.alone(with: .inbox) { 7 } == 7)
  }
}
