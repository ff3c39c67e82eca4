// mailmove: connections that are lost.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Synchronization
import Testing

@Suite("A run whose connections are lost")
struct ReconnectTests {
  static func scenario(_ count: Int = 5, tellsUIDs: Bool = true, groupMax: Int = 1) -> Scenario {
    var habits = FakeAccount.Habits()
    habits.tellsUIDs = tellsUIDs
    habits.groupMax = groupMax
    let source = Letter.account(count)
    source.deliver(Letter.text(1))
    return Scenario(source: source, target: FakeAccount(habits: habits))
  }

  /// A hook that loses the connection at one request, counted from 1, once.
  static func losing(_ side: SyncError.Side, at deadly: Int, _ log: RequestLog)
    -> @Sendable (String) throws -> Void
  {
    { request in
      log.note(request)
      if log.all.count == deadly { throw SyncError.lost(side) }
    }
  }

  @Test(arguments: [true, false])
  func losingTheSourceAtAnyRequestLosesAndDoublesNothing(_ tellsUIDs: Bool) async throws {
    let undisturbed = RequestLog()
    var first = Self.scenario(tellsUIDs: tellsUIDs)
    first.onSource = { undisturbed.note($0) }
    _ = await first.run()
    #expect(undisturbed.all.count > 5)
    for deadly in 1...undisturbed.all.count {
      var run = Self.scenario(tellsUIDs: tellsUIDs)
      let log = RequestLog()
      run.onSource = Self.losing(.source, at: deadly, log)
      let report = await run.run()
      let place = "lost at \(undisturbed.all[deadly - 1])"
      #expect(report.failure == nil, "\(place)")
      #expect(run.target.texts() == run.source.texts(), "\(place)")
      #expect(log.count("connect") == 2, "\(place)")
      #expect(report.total(\.pending) == 0 && report.total(\.skipped) == 0, "\(place)")
    }
  }

  @Test(arguments: [true, false], [1, 3])
  func losingTheTargetAtAnyRequestLosesAndDoublesNothing(_ tellsUIDs: Bool, _ groupMax: Int)
    async throws
  {
    let undisturbed = RequestLog()
    var first = Self.scenario(tellsUIDs: tellsUIDs, groupMax: groupMax)
    first.onTarget = { undisturbed.note($0) }
    _ = await first.run()
    #expect(undisturbed.all.count > 5)
    for deadly in 1...undisturbed.all.count {
      var run = Self.scenario(tellsUIDs: tellsUIDs, groupMax: groupMax)
      run.onTarget = Self.losing(.target, at: deadly, RequestLog())
      let report = await run.run()
      let place = "lost at \(undisturbed.all[deadly - 1])"
      if undisturbed.all[deadly - 1] == "list" {
        // The folder map is made by the next run.
        run.onTarget = { _ in }
        #expect(await run.run().failure == nil, "\(place)")
        #expect(run.target.texts() == run.source.texts(), "\(place)")
        continue
      }
      #expect(report.failure == nil, "\(place): \(String(describing: report.failure))")
      #expect(run.target.texts() == run.source.texts(), "\(place)")
      #expect(report.total(\.pending) == 0 && report.total(\.lost) == 0, "\(place)")
    }
  }

  @Test func aMessageAtWhichTheSourceAlwaysBreaksIsPutAside() async throws {
    var run = Self.scenario(8)
    let log = RequestLog()
    run.onSource = { request in
      log.note(request)
      if request == "body 5" { throw SyncError.lost(.source) }
    }
    try await expectPutAside(UID(5), run)
    #expect(log.count("body 5") <= 4)
  }

  @Test func theLastMessageAtWhichTheSourceAlwaysBreaksIsPutAside() async throws {
    var run = Self.scenario(8)
    run.onSource = { request in
      if request == "body 9" { throw SyncError.lost(.source) }
    }
    try await expectPutAside(UID(9), run)
  }

  @Test func aMessageAtWhichTheTargetAlwaysBreaksIsPutAside() async throws {
    var run = Self.scenario(8)
    let log = RequestLog()
    run.onTarget = { request in
      log.note(request)
      if request == "append 5" { throw SyncError.lost(.target) }
    }
    try await expectPutAside(UID(5), run)
    #expect(log.count("append 5") <= 4)
  }

  @Test func everyMessageAtWhichTheSourceBreaksIsPutAsideAndNoOther()
    async throws
  {
    var run = Self.scenario(8)
    run.onSource = { request in
      if ["body 1", "body 4", "body 5", "body 9"].contains(request) {
        throw SyncError.lost(.source)
      }
    }
    let report = await run.run()
    #expect(report.failure == nil)
    let skipped = try await run.records().filter { $0.state == .skipped }.map(\.key.uid.rawValue)
    #expect(skipped == [1, 4, 5, 9])
    #expect(report.total(\.copied) == 5)
  }

  @Test func everyMessageAtWhichTheTargetBreaksIsPutAsideAndNoOther() async throws {
    var run = Self.scenario(8)
    run.onTarget = { request in
      if ["append 1", "append 4", "append 5", "append 9"].contains(request) {
        throw SyncError.lost(.target)
      }
    }
    let report = await run.run()
    #expect(report.failure == nil)
    let skipped = try await run.records().filter { $0.state == .skipped }.map(\.key.uid.rawValue)
    #expect(skipped == [1, 4, 5, 9])
    #expect(report.total(\.copied) == 5)
  }

  @Test func aMailboxThatCannotBeReadIsGivenUpAndTheOthersAreMoved() async throws {
    var run = Self.scenario()
    let other = MailboxName(wire: "Other")
    run.source.create(other)
    run.source.deliver(Letter.text(1), to: other)
    run.onSource = { request in
      if request == "snapshot INBOX" {
        throw SyncError(
          .mailboxRefused, scope: .mailbox, remedy: .stop, side: .source, mailbox: .inbox)
      }
    }
    let report = await run.run()
    #expect(report.failure == nil)
    #expect(report.mailboxes.map(\.failure?.cause) == [.mailboxRefused, nil])
    #expect(run.target.texts(of: other) == run.source.texts(of: other))
    run.onSource = { _ in }
    #expect(await run.run().mailboxes.map(\.failure) == [nil, nil])
    #expect(run.target.texts() == run.source.texts())
  }

  func expectPutAside(_ uid: UID, _ run: Scenario) async throws {
    let report = await run.run()
    #expect(report.failure == nil)
    let records = try await run.records()
    for record in records {
      #expect(record.state == (record.key.uid == uid ? .skipped : .stored))
    }
    #expect(records.first { $0.key.uid == uid }?.reason == .messageDropsConnection)
    #expect(run.target.contents().count == records.count - 1)
    #expect(report.total(\.skipped) == 1)
  }

  @Test func waitsAsLongAsTheServerAsks() async throws {
    var run = Self.scenario()
    let log = RequestLog()
    let waits = Mutex<[Duration]>([])
    run.pacing = Pacing(sleep: { wait in waits.withLock { $0.append(wait) } }, chance: { 0 })
    run.onSource = { request in
      if request.hasPrefix("fetch"), log.note("fetch") == 1 {
        throw SyncError(
          .throttled, scope: .connection, remedy: .retry(after: .seconds(90)), side: .source)
      }
    }
    let report = await run.run()
    #expect(report.failure == nil)
    #expect(waits.withLock { $0 } == [.seconds(90)])
    #expect(run.target.texts() == run.source.texts())
  }

  @Test func aServerThatOnlyAsksToSlowDownCostsNoMessage() async throws {
    var run = Scenario(source: Letter.account(1), target: FakeAccount())
    let log = RequestLog()
    run.onSource = { request in
      if request.hasPrefix("fetch"), log.note("fetch") <= 3 {
        throw SyncError(.throttled, scope: .endpoint, remedy: .retry(after: nil), side: .source)
      }
    }
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.skipped) == 0)
    #expect(run.target.texts() == run.source.texts())
  }

  @Test func givesUpWhenTheServerAsksForMoreThanHalfAnHour() async throws {
    var run = Self.scenario()
    run.onSource = { request in
      if request.hasPrefix("fetch") {
        throw SyncError(
          .throttled, scope: .connection, remedy: .retry(after: .seconds(86_400)), side: .source)
      }
    }
    #expect(await run.run().failure?.cause == .throttled)
    run.onSource = { _ in }
    #expect(await run.run().failure == nil)
    #expect(run.target.texts() == run.source.texts())
  }

  @Test func givesAMailboxUpAfterTheAttemptsThatAreAllowedWithoutProgress() async throws {
    var run = Self.scenario()
    run.options.attemptsMax = 3
    let log = RequestLog()
    run.onTarget = { request in
      log.note(request)
      if request.hasPrefix("open") { throw SyncError.lost(.target) }
    }
    let report = await run.run()
    #expect(report.mailboxes.map(\.failure?.cause) == [.connectionLost])
    #expect(log.count("open") == 4)
    #expect(report.total(\.pending) == 6)
  }

  @Test func aMailboxAtWhichEveryConnectionIsLostDoesNotKeepTheOthersFromBeingMoved() async throws {
    var run = Self.scenario()
    run.options.attemptsMax = 2
    let other = MailboxName(wire: "Other")
    run.source.create(other)
    run.source.deliver(Letter.text(1), to: other)
    run.onSource = { request in
      if request == "snapshot INBOX" { throw SyncError.lost(.source) }
    }
    let report = await run.run()
    #expect(report.failure == nil)
    #expect(report.mailboxes.map(\.failure?.cause) == [.connectionLost, nil])
    #expect(run.target.texts(of: other) == run.source.texts(of: other))
  }

  @Test func theSecondSuchMailboxInARowEndsTheRun() async throws {
    var run = Self.scenario()
    run.options.attemptsMax = 2
    run.options.lanes = 1
    for name in ["A", "B", "C"] { run.source.create(MailboxName(wire: name)) }
    let log = RequestLog()
    run.onSource = { request in
      guard request.hasPrefix("snapshot") else { return }
      log.note(request)
      throw SyncError.lost(.source)
    }
    let report = await run.run()
    #expect(report.failure?.cause == .connectionLost)
    #expect(log.count("snapshot INBOX") == 3 && log.count("snapshot A") == 3)
    #expect(log.count("snapshot B") == 0 && log.count("snapshot C") == 0)
  }
}
