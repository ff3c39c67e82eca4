// mailmove: stopping, going on, and having nothing to do.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite("A run that is stopped, repeated or widened")
struct StopTests {
  static let other = MailboxName(wire: "Other")

  @Test func whatIsInFlightIsRecordedAndTheNextRunFinishes() async throws {
    var run = Scenario(source: Letter.account(600), target: FakeAccount())
    run.source.create(Self.other)
    run.source.deliver(Letter.text(1), to: Self.other)
    run.onSource = { [stop = run.stop] request in
      if request == "body 3" { stop.request() }
    }
    let report = await run.run()
    #expect(report.failure?.isInterruption == true)
    #expect(report.total(\.pending) > 0)
    let stored = try await run.records().count { $0.state == .stored }
    #expect(stored >= 3 && stored == run.target.contents().count)

    run.stop = StopSignal()
    run.onSource = { _ in }
    let next = await run.run()
    #expect(next.failure == nil && next.total(\.pending) == 0)
    #expect(next.total(\.alreadyThere) == 0)
    #expect(run.target.texts() == run.source.texts())
    #expect(run.target.texts(of: Self.other) == run.source.texts(of: Self.other))
  }

  @Test func aStopBeforeAnythingIsAskedForMovesNothing() async throws {
    let run = Scenario(source: Letter.account(3), target: FakeAccount())
    run.stop.request()
    #expect(await run.run().failure?.isInterruption == true)
    #expect(run.target.contents().isEmpty)
  }

  @Test(arguments: [1, 3, 8])
  func anyNumberOfLanesMovesTheSameMail(_ lanes: Int) async throws {
    var run = Scenario(source: Letter.account(7), target: FakeAccount())
    var names: [MailboxName] = [.inbox]
    for index in 1...6 {
      let name = MailboxName(wire: "Box\(index)")
      names.append(name)
      run.source.create(name)
      for number in 0..<index * 3 { run.source.deliver(Letter.text(number), to: name) }
    }
    run.options.lanes = lanes
    let report = await run.run()
    #expect(report.failure == nil && report.mailboxes.count == 7)
    #expect(report.total(\.copied) == 7 + 3 * 21)
    for name in names { #expect(run.target.texts(of: name) == run.source.texts(of: name)) }
    #expect(await run.run().total(\.copied) == 0)
  }

  @Test func havingNothingToDoAsksBothSidesForOneListingAndNothingElse() async throws {
    var run = Scenario(source: Letter.account(3), target: FakeAccount())
    run.source.create(Self.other)
    _ = await run.run()
    let atSource = RequestLog()
    let atTarget = RequestLog()
    run.onSource = { atSource.note($0) }
    run.onTarget = { atTarget.note($0) }
    let report = await run.run()
    #expect(report.failure == nil)
    #expect(report.mailboxes.map(\.wasUnchanged) == [true, true])
    #expect(atSource.all == ["connect", "list"])
    #expect(atTarget.all == ["connect", "list"])
  }

  @Test func withoutModSequencesTheTargetIsOnlyListedWhenNothingChanged() async throws {
    var habits = FakeAccount.Habits()
    habits.hasModSeq = false
    var run = Scenario(source: Letter.account(3, habits: habits), target: FakeAccount())
    _ = await run.run()
    let atTarget = RequestLog()
    run.onTarget = { atTarget.note($0) }
    #expect(await run.run().failure == nil)
    #expect(atTarget.all == ["connect", "list"])
  }

  @Test(arguments: [true, false])
  func aSourceThatKeepsNoPromiseAboutItsUIDsDoublesNothing(_ tellsUIDs: Bool) async throws {
    var habits = FakeAccount.Habits()
    habits.tellsUIDs = tellsUIDs
    let run = Scenario(source: Letter.account(3), target: FakeAccount(habits: habits))
    run.source.deliver(Letter.text(1))
    try run.source.change(.inbox) { $0.uidValidity = .unknown }
    let first = await run.run()
    #expect(first.failure == nil && first.total(\.copied) == 4)
    for _ in 1...2 {
      let again = await run.run()
      #expect(again.failure == nil && again.total(\.copied) == 0)
      #expect(run.target.texts() == run.source.texts())
    }
    run.source.deliver(Letter.text(1))
    run.source.deliver(Letter.text(8))
    let more = await run.run()
    #expect(more.failure == nil && more.total(\.copied) == 2)
    #expect(run.target.texts() == run.source.texts())
  }

  @Test func whatTheSourceDeletedStaysAtTheTarget() async throws {
    let run = Scenario(source: Letter.account(3), target: FakeAccount())
    _ = await run.run()
    try run.source.change(.inbox) { box in
      box.messages[UID(2)] = nil
      box.modSeq += 1
    }
    #expect(await run.run().failure == nil)
    #expect(run.target.contents().count == 3)
  }
}
