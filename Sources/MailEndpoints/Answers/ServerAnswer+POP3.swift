// mailmove: what a POP3 server's refusal means.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

extension ServerAnswer {
  /// What `-ERR` means: the response code first, then a known phrase, then the occasion.
  ///
  /// A locked maildrop, a login too early and a passing fault look like a refused login to anybody
  /// who does not read them; they are tried again, a wrong password never is.
  ///
  /// - Parameters:
  ///   - loginDelay: what CAPA announced (RFC 2449, 6.5).
  ///   - credential: what the session was logged in with; nil before.
  package static func error(
    _ refusal: POP3Refusal, on occasion: Occasion, side: SyncError.Side,
    loginDelay: Duration? = nil, credential: CredentialKind? = nil
  ) -> SyncError {
    let verdict =
      (credential == .token ? byExpiry(refusal.text) : nil) ?? refusal.code.flatMap(pop3Verdict)
      ?? byPOP3Phrase(refusal.text, occasion)
      ?? byPhrase(refusal.text, occasion) ?? byOccasion(.no, occasion)
    var remedy = verdict.remedy(in: refusal.text)
    if verdict.cause == .mailboxInUse || verdict.cause == .throttled,
      case .retry(let asked) = remedy
    {
      remedy = .retry(after: asked ?? max(loginDelay ?? .zero, lockedWait))
    }
    var detail = refusal.text
    if case .other(let name)? = refusal.code { detail = "[\(name)] \(detail)" }
    if refusal.isConfidential { detail = Redaction.notice }
    return SyncError(
      verdict.cause, scope: verdict.scope, remedy: remedy, side: side, detail: detail,
      hint: verdict.hint)
  }

  /// A server gives a maildrop free some time after a session broke: seconds, or ten minutes.
  private static let lockedWait = Duration.seconds(60)

  private static func pop3Verdict(_ code: POP3ResponseCode) -> Verdict? {
    switch code {
    case .inUse: inUse
    case .loginDelay: Verdict(.throttled, .endpoint, .retry)
    case .sysTemp: Verdict(.serverUnavailable, .connection, .retry)
    case .sysPerm: Verdict(.permissionDenied, .endpoint, .stop)
    case .auth: Verdict(.loginRefused, .endpoint, .stop)
    case .other: nil
    }
  }

  private static let inUse = Verdict(.mailboxInUse, .endpoint, .retry)

  /// Only what is about the maildrop's lock: "account locked" is not, and must not be tried again.
  static let pop3Phrases: [Phrase] = [
    Phrase("lock busy", on: atTheDoor, inUse),
    Phrase("maildrop is locked", on: atTheDoor, inUse),
    Phrase("maildrop already locked", on: atTheDoor, inUse),
    Phrase("maildrop lock", on: atTheDoor, inUse),
    Phrase("mailbox is locked", on: atTheDoor, inUse),
    Phrase("mailbox locked", on: atTheDoor, inUse),
    Phrase("mailbox lock", on: atTheDoor, inUse),
    Phrase("unable to lock", on: atTheDoor, inUse),
    Phrase("can't lock", on: atTheDoor, inUse),
    Phrase("mailbox in use", on: atTheDoor, inUse),
    Phrase("mailbox is in use", on: atTheDoor, inUse),
    Phrase("maildrop in use", on: atTheDoor, inUse),
    Phrase("already in use", on: atTheDoor, inUse),
    Phrase("another session", on: atTheDoor, inUse),
    Phrase("another pop3 session", on: atTheDoor, inUse),
    Phrase("wait a few minutes", on: atTheDoor, inUse),
    Phrase(
      "login too frequently", on: atTheDoor, Verdict(.throttled, .endpoint, .retry)),
    Phrase(
      "minimum time between", on: atTheDoor, Verdict(.throttled, .endpoint, .retry)),
    Phrase("no such message", on: [.fetch], Verdict(.messageUnreadable, .message, .skip)),
  ]

  private static let atTheDoor: Set<Occasion> = [.login, .greeting]

  private static func byPOP3Phrase(_ text: String, _ occasion: Occasion) -> Verdict? {
    let folded = text.lowercased()
    return pop3Phrases.first { phrase in
      (phrase.occasions?.contains(occasion) ?? true) && folded.contains(phrase.text)
    }?.verdict
  }
}
