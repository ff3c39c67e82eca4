// mailmove: tests of naming what no run has dealt with yet.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite("What is not on record yet, in a comparison")
struct UnmovedMailboxTests {
  private static let new = MailboxName(wire: "New")
  private static let old = MailboxName(wire: "Old")

  private static func report(
    _ run: Scenario, _ level: VerifyLevel, _ rules: MappingRules = MappingRules(),
    onRequest: @escaping @Sendable (String) throws -> Void = { _ in }
  ) async throws -> VerifyReport {
    try await Verify(
      source: FakeSource(run.source, onRequest: onRequest), target: FakeTarget(run.target),
      journal: run.journal, level: level, rules: rules
    ).run()
  }

  private static func unmoved(_ report: VerifyReport) -> [String] {
    report.unmoved.map { "\($0.mapped.sourcePath) \($0.messages ?? -1)" }
  }

  @Test(arguments: VerifyLevel.allCases)
  func aFolderMadeSinceIsNamedWithItsMessages(_ level: VerifyLevel) async throws {
    let run = await VerifyTests.moved()
    run.source.create(Self.new)
    for number in 20...22 { run.source.deliver(Letter.text(number), to: Self.new) }
    run.source.create(MailboxName(wire: "Empty"))
    let report = try await Self.report(run, level)
    #expect(Self.unmoved(report) == ["Empty 0", "New 3"])
    #expect(report.differences.isEmpty)
    #expect(report.mailboxes.map(\.pair.mapped.source) == [.inbox])
    #expect(await run.run().failure == nil)
    #expect(try await Self.report(run, level).unmoved.isEmpty)
  }

  @Test(arguments: VerifyLevel.allCases)
  func messagesThatCameSinceAreCounted(_ level: VerifyLevel) async throws {
    let run = await VerifyTests.moved()
    for number in 20...22 { run.source.deliver(Letter.text(number)) }
    let report = try await Self.report(run, level)
    #expect(report.mailboxes.map(\.unaccounted) == [3])
    #expect(report.differences.allSatisfy { $0.kind == .unaccounted })
  }

  @Test func whatTheRulesLeaveOutIsNotMissed() async throws {
    let run = await VerifyTests.moved()
    run.source.create(Self.new)
    var rules = MappingRules()
    rules.exclude = [Glob("New")]
    #expect(try await Self.report(run, .counts, rules).unmoved.isEmpty)
    rules = MappingRules()
    rules.include = [Glob("INBOX")]
    #expect(try await Self.report(run, .counts, rules).unmoved.isEmpty)
  }

  @Test func whatAnEarlierRunLeftOutIsNotMissed() async throws {
    var run = Scenario(source: Letter.account(1), target: FakeAccount())
    run.source.create(Self.new)
    run.rules.exclude = [Glob("New")]
    #expect(await run.run().failure == nil)
    #expect(try await Self.report(run, .counts).unmoved.isEmpty)
  }

  /// A finished move of two folders that are told apart by their UIDVALIDITY.
  private static func movedWithOld() async -> Scenario {
    var habits = FakeAccount.Habits()
    habits.givesOwnUIDValidity = true
    let source = Letter.account(2, habits: habits)
    source.create(old)
    source.deliver(Letter.text(7), to: old)
    let run = Scenario(source: source, target: FakeAccount())
    #expect(await run.run().failure == nil)
    return run
  }

  @Test func aRenamedFolderIsOnRecord() async throws {
    let run = await Self.movedWithOld()
    run.source.rename(Self.old, to: Self.new)
    #expect(try await Self.report(run, .counts).unmoved.isEmpty)
  }

  @Test func anotherFolderUnderAnOldNameIsNone() async throws {
    let run = await Self.movedWithOld()
    run.source.rename(Self.old, to: Self.new)
    run.source.create(Self.old)
    #expect(Self.unmoved(try await Self.report(run, .counts)) == ["Old 0"])
  }

  @Test func aFolderThatCannotBeOpenedIsNamedAllTheSame() async throws {
    var habits = FakeAccount.Habits()
    habits.listsStatus = false
    let run = Scenario(source: Letter.account(1, habits: habits), target: FakeAccount())
    _ = await run.run()
    run.source.create(Self.new)
    let report = try await Self.report(run, .counts) { request in
      guard request == "status New" else { return }
      throw SyncError(.permissionDenied, scope: .mailbox, remedy: .stop, side: .source)
    }
    #expect(Self.unmoved(report) == ["New -1"])
  }

  /// A record under the UID of another message is not about what is listed.
  @Test(arguments: [VerifyLevel.metadata, .headers, .bytes])
  func anotherMessageUnderAKnownUIDIsNotOnRecord(_ level: VerifyLevel) async throws {
    let run = await VerifyTests.moved()
    try run.source.change(.inbox) { box in
      box.messages[UID(2)]?.bytes = Array(Letter.text(20, body: "another").utf8)
    }
    let report = try await Self.report(run, level)
    #expect(report.differences.map(\.kind) == [.unaccounted])
    #expect(report.differences.map(\.key?.uid) == [UID(2)])
    #expect(report.mailboxes.map(\.unaccounted) == [1])
  }
}
