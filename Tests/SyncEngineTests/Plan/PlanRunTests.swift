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
}
