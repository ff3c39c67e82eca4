// mailmove: what POP3 servers' refusals mean.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Testing

@testable import MailEndpoints

@Suite struct POP3AnswerTests {
  typealias Occasion = ServerAnswer.Occasion

  private static let minute = SyncError.Remedy.retry(after: .seconds(60))

  @Test(
    arguments: [
      (POP3ResponseCode.inUse, SyncError.Cause.mailboxInUse, SyncError.Scope.endpoint, minute),
      (.loginDelay, .throttled, .endpoint, minute),
      (.sysTemp, .serverUnavailable, .connection, .retry(after: nil)),
      (.sysPerm, .permissionDenied, .endpoint, .stop), (.auth, .loginRefused, .endpoint, .stop),
      (.other("X"), .loginRefused, .endpoint, .stop),
    ])
  func readsTheCode(
    code: POP3ResponseCode, cause: SyncError.Cause, scope: SyncError.Scope,
    remedy: SyncError.Remedy
  ) {
    let error = ServerAnswer.error(
      POP3Refusal(code: code, text: "no"), on: .login, side: .source)
    #expect(error.cause == cause && error.scope == scope && error.remedy == remedy)
  }

  /// What each phrase means, written down a second time: a change of the table is a decision.
  static let phrases: [(text: String, cause: SyncError.Cause)] =
    [
      "Lock busy", "Maildrop is locked", "Maildrop already locked", "Maildrop lock",
      "Mailbox is locked", "Mailbox locked", "Mailbox lock", "Unable to lock", "Can't lock",
      "Mailbox in use", "Mailbox is in use", "Maildrop in use", "Already in use",
      "Another session", "Another POP3 session", "Wait a few minutes",
    ].map { ($0, .mailboxInUse) } + [
      ("Login too frequently", .throttled), ("Minimum time between", .throttled),
      ("No such message", .messageUnreadable),
    ]

  @Test func readsEveryPhraseOnItsOccasionsOnly() {
    for (text, cause) in Self.phrases {
      for occasion in Occasion.allCases {
        let error = ServerAnswer.error(
          POP3Refusal(code: nil, text: "sorry: \(text), really"), on: occasion, side: .source)
        let applies =
          cause == .messageUnreadable
          ? occasion == .fetch : occasion == .login || occasion == .greeting
        #expect((error.cause == cause) == applies, "\(text) on \(occasion)")
      }
    }
  }

  @Test func noPhraseIsWithoutATest() {
    #expect(ServerAnswer.pop3Phrases.map(\.text) == Self.phrases.map { $0.text.lowercased() })
  }

  @Test(arguments: [
    "wrong password", "account locked", "your account is locked: too many failures",
    "mail access disabled",
  ])
  func whatIsNotAboutTheLockIsNeverTriedAgain(text: String) {
    let error = ServerAnswer.error(POP3Refusal(code: nil, text: text), on: .login, side: .source)
    #expect(error.cause == .loginRefused && error.remedy == .stop)
  }

  @Test func theTimeTheServerNamesIsWaitedFor() {
    for (text, announced, wait) in [
      ("busy", 300, 300), ("busy", 10, 60), ("busy, try in 5 minutes", 10, 300),
    ] {
      let error = ServerAnswer.error(
        POP3Refusal(code: .inUse, text: text), on: .login, side: .source,
        loginDelay: .seconds(announced))
      #expect(error.remedy == .retry(after: .seconds(wait)))
    }
  }
}
