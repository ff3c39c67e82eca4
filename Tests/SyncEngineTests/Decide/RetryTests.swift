// mailmove: tests of trying again.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import SyncEngine

@Suite("Trying again")
struct RetryTests {
  static func asking(_ wait: Duration?) -> SyncError {
    SyncError(.throttled, scope: .connection, remedy: .retry(after: wait), side: .source)
  }

  @Test func waitsDoubleUpToFiveMinutesAndThenItGivesUp() {
    var policy = RetryPolicy(attemptsMax: 11)
    let waits = (1...11).map { _ in policy.wait(after: Self.asking(nil), chance: 0) }
    #expect(waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map { .seconds($0) })
    #expect(policy.wait(after: Self.asking(nil), chance: 0) == nil)
  }

  @Test func manyAttemptsNeverOverflow() {
    var policy = RetryPolicy(attemptsMax: 1_000)
    for _ in 1...1_000 {
      let wait = policy.wait(after: Self.asking(nil), chance: 1)
      #expect(wait.map { $0 <= .seconds(375) } == true)
    }
  }

  @Test func chanceAddsUpToAQuarter() {
    var policy = RetryPolicy(attemptsMax: 5)
    #expect(policy.wait(after: Self.asking(nil), chance: 1) == .milliseconds(1_250))
  }

  @Test func whatTheServerAsksForIsObeyed() {
    var policy = RetryPolicy(attemptsMax: 5)
    #expect(policy.wait(after: Self.asking(.seconds(90)), chance: 1) == .seconds(90))
    #expect(policy.wait(after: Self.asking(.zero), chance: 0) == .seconds(2))
    let longest = RetryPolicy.longestWait
    #expect(policy.wait(after: Self.asking(longest), chance: 0) == longest)
  }

  @Test func aServerThatAsksForTooMuchEndsTheRun() {
    var policy = RetryPolicy(attemptsMax: 5)
    let tooLong = RetryPolicy.longestWait + .seconds(1)
    #expect(policy.wait(after: Self.asking(tooLong), chance: 0) == nil)
  }

  @Test func progressStartsTheCountAgain() {
    var policy = RetryPolicy(attemptsMax: 1)
    #expect(policy.wait(after: Self.asking(nil), chance: 0) == .seconds(1))
    policy.noteProgress()
    #expect(policy.wait(after: Self.asking(nil), chance: 0) == .seconds(1))
    #expect(policy.wait(after: Self.asking(nil), chance: 0) == nil)
  }

  @Test(arguments: [SyncError.Remedy.stop, .skip])
  func onlyWhatMayBeTriedAgainIs(_ remedy: SyncError.Remedy) {
    var policy = RetryPolicy(attemptsMax: 5)
    let error = SyncError(.loginRefused, scope: .endpoint, remedy: remedy, side: .source)
    #expect(policy.wait(after: error, chance: 0) == nil)
    #expect(policy.attempt == 0)
  }
}

@Suite("Who is to blame for lost connections")
struct DisconnectSuspectsTests {
  static func result(_ inDoubt: [UInt32], madeProgress: Bool = false) -> PairSync.Result {
    let row = MappedMailbox(
      source: .inbox, sourceDelimiter: nil, sourcePath: "INBOX", decision: .same, reason: "")
    return PairSync.Result(
      line: MailboxLineItem(pair: MailboxPair(id: 1, mapped: row)), failure: .lost(.source),
      inDoubt: Set(inDoubt.map { UID($0) }), madeProgress: madeProgress)
  }

  @Test func aLossAfterProgressIsNobodysFault() {
    var suspects = DisconnectSuspects()
    suspects.note(Self.result([1, 2], madeProgress: true), strikesMax: 2)
    #expect(suspects.uids.isEmpty && suspects.culprit == nil)
  }

  @Test func aLossWithoutProgressPutsAllThatWasUnderWayUnderSuspicion() {
    var suspects = DisconnectSuspects()
    suspects.note(Self.result([1, 2]), strikesMax: 2)
    #expect(suspects.uids == [UID(1), UID(2)] && suspects.culprit == nil)
  }

  @Test func aSuspectThatBreaksTheConnectionAloneTwiceIsTheCulprit() {
    var suspects = DisconnectSuspects()
    suspects.note(Self.result([1, 2]), strikesMax: 2)
    suspects.note(Self.result([2], madeProgress: true), strikesMax: 2)
    #expect(suspects.culprit == nil)
    suspects.note(Self.result([2]), strikesMax: 2)
    #expect(suspects.culprit == UID(2))
    suspects.acceptThatPutAside(UID(2))
    #expect(suspects.uids == [UID(1)] && suspects.culprit == nil)
  }

  @Test func whereEveryMessageIsACulpritTheServerIsToBlame() {
    var suspects = DisconnectSuspects()
    let all: [UInt32] = [1, 2, 3, 4]
    suspects.note(Self.result(all), strikesMax: 1)
    for uid in all {
      suspects.note(Self.result([uid]), strikesMax: 1)
      #expect(suspects.culprit == UID(uid) && suspects.isImplausible == (uid == 4))
      if uid < 4 { suspects.acceptThatPutAside(UID(uid)) }
    }
    suspects.note(Self.result([4], madeProgress: true), strikesMax: 1)
    #expect(suspects.culprit == UID(4) && !suspects.isImplausible)
  }

  @Test func aLossWithNothingUnderWayAccusesNobody() {
    var suspects = DisconnectSuspects()
    for _ in 1...5 { suspects.note(Self.result([]), strikesMax: 2) }
    #expect(suspects.uids.isEmpty && suspects.culprit == nil)
  }
}
