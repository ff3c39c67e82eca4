// mailmove: phrases servers use instead of codes.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine

extension ServerAnswer {
  /// A phrase of a server that sends no response code, in lower case, and what it means.
  struct Phrase {
    let text: String
    /// nil: on every occasion.
    let occasions: Set<Occasion>?
    let verdict: Verdict

    init(_ text: String, on occasions: Set<Occasion>? = nil, _ verdict: Verdict) {
      self.text = text
      self.occasions = occasions
      self.verdict = verdict
    }
  }

  private static let full = Verdict(.targetFull, .endpoint, .stop)
  private static let slow = Verdict(.throttled, .endpoint, .retry)
  private static let tooBig = Verdict(.messageTooBig, .message, .skip)
  private static let crowded = Verdict(.tooManyConnections, .endpoint, .retry)

  /// Seen at: Exchange, Gmail, Cyrus, hMailServer, Dovecot, Zimbra, Yahoo, Courier.
  static let phrases: [Phrase] = [
    Phrase("request is throttled", slow),
    Phrase("suggested backoff time", slow),
    Phrase("session expired, please login again", slow),
    Phrase("too many login failures", on: [.login, .greeting], slow),
    Phrase("too many requests", slow),
    Phrase("rate limit", slow),
    Phrase("bandwidth limit", slow),
    Phrase("too many simultaneous connections", crowded),
    Phrase("too many connections", crowded),
    Phrase("maximum number of connections", crowded),
    Phrase("over quota", on: [.append, .create], full),
    Phrase("quota limit will be exceeded", on: [.append, .create], full),
    Phrase("quota exceeded", on: [.append, .create], full),
    Phrase("time to find a bigger place", on: [.append], full),
    Phrase("server unavailable. 15", on: [.append], full),
    Phrase("not enough disk space", on: [.append, .create], full),
    Phrase("mailbox is full", on: [.append], full),
    Phrase("maximum message size exceeded", on: [.append], tooBig),
    Phrase("maximum size of appendable message", on: [.append], tooBig),
    Phrase("message size exceeds fixed maximum", on: [.append], tooBig),
    Phrase("message too large", on: [.append], tooBig),
    Phrase("message exceeds", on: [.append], tooBig),
    Phrase("user is authenticated but not connected", notConnected),
    Phrase("unsafe login", on: [.open], Verdict(.loginRefused, .endpoint, .stop)),
    Phrase(
      "temporarily unavailable", on: [.login, .greeting, .open, .append],
      Verdict(.serverUnavailable, .connection, .retry)),
    Phrase(
      "temporary", on: [.login, .greeting, .open, .append],
      Verdict(.serverUnavailable, .connection, .retry)),
    Phrase("try again later", Verdict(.serverUnavailable, .connection, .retry)),
    Phrase(
      "internal error", on: [.open, .append, .list],
      Verdict(.serverUnavailable, .connection, .retry)),
    Phrase("mailbox doesn't exist", Verdict(.mailboxMissing, .mailbox, .stop)),
    Phrase("mailbox does not exist", Verdict(.mailboxMissing, .mailbox, .stop)),
    Phrase("read-only", on: [.append, .store], Verdict(.mailboxReadOnly, .mailbox, .stop)),
  ]

  /// Exchange lets a user in and does not open the account: because there were too many connections
  /// lately, which passes within a minute, or for good.
  private static var notConnected: Verdict {
    var verdict = Verdict(.loginRefused, .endpoint, .retry)
    verdict.wait = .seconds(60)
    verdict.hint =
      "the login was right, but the account does not open: another account's token, no rights in "
      + "the mailbox, a token of the wrong scope, IMAP switched off, or too many connections"
    return verdict
  }

  /// What a session says whose token has run out: it takes a new session with a new token, at once.
  static func byExpiry(_ text: String) -> Verdict? {
    let folded = text.lowercased()
    return expiryPhrases.contains { folded.contains($0) }
      ? Verdict(.serverSaidBye, .connection, .retry) : nil
  }

  /// Seen at: Gmail, Exchange.
  static let expiryPhrases = [
    "session expired", "accesstokenexpired", "command received in invalid state",
  ]

  static func byPhrase(_ text: String, _ occasion: Occasion) -> Verdict? {
    let folded = text.lowercased()
    return phrases.first { phrase in
      (phrase.occasions?.contains(occasion) ?? true) && folded.contains(phrase.text)
    }?.verdict
  }
}
