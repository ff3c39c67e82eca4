// mailmove: flags that change after the move.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite("Flags that change after the move")
struct FlagPolicyTests {
  static let seen = FlagSet(system: .seen)
  static let flagged = FlagSet(system: .flagged)
  static let answered = FlagSet(system: .answered)

  /// A moved message that was seen; then the source flags it and the target's user answers it.
  static func changedOnBothSides(_ policy: RunOptions.FlagPolicy) async throws -> Scenario {
    let source = FakeAccount()
    source.deliver(Letter.text(1), flags: seen)
    var run = Scenario(source: source, target: FakeAccount())
    run.options.flagPolicy = policy
    _ = await run.run()
    try run.source.setFlags(flagged, of: 1)
    try run.target.setFlags(seen.union(answered), of: 1)
    return run
  }

  @Test func mergeCarriesWhatChangedAndLeavesTheRestToTheTarget() async throws {
    let run = try await Self.changedOnBothSides(.merge)
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.flagsUpdated) == 1)
    #expect(run.target.flags() == [Self.flagged.union(Self.answered)])
    #expect(await run.run().total(\.flagsUpdated) == 0)
  }

  @Test func sourceMakesTheTargetEqual() async throws {
    let run = try await Self.changedOnBothSides(.source)
    #expect(await run.run().failure == nil)
    #expect(run.target.flags() == [Self.flagged])
  }

  @Test func keepTouchesNoFlag() async throws {
    var run = try await Self.changedOnBothSides(.keep)
    let log = RequestLog()
    run.onTarget = { log.note($0) }
    #expect(await run.run().failure == nil)
    #expect(run.target.flags() == [Self.seen.union(Self.answered)])
    #expect(log.count("store") == 0)
  }

  @Test func aFlagWhoseCarryingWasCutOffIsCarriedByTheNextAttempt() async throws {
    var run = try await Self.changedOnBothSides(.merge)
    let log = RequestLog()
    run.onTarget = { request in
      if request.hasPrefix("store"), log.note("store") == 1 { throw SyncError.lost(.target) }
    }
    #expect(await run.run().failure == nil)
    #expect(run.target.flags() == [Self.flagged.union(Self.answered)])
  }

  @Test func aMessageFoundAtTheTargetGetsTheFlagsItLacks() async throws {
    let source = FakeAccount()
    source.deliver(Letter.text(1), flags: Self.seen.union(Self.flagged))
    let run = Scenario(source: source, target: FakeAccount())
    run.target.deliver(Letter.text(1), flags: Self.answered)
    let report = await run.run()
    #expect(report.total(\.alreadyThere) == 1 && report.total(\.copied) == 0)
    #expect(run.target.flags() == [Self.seen.union(Self.flagged).union(Self.answered)])
  }

  @Test func aMessageKnownUnderAnotherKeyGetsItsFlagsInTheSameRun() async throws {
    let source = FakeAccount()
    source.deliver(Letter.text(1), flags: Self.seen)
    let run = Scenario(source: source, target: FakeAccount())
    _ = await run.run()
    CrashTests.renumber(run.source)
    try run.source.setFlags(Self.flagged, of: 100)
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.copied) == 0)
    #expect(run.target.flags() == [Self.flagged])
  }
}
