// mailmove: what lies below a mailbox goes with it when the server gives it another name.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Testing

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
}
