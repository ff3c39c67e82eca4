// mailmove: a plan says beforehand what will not fit.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import SyncEngine

@Suite struct PlanRunTests {
  private static func plan(
    _ source: FakeAccount, _ target: FakeAccount, rules: MappingRules = MappingRules()
  ) async throws -> PlanReport {
    try await PlanRun(
      source: FakeSource(source), target: FakeTarget(target), journal: nil, rules: rules
    ).run()
  }

  @Test func theSmallerLimitCountsAccountOrMailbox() async throws {
    let work = MailboxName(wire: "Work")
    let source = FakeAccount()
    for size in [10, 400, 900] {
      let text = Letter.text(size, body: String(repeating: "x", count: size))
      source.deliver(text)
      source.deliver(text, to: work)
    }
    var habits = FakeAccount.Habits()
    habits.appendLimit = 1_000
    habits.appendLimits = [work: 500]
    let target = FakeAccount(habits: habits)
    target.create(work)
    let report = try await Self.plan(source, target)
    let lines = Dictionary(uniqueKeysWithValues: report.lines.map { ($0.mapped.source, $0) })
    #expect(lines[.inbox]?.appendLimit == 1_000 && lines[work]?.appendLimit == 500)
    #expect(lines[work].flatMap(\.tooBig) == 2)
    #expect(lines[.inbox].flatMap(\.tooBig) == 1)
  }

  @Test func aFolderThatCannotBeOpenedHasItsLineAndTheOthersTheirs() async throws {
    let source = Letter.account(3)
    for name in ["Locked", "Ghost", "Work"] {
      source.deliver(Letter.text(9), to: MailboxName(wire: name))
    }
    let refusing = FakeSource(source) { request in
      guard request == "snapshot Locked" || request == "snapshot Ghost" else { return }
      throw SyncError(
        request.hasSuffix("Ghost") ? .mailboxMissing : .permissionDenied, scope: .mailbox,
        remedy: .stop, side: .source)
    }
    let report = try await PlanRun(
      source: refusing, target: FakeTarget(FakeAccount()), journal: nil, rules: MappingRules()
    ).run()
    let failures = report.lines.compactMap(\.failure)
    #expect(failures.map(\.cause) == [.mailboxMissing, .permissionDenied])
    #expect(failures.compactMap(\.mailbox).map(\.description) == ["Ghost", "Locked"])
    #expect(report.messages == 4 && report.speed != nil)
  }

  /// The map is kept; what is selected of it is said anew each time.
  @Test func aRuleOfTodayLeavesOutWhatAnEarlierRunMovedInThePlanAndInTheRun() async throws {
    let work = MailboxName(wire: "Work")
    var run = Scenario(source: Letter.account(2), target: FakeAccount())
    run.source.deliver(Letter.text(9), to: work)
    #expect(await run.run().total(\.copied) == 3)
    run.source.deliver(Letter.text(10))
    run.rules.include = [Glob("Work")]
    let plan = try await PlanRun(
      source: FakeSource(run.source), target: FakeTarget(run.target), journal: run.journal,
      rules: run.rules
    ).run()
    #expect(plan.moved.map(\.mapped.source) == [work])
    let report = await run.run()
    #expect(report.mailboxes.map(\.pair.mapped.source) == [work])
    let planned: [MappedMailbox] = plan.lines.map(\.mapped).filter { $0.target == nil }
    let leftOut: [MappedMailbox] = report.leftOut.map(\.mapped)
    #expect(planned.map(\.source) == [.inbox] && leftOut.map(\.source) == [.inbox])
    #expect((planned + leftOut).allSatisfy { $0.reason == "no --include names it" })
    run.rules.include = []
    #expect(await run.run().total(\.copied) == 1)
  }

  @Test func aFolderThatIsGoneIsToldAndNotCounted() async throws {
    let gone = MailboxName(wire: "Gone")
    let source = Letter.account(3)
    source.deliver(Letter.text(9), to: gone)
    let run = Scenario(source: source, target: FakeAccount())
    #expect(await run.run().failure == nil)
    source.remove(gone)
    try source.change(.inbox) { $0.messages[UID(1)] = nil }
    source.deliver(Letter.text(20))
    let report = try await PlanRun(
      source: FakeSource(source), target: FakeTarget(run.target), journal: run.journal,
      rules: MappingRules()
    ).run()
    #expect(report.lines.filter(\.isGone).map(\.mapped.source) == [gone])
    #expect(report.moved.map(\.done) == [2])
    #expect(report.messages == 3 && report.remaining.messages == 1)
  }
}
