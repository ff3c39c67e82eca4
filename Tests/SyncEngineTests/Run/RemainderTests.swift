// mailmove: mail that is in All Mail alone is moved, and the rest of it is nothing missing.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite("Mail that is in no other folder")
struct RemainderTests {
  static let view = MailboxName(wire: "[Gmail]/All Mail")
  static let archive = MailboxName(wire: "Archive")

  /// Letters 1 to 5 are in All Mail: 1 in the inbox, 2 under Work, 3 archived, 4 only starred, and
  /// 5 under a label that is hidden.
  static func account() throws -> FakeAccount {
    var habits = FakeAccount.Habits()
    habits.tellsLabels = true
    let account = FakeAccount(habits: habits)
    account.create(MailboxName(wire: "Work"))
    account.create(view, attributes: ["\\All"])
    account.deliver(Letter.text(1))
    account.deliver(Letter.text(2), to: MailboxName(wire: "Work"))
    for (number, labels) in [["\\Inbox"], ["Work"], [], ["\\Starred"], ["Hidden"]].enumerated() {
      try put(number + 1, labels, in: account)
    }
    return account
  }

  static func put(_ number: Int, _ labels: [String], in account: FakeAccount) throws {
    let uid = account.deliver(Letter.text(number), to: view)
    try label(uid, labels, in: account)
  }

  /// Labels change without a word in MODSEQ.
  static func label(_ uid: UID, _ labels: [String], in account: FakeAccount) throws {
    try account.change(view) { $0.labels[uid] = labels }
  }

  static func moved() async throws -> Scenario {
    let run = Scenario(source: try account(), target: FakeAccount())
    let report = await run.run()
    #expect(report.failure == nil, "\(String(describing: report.failure))")
    #expect(report.mailboxes.allSatisfy { $0.failure == nil && $0.pending == 0 })
    return run
  }

  static func texts(_ numbers: Int...) -> [String] { numbers.map { Letter.text($0) }.sorted() }

  @Test func onlyWhatIsNowhereElseIsCopied() async throws {
    let run = try await Self.moved()
    #expect(run.target.texts(of: Self.archive) == Self.texts(3, 4, 5))
    #expect(run.target.texts() == Self.texts(1))
    #expect(await run.run().total(\.copied) == 0)
    #expect(run.target.texts(of: Self.archive) == Self.texts(3, 4, 5))
  }

  @Test func aMessageThatLosesItsLastLabelIsNoticed() async throws {
    let run = try await Self.moved()
    try Self.label(UID(2), ["\\Important"], in: run.source)
    #expect(try await VerifyTests.kinds(run, .metadata) == [.unaccounted])
    #expect(await run.run().total(\.copied) == 1)
    #expect(run.target.texts(of: Self.archive) == Self.texts(2, 3, 4, 5))
    #expect(try await VerifyTests.kinds(run, .metadata).isEmpty)
  }

  @Test func aMessageThatGetsALabelLaterStaysWhereItWasCopied() async throws {
    let run = try await Self.moved()
    try Self.label(UID(3), ["Work"], in: run.source)
    #expect(await run.run().failure == nil)
    #expect(run.target.texts(of: Self.archive) == Self.texts(3, 4, 5))
    #expect(try await VerifyTests.kinds(run, .bytes).isEmpty)
  }

  @Test func aLabelThatIsHiddenLaterUncoversItsMail() async throws {
    let run = try await Self.moved()
    run.source.remove(MailboxName(wire: "Work"))
    #expect(await run.run().total(\.copied) == 1)
    #expect(run.target.texts(of: Self.archive) == Self.texts(2, 3, 4, 5))
  }

  @Test(arguments: VerifyLevel.allCases)
  func theRestOfAllMailIsNothingMissing(_ level: VerifyLevel) async throws {
    let report = try await VerifyTests.report(try await Self.moved(), level)
    #expect(report.differences.isEmpty)
    let line = try #require(report.mailboxes.first { $0.pair.mapped.source == Self.view })
    #expect(line.atSource == 3 && line.onRecord == 3 && line.atTarget == 3)
  }

  @Test func aMessageMissingThereIsFound() async throws {
    let run = try await Self.moved()
    try run.target.change(Self.archive) { $0.messages[UID(2)] = nil }
    for level in VerifyLevel.allCases {
      #expect(try await VerifyTests.kinds(run, level) == [.missing])
    }
  }

  @Test func thePlanCountsOnlyWhatWouldBeCopied() async throws {
    let source = FakeSource(try Self.account())
    let plan = try await PlanRun(
      source: source, target: FakeTarget(FakeAccount()), journal: nil, rules: MappingRules()
    ).run()
    let line = try #require(plan.lines.first { $0.mapped.source == Self.view })
    #expect(line.messages == 3 && plan.messages == 5)
  }

  @Test func whatIsLeftOutByHandDoesNotComeBackThroughAllMail() async throws {
    var run = Scenario(source: try Self.account(), target: FakeAccount())
    run.rules.exclude = [Glob("Work")]
    #expect(await run.run().failure == nil)
    #expect(run.target.texts(of: Self.archive) == Self.texts(3, 4, 5))
  }

  @Test func aServerThatNoLongerTellsLabelsIsNotCopiedWhole() async throws {
    let first = try await Self.moved()
    let plain = FakeAccount(boxes: [.inbox: FakeAccount.Box(), Self.view: FakeAccount.Box()])
    for number in 1...5 { plain.deliver(Letter.text(number), to: Self.view) }
    let run = Scenario(source: plain, target: first.target, journal: first.journal)
    #expect(await run.run().failure == nil)
    #expect(run.target.texts(of: Self.archive) == Self.texts(3, 4, 5))
  }

  @Test func nothingIsRemovedFromAllMail() async throws {
    var run = Scenario(source: try Self.account(), target: FakeAccount())
    run.options.removal = Removal(confirmed: 5)
    #expect(await run.run().failure == nil)
    #expect(run.source.texts(of: Self.view) == Self.texts(1, 2, 3, 4, 5))
    #expect(run.source.texts().isEmpty)
  }

  @Test func aRunThatDiesAnywhereIsTakenUp() async throws {
    let counter = CrashPoint()
    let undisturbed = Scenario(source: try Self.account(), target: FakeAccount())
    #expect(await undisturbed.run(crash: counter).failure == nil)
    #expect(counter.steps > 4)
    for step in 1...counter.steps {
      let run = Scenario(source: try Self.account(), target: FakeAccount())
      #expect(await run.run(crash: CrashPoint(at: step)).failure != nil)
      try Self.label(UID(2), [], in: run.source)
      #expect(await run.run().failure == nil)
      #expect(run.target.texts(of: Self.archive) == Self.texts(2, 3, 4, 5), "step \(step)")
      #expect(run.target.texts() == Self.texts(1), "step \(step)")
    }
  }
}
