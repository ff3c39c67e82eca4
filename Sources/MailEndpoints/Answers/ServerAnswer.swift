// mailmove: what a server's answer means.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// Translates what a server says into how far the damage goes and what to do about it.
///
/// The only place where response codes and known phrases are read; the table is itself a test.
package enum ServerAnswer {
  /// What was asked for when the server answered.
  package enum Occasion: String, Sendable, CaseIterable {
    case greeting, login, list, open, create, fetch, append, store, subscribe, other
  }

  /// What a NO, BAD or BYE means.
  ///
  /// - Parameter credential: what the session was logged in with; nil before.
  package static func error(
    _ answer: StatusResponse, on occasion: Occasion, side: SyncError.Side,
    credential: CredentialKind? = nil
  ) -> SyncError {
    let verdict =
      (credential == .token ? byExpiry(answer.text) : nil) ?? byPace(answer, occasion)
      ?? answer.code.flatMap { byCode($0, occasion, side) } ?? byPhrase(answer.text, occasion)
      ?? byOccasion(answer.kind, occasion)
    var detail = answer.text
    if case .other(let name, _)? = answer.code { detail = "[\(name)] \(detail)" }
    if answer.isConfidential { detail = Redaction.notice }
    return SyncError(
      verdict.cause, scope: verdict.scope, remedy: verdict.remedy(in: answer.text), side: side,
      detail: detail, hint: verdict.hint)
  }

  struct Verdict: Equatable {
    enum Action: Equatable { case retry, skip, stop }

    let cause: SyncError.Cause
    let scope: SyncError.Scope
    let action: Action
    /// To wait where the server does not say how long.
    var wait: Duration?
    var hint: String?

    init(_ cause: SyncError.Cause, _ scope: SyncError.Scope, _ action: Action) {
      self.cause = cause
      self.scope = scope
      self.action = action
    }

    func remedy(in text: String) -> SyncError.Remedy {
      switch action {
      case .retry: .retry(after: BackOffTime.read(text) ?? wait)
      case .skip: .skip
      case .stop: .stop
      }
    }
  }

  /// Codes that say that something is used up and not what: the text may, and knows better.
  private static func byPace(_ answer: StatusResponse, _ occasion: Occasion) -> Verdict? {
    guard answer.code == .limit || answer.code == .overQuota, occasion != .create,
      let verdict = byPhrase(answer.text, occasion),
      verdict.cause == .throttled || verdict.cause == .tooManyConnections
    else { return nil }
    return verdict
  }

  private static func writes(_ occasion: Occasion, _ side: SyncError.Side) -> Bool {
    switch occasion {
    case .append, .create: true
    case .store, .subscribe: side == .target
    case .greeting, .login, .list, .open, .fetch, .other: false
    }
  }

  private static func byCode(
    _ code: ResponseCode, _ occasion: Occasion, _ side: SyncError.Side
  ) -> Verdict? {
    switch code {
    case .throttled: Verdict(.throttled, .endpoint, .retry)
    case .limit:
      switch occasion {
      case .create: Verdict(.throttled, .mailbox, .retry)
      case .greeting, .login: Verdict(.tooManyConnections, .endpoint, .retry)
      case .list, .open, .fetch, .append, .store, .subscribe, .other:
        Verdict(.throttled, .endpoint, .retry)
      }
    case .unavailable, .serverBug:
      occasion == .fetch
        ? Verdict(.messageUnreadable, .message, .retry)
        : Verdict(.serverUnavailable, .connection, .retry)
    case .inUse: Verdict(.serverUnavailable, .connection, .retry)
    case .overQuota:
      // Reading fills nothing: some servers mean how much may be read in a day.
      writes(occasion, side)
        ? Verdict(.targetFull, .endpoint, .stop) : Verdict(.throttled, .endpoint, .retry)
    case .tooBig: Verdict(.messageTooBig, .message, .skip)
    case .tryCreate: Verdict(.mailboxMissing, .mailbox, .retry)
    case .nonexistent: Verdict(.mailboxMissing, .mailbox, .stop)
    case .authenticationFailed, .authorizationFailed, .expired:
      Verdict(.loginRefused, .endpoint, .stop)
    case .privacyRequired: Verdict(.startTLSMissing, .endpoint, .stop)
    case .contactAdmin: Verdict(.permissionDenied, .endpoint, .stop)
    case .noPerm:
      switch occasion {
      case .append, .open, .create, .fetch, .store, .subscribe:
        Verdict(.permissionDenied, .mailbox, .stop)
      case .greeting, .login, .list, .other: Verdict(.permissionDenied, .endpoint, .stop)
      }
    case .cannot where occasion == .create: Verdict(.mailboxNameRefused, .mailbox, .stop)
    case .corruption where occasion == .fetch, .expungeIssued where occasion == .fetch:
      Verdict(.messageUnreadable, .message, .skip)
    default: nil
    }
  }

  static func byOccasion(_ kind: StatusResponse.Kind, _ occasion: Occasion) -> Verdict {
    if kind == .bye {
      return Verdict(.serverSaidBye, .connection, .retry)
    }
    return switch occasion {
    case .greeting: Verdict(.serverUnavailable, .connection, .retry)
    case .login: Verdict(.loginRefused, .endpoint, .stop)
    case .list, .other: Verdict(.protocolViolation, .endpoint, .stop)
    case .open: Verdict(.mailboxRefused, .mailbox, .stop)
    case .create: Verdict(.mailboxNameRefused, .mailbox, .stop)
    case .fetch: Verdict(.messageUnreadable, .message, .skip)
    case .append: Verdict(.messageRefused, .message, .skip)
    case .store: Verdict(.flagsRefused, .message, .skip)
    case .subscribe: Verdict(.mailboxRefused, .mailbox, .stop)
    }
  }
}
