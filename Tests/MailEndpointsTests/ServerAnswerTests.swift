// mailmove: what servers' answers mean.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Testing

@testable import MailEndpoints

@Suite struct ServerAnswerTests {
  typealias Occasion = ServerAnswer.Occasion

  /// A response code, where it was said, and what it means.
  struct Row: Sendable, CustomTestStringConvertible {
    let code: ResponseCode
    let occasions: [Occasion]
    let cause: SyncError.Cause
    let scope: SyncError.Scope
    let remedy: SyncError.Remedy

    var testDescription: String { "\(code) -> \(cause)" }

    init(
      _ code: ResponseCode, _ occasions: [Occasion], _ cause: SyncError.Cause,
      _ scope: SyncError.Scope, _ remedy: SyncError.Remedy
    ) {
      self.code = code
      self.occasions = occasions
      self.cause = cause
      self.scope = scope
      self.remedy = remedy
    }
  }

  private static let again = SyncError.Remedy.retry(after: nil)
  private static let all = Occasion.allCases
  private static let mailboxWork: [Occasion] = [
    .append, .open, .create, .fetch, .store, .subscribe,
  ]

  private static func except(_ occasion: Occasion) -> [Occasion] { all.filter { $0 != occasion } }

  static let rows: [Row] = [
    Row(.throttled, all, .throttled, .endpoint, again),
    Row(
      .limit, all.filter { ![.create, .login, .greeting].contains($0) }, .throttled, .endpoint,
      again),
    Row(.limit, [.login, .greeting], .tooManyConnections, .endpoint, again),
    Row(.limit, [.create], .throttled, .mailbox, again),
    Row(.unavailable, except(.fetch), .serverUnavailable, .connection, again),
    Row(.unavailable, [.fetch], .messageUnreadable, .message, again),
    Row(.serverBug, except(.fetch), .serverUnavailable, .connection, again),
    Row(.serverBug, [.fetch], .messageUnreadable, .message, again),
    Row(.inUse, all, .serverUnavailable, .connection, again),
    Row(.overQuota, [.append, .create, .store, .subscribe], .targetFull, .endpoint, .stop),
    Row(
      .overQuota, [.greeting, .login, .list, .open, .fetch, .other], .throttled, .endpoint, again),
    Row(.tooBig, all, .messageTooBig, .message, .skip),
    Row(.tryCreate, all, .mailboxMissing, .mailbox, again),
    Row(.nonexistent, all, .mailboxMissing, .mailbox, .stop),
    Row(.authenticationFailed, all, .loginRefused, .endpoint, .stop),
    Row(.authorizationFailed, all, .loginRefused, .endpoint, .stop),
    Row(.expired, all, .loginRefused, .endpoint, .stop),
    Row(.privacyRequired, all, .startTLSMissing, .endpoint, .stop),
    Row(.contactAdmin, all, .permissionDenied, .endpoint, .stop),
    Row(.noPerm, mailboxWork, .permissionDenied, .mailbox, .stop),
    Row(.noPerm, [.greeting, .login, .list, .other], .permissionDenied, .endpoint, .stop),
    Row(.cannot, [.create], .mailboxNameRefused, .mailbox, .stop),
    Row(.cannot, [.append], .messageRefused, .message, .skip),
    Row(.corruption, [.fetch], .messageUnreadable, .message, .skip),
    Row(.expungeIssued, [.fetch], .messageUnreadable, .message, .skip),
    Row(.corruption, [.open], .mailboxRefused, .mailbox, .stop),
  ]

  @Test(.timeLimit(.minutes(1)), arguments: rows)
  func readsACodeByItsOccasion(row: Row) {
    for occasion in row.occasions {
      let error = ServerAnswer.error(
        StatusResponse(kind: .no, code: row.code, text: "no"), on: occasion, side: .target)
      #expect(error.cause == row.cause, "on \(occasion)")
      #expect(error.scope == row.scope, "on \(occasion)")
      #expect(error.remedy == row.remedy, "on \(occasion)")
    }
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      (Occasion.greeting, SyncError.Cause.serverUnavailable, SyncError.Scope.connection, again),
      (.login, .loginRefused, .endpoint, .stop),
      (.list, .protocolViolation, .endpoint, .stop),
      (.other, .protocolViolation, .endpoint, .stop),
      (.open, .mailboxRefused, .mailbox, .stop),
      (.create, .mailboxNameRefused, .mailbox, .stop),
      (.fetch, .messageUnreadable, .message, .skip),
      (.append, .messageRefused, .message, .skip),
      (.store, .flagsRefused, .message, .skip),
      (.subscribe, .mailboxRefused, .mailbox, .stop),
    ])
  func readsAnAnswerWithoutCodeOrPhraseByItsOccasion(
    occasion: Occasion, cause: SyncError.Cause, scope: SyncError.Scope, remedy: SyncError.Remedy
  ) {
    for kind in [StatusResponse.Kind.no, .bad] {
      let error = ServerAnswer.error(
        StatusResponse(kind: kind, text: "computer says no"), on: occasion, side: .source)
      #expect(error.cause == cause)
      #expect(error.scope == scope)
      #expect(error.remedy == remedy)
      #expect(error.detail == "computer says no")
    }
  }

  /// What each phrase means, written down a second time: a change of the table is a decision.
  static let phrases: [(text: String, on: [Occasion], SyncError.Cause, SyncError.Scope, Action)] = [
    ("Request is throttled", all, .throttled, .endpoint, .retry),
    ("Suggested Backoff Time", all, .throttled, .endpoint, .retry),
    ("Session expired, please login again", all, .throttled, .endpoint, .retry),
    ("Too many login failures", [.login, .greeting], .throttled, .endpoint, .retry),
    ("Too many requests", all, .throttled, .endpoint, .retry),
    ("Rate limit", all, .throttled, .endpoint, .retry),
    ("Bandwidth limit", all, .throttled, .endpoint, .retry),
    ("Too many simultaneous connections", all, .tooManyConnections, .endpoint, .retry),
    ("Too many connections", all, .tooManyConnections, .endpoint, .retry),
    ("Maximum number of connections", all, .tooManyConnections, .endpoint, .retry),
    ("Over quota", [.append, .create], .targetFull, .endpoint, .stop),
    ("Quota limit will be exceeded", [.append, .create], .targetFull, .endpoint, .stop),
    ("Quota exceeded", [.append, .create], .targetFull, .endpoint, .stop),
    ("Time to find a bigger place", [.append], .targetFull, .endpoint, .stop),
    ("Server Unavailable. 15", [.append], .targetFull, .endpoint, .stop),
    ("Not enough disk space", [.append, .create], .targetFull, .endpoint, .stop),
    ("Mailbox is full", [.append], .targetFull, .endpoint, .stop),
    ("Maximum message size exceeded", [.append], .messageTooBig, .message, .skip),
    ("Maximum size of appendable message", [.append], .messageTooBig, .message, .skip),
    ("Message size exceeds fixed maximum", [.append], .messageTooBig, .message, .skip),
    ("Message too large", [.append], .messageTooBig, .message, .skip),
    ("Message exceeds", [.append], .messageTooBig, .message, .skip),
    ("User is authenticated but not connected", all, .loginRefused, .endpoint, .retry),
    ("Unsafe Login", [.open], .loginRefused, .endpoint, .stop),
    (
      "Temporarily unavailable", [.login, .greeting, .open, .append], .serverUnavailable,
      .connection, .retry
    ),
    (
      "Temporary", [.login, .greeting, .open, .append], .serverUnavailable, .connection, .retry
    ),
    ("Try again later", all, .serverUnavailable, .connection, .retry),
    ("Internal error", [.open, .append, .list], .serverUnavailable, .connection, .retry),
    ("Mailbox doesn't exist", all, .mailboxMissing, .mailbox, .stop),
    ("Mailbox does not exist", all, .mailboxMissing, .mailbox, .stop),
    ("Read-Only", [.append, .store], .mailboxReadOnly, .mailbox, .stop),
  ]

  typealias Action = ServerAnswer.Verdict.Action

  @Test(.timeLimit(.minutes(1))) func readsEveryPhraseOnItsOccasionsOnly() {
    for (text, occasions, cause, scope, action) in Self.phrases {
      var wanted = ServerAnswer.Verdict(cause, scope, action)
      if cause == .loginRefused, action == .retry { wanted.wait = .seconds(60) }
      for occasion in Self.all {
        let answer = StatusResponse(kind: .no, text: "sorry: \(text), really")
        let error = ServerAnswer.error(answer, on: occasion, side: .target)
        if occasions.contains(occasion) {
          #expect(error.cause == cause && error.scope == scope, "\(text) on \(occasion)")
          #expect(error.remedy == wanted.remedy(in: answer.text), "\(text) on \(occasion)")
        } else {
          let plain = ServerAnswer.error(
            StatusResponse(kind: .no, text: "no"), on: occasion, side: .target)
          #expect(error.cause == plain.cause, "\(text) on \(occasion)")
        }
      }
    }
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      (ResponseCode.overQuota, Occasion.fetch, SyncError.Cause.throttled),
      (.overQuota, .append, .throttled),
      (.overQuota, .open, .throttled), (.limit, .login, .throttled),
    ])
  func thatACodeIsAboutBandwidthIsReadInTheText(
    code: ResponseCode, occasion: Occasion, cause: SyncError.Cause
  ) {
    let error = ServerAnswer.error(
      StatusResponse(
        kind: .no, code: code, text: "Account exceeded command or bandwidth limits. (Failure)"),
      on: occasion, side: .target)
    #expect(error.cause == cause && error.scope == .endpoint)
    #expect(error.remedy == .retry(after: nil))
  }

  @Test(.timeLimit(.minutes(1)), arguments: [Occasion.fetch, .open, .list, .append])
  func thatThereAreTooManyConnectionsIsReadInTheTextBesideALimit(occasion: Occasion) {
    let error = ServerAnswer.error(
      StatusResponse(
        kind: .no, code: .limit, text: "Maximum number of connections from user+IP exceeded"),
      on: occasion, side: .source)
    #expect(error.cause == .tooManyConnections)
  }

  @Test(.timeLimit(.minutes(1)), arguments: [Occasion.store, .subscribe])
  func aSourceIsNeverFullBecauseItIsRead(occasion: Occasion) {
    let error = ServerAnswer.error(
      StatusResponse(kind: .no, code: .overQuota, text: "no"), on: occasion, side: .source)
    #expect(error.cause == .throttled)
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "Session expired, please login again.", "Session invalidated - AccessTokenExpired",
      "Command received in Invalid state.",
    ])
  func aSessionWhoseTokenHasRunOutIsMadeAgainAtOnce(text: String) {
    for kind in [StatusResponse.Kind.bye, .no, .bad] {
      let answer = StatusResponse(kind: kind, text: text)
      let error = ServerAnswer.error(answer, on: .fetch, side: .source, credential: .token)
      #expect(error.cause == .serverSaidBye && error.scope == .connection)
      #expect(error.remedy == .retry(after: nil))
    }
  }

  @Test(.timeLimit(.minutes(1))) func aLoginThatDoesNotOpenTheAccountSaysWhatMayBeWrong() {
    let error = ServerAnswer.error(
      StatusResponse(kind: .bad, text: "User is authenticated but not connected."), on: .list,
      side: .source)
    #expect(error.cause == .loginRefused && error.remedy == .retry(after: .seconds(60)))
    #expect(error.hint.contains("IMAP switched off"))
    var policy = RetryPolicy(attemptsMax: 5)
    #expect(policy.wait(after: error, chance: 0) == .seconds(60))
    #expect(policy.wait(after: error, chance: 0) == nil)
  }

  @Test(.timeLimit(.minutes(1))) func noPhraseIsWithoutATest() {
    #expect(ServerAnswer.phrases.map(\.text) == Self.phrases.map { $0.text.lowercased() })
  }

  @Test(.timeLimit(.minutes(1))) func aCodeCountsMoreThanTheTextBesideIt() {
    let error = ServerAnswer.error(
      StatusResponse(kind: .no, code: .tooBig, text: "over quota"), on: .append, side: .target)
    #expect(error.cause == .messageTooBig)
  }

  @Test(.timeLimit(.minutes(1))) func aCodeThatDecidesNothingLeavesItToTheText() {
    let error = ServerAnswer.error(
      StatusResponse(kind: .no, code: .alert, text: "Mailbox is full"), on: .append, side: .target)
    #expect(error.cause == .targetFull)
  }

  @Test(.timeLimit(.minutes(1)), arguments: Occasion.allCases)
  func goodbyeIsAboutTheConnection(occasion: Occasion) {
    let error = ServerAnswer.error(
      StatusResponse(kind: .bye, text: "so long"), on: occasion, side: .source)
    #expect(error.cause == .serverSaidBye)
    #expect(error.scope == .connection)
    #expect(error.remedy == .retry(after: nil))
  }

  @Test(.timeLimit(.minutes(1))) func theTimeAServerNamesIsWaitedFor() {
    let error = ServerAnswer.error(
      StatusResponse(
        kind: .bad, text: "Request is throttled. Suggested Backoff Time: 299961 milliseconds"),
      on: .append, side: .target)
    #expect(error.remedy == .retry(after: .milliseconds(299_961)))
  }

  @Test(.timeLimit(.minutes(1))) func anUnknownCodeIsShown() {
    let error = ServerAnswer.error(
      StatusResponse(kind: .no, code: .other(name: "WEBALERT", argument: ""), text: "log in there"),
      on: .login, side: .source)
    #expect(error.cause == .loginRefused)
    #expect(error.detail == "[WEBALERT] log in there")
  }
}
