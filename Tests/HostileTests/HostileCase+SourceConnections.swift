// mailmove: IMAP sources that break, stall and close the door.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit

@testable import MailJobs

extension HostileCase {
  /// As Dovecot says it while it is busy, and never anything else.
  static func stillHere(pausing milliseconds: Int) -> Misdeed<IMAPAnswer>.Act {
    let line = "* OK Still here\r\n"
    return .prattle(
      milliseconds == 0 ? String(repeating: line, count: 500) : line, pausing: milliseconds)
  }

  static let sourceConnections: [HostileCase] = [
    HostileCase(
      side: .imapSource, server: "cuts the connection in place of the answer to FETCH",
      outcome: "connected again, taken up from the ledger", exit: .success,
      phrase: "the connection to the source server was lost",
      misdeeds: [Misdeed("UID FETCH BODY", .nth(1), .hangUp())]),
    HostileCase(
      side: .imapSource, server: "says BYE in place of the answer to FETCH",
      outcome: "the same", exit: .success,
      phrase: "the source server closed the session",
      misdeeds: [
        Misdeed("UID FETCH BODY", .nth(2), .hangUp(saying: "* BYE going down\r\n"))
      ]),
    HostileCase(
      side: .imapSource, server: "cuts the connection in the middle of a literal",
      outcome: "the same; no part of a message is ever stored", exit: .success,
      phrase: "the connection to the source server was lost",
      misdeeds: [Misdeed("UID FETCH BODY", .nth(1), .cut(afterOctets: 400))]),
    HostileCase(
      side: .imapSource, server: "breaks off at one message and falls silent, always",
      outcome: "the message is put aside as a skip, the rest is copied", exit: .skips,
      phrase: "drops the connection at the message",
      misdeeds: [Misdeed("UID FETCH BODY", .always, .alter { $0.breakOff(atUID: 3) })],
      isSilent: true, again: ["--retry-skipped"]),
    HostileCase(
      side: .imapSource, server: "cuts the connection at every FETCH of a message",
      outcome: "three messages are put aside, then the server is to blame: the run ends",
      exit: .temporary,
      phrase: "the connection to the source server was lost",
      misdeeds: [Misdeed("UID FETCH BODY", .always, .hangUp())], again: ["--retry-skipped"]),
    HostileCase(
      side: .imapSource, server: "cuts the connection at every EXAMINE",
      outcome: "five attempts, then the folder is given up; the second in a row ends the run",
      exit: .temporary,
      phrase: "the connection to the source server was lost",
      misdeeds: [Misdeed("EXAMINE", .always, .hangUp())]),
    HostileCase(
      side: .imapSource, server: "falls silent in place of the answer to FETCH",
      outcome: "given up after the deadline and connected again", exit: .success,
      phrase: "the source server did not answer in time",
      misdeeds: [Misdeed("UID FETCH BODY", .nth(1), .fallSilent())], isSilent: true),
    HostileCase(
      side: .imapSource, server: "never answers EXAMINE",
      outcome: "five attempts, then the folder is given up; the second in a row ends the run",
      exit: .temporary,
      phrase: "the source server did not answer in time",
      misdeeds: [Misdeed("EXAMINE", .always, .fallSilent())], isSilent: true),
    HostileCase(
      side: .imapSource, server: "says `* OK Still here` for ever in place of the answer to FETCH",
      outcome: "given up after an hour and connected again", exit: .success,
      phrase: "nothing of use for \(HostileBench.secondsOfRemarks) s",
      misdeeds: [Misdeed("UID FETCH BODY", .nth(1), stillHere(pausing: 200))], isSilent: true),
    HostileCase(
      side: .imapSource, server: "the same, as fast as it can",
      outcome: "100,000 remarks are heard; connected again", exit: .success,
      phrase: "100000 remarks in place of an answer",
      misdeeds: [Misdeed("UID FETCH BODY", .nth(1), stillHere(pausing: 0))]),
    HostileCase(
      side: .imapSource,
      server: "answers commands that were never given, for ever, in place of FETCH",
      outcome: "the same", exit: .success, phrase: "100000 remarks in place of an answer",
      misdeeds: [
        Misdeed(
          "UID FETCH BODY", .nth(1), .prattle(String(repeating: "zz9 OK done\r\n", count: 500)))
      ]),
    HostileCase(
      side: .imapSource,
      server: "says `* OK Still here` for ever in place of the answer to EXAMINE, always",
      outcome: "five attempts, then the folder is given up; the second in a row ends the run",
      exit: .temporary,
      phrase: "nothing of use for \(HostileBench.secondsOfRemarks) s",
      misdeeds: [Misdeed("EXAMINE", .always, stillHere(pausing: 200))], isSilent: true),
    HostileCase(
      side: .imapSource, server: "tells flags for ever in place of the answer to FETCH",
      outcome: "given up after six hours and connected again", exit: .success,
      phrase: "no end of an answer for \(HostileBench.secondsOfAnswer) s",
      misdeeds: [
        Misdeed(
          "UID FETCH BODY", .nth(1), .prattle("* 1 FETCH (UID 1 FLAGS ())\r\n", pausing: 200))
      ], isSilent: true),
    HostileCase(
      side: .imapSource, server: "sends a message octet by octet, for hours",
      outcome: "the same", exit: .success,
      phrase: "no end of an answer for \(HostileBench.secondsOfAnswer) s",
      misdeeds: [
        Misdeed(
          "UID FETCH BODY", .nth(1),
          .prattle(after: "* 1 FETCH (UID 1 BODY[] {9999}\r\n", "x", pausing: 200))
      ], isSilent: true),
    HostileCase(
      side: .imapSource, server: "sends a line octet by octet, for hours",
      outcome: "given up after an hour and connected again", exit: .success,
      phrase: "nothing of use for \(HostileBench.secondsOfRemarks) s",
      misdeeds: [
        Misdeed("UID FETCH", .nth(1), .prattle(after: "* 1 FETCH (UID 1", "x", pausing: 200))
      ], isSilent: true),
    HostileCase(
      side: .imapSource, server: "says `* OK Still here` for ever in place of the answer to LOGOUT",
      outcome: "left after two seconds", exit: .success,
      misdeeds: [Misdeed("LOGOUT", .always, stillHere(pausing: 200))]),
    HostileCase(
      side: .imapSource, server: "drips every answer in single octets", outcome: "slow, and right",
      exit: .success,
      misdeeds: [
        Misdeed("EXAMINE", .always, .drip), Misdeed("UID FETCH", .always, .drip),
        Misdeed("UID FETCH BODY", .nth(1), .drip),
      ]),
    HostileCase(
      side: .imapSource, server: "says BYE to LIST, three times over, always",
      outcome: "tried once more, then the run ends", exit: .temporary,
      phrase: "the source server closed the session",
      misdeeds: [
        Misdeed(
          "LIST", .always,
          .hangUp(saying: String(repeating: "* BYE Session expired\r\n", count: 3)))
      ]),
    HostileCase(
      side: .imapSource, server: "has too many sessions, says so at the login, always",
      outcome: "tried again with growing waits, then the run ends", exit: .temporary,
      phrase: "the source server allows no more connections",
      misdeeds: [
        Misdeed(
          "LOGIN", .always, .instead(IMAPAnswer("NO Too many simultaneous connections")))
      ]),
    HostileCase(
      side: .imapSource, server: "has too many sessions once, and says BYE",
      outcome: "tried again", exit: .success, phrase: "trying again",
      misdeeds: [
        Misdeed("LOGIN", .nth(1), .hangUp(saying: "* BYE Too many connections from your IP\r\n"))
      ]),
    HostileCase(
      side: .imapSource, server: "`NO [UNAVAILABLE]` to EXAMINE once", outcome: "tried again",
      exit: .success, phrase: "the source server is temporarily unable to do this",
      misdeeds: [
        Misdeed("EXAMINE", .nth(1), .instead(IMAPAnswer("NO [UNAVAILABLE] database locked")))
      ]),
    HostileCase(
      side: .imapSource, server: "`NO [UNAVAILABLE]` to EXAMINE, always",
      outcome: "five attempts, then the folder is given up; the second in a row ends the run",
      exit: .temporary,
      phrase: "the source server is temporarily unable to do this",
      misdeeds: [
        Misdeed("EXAMINE", .always, .instead(IMAPAnswer("NO [UNAVAILABLE] database locked")))
      ]),
    HostileCase(
      side: .imapSource, server: "`NO [THROTTLED]` to FETCH with a time to wait",
      outcome: "waits exactly as long as it was told", exit: .success,
      phrase: "the source server asks to slow down",
      misdeeds: [
        Misdeed(
          "UID FETCH BODY", .nth(1),
          .instead(IMAPAnswer("NO [THROTTLED] Suggested Backoff Time: 95000 milliseconds")))
      ], wait: .seconds(95)),
    HostileCase(
      side: .imapSource, server: "`NO [THROTTLED]` to FETCH for longer than 30 minutes",
      outcome: "the run ends", exit: .temporary, phrase: "the source server asks to slow down",
      misdeeds: [
        Misdeed(
          "UID FETCH BODY", .always,
          .instead(IMAPAnswer("NO [THROTTLED] try again in 45 minutes")))
      ]),
    HostileCase(
      side: .imapSource, server: "`NO [LIMIT]` to FETCH once", outcome: "tried again after a wait",
      exit: .success, phrase: "the source server asks to slow down",
      misdeeds: [
        Misdeed("UID FETCH BODY", .nth(1), .instead(IMAPAnswer("NO [LIMIT] enough for now")))
      ]),
    HostileCase(
      side: .imapSource, server: "`NO [OVERQUOTA]` to FETCH once, because of bandwidth",
      outcome: "the same: nothing is full", exit: .success,
      phrase: "the source server asks to slow down",
      misdeeds: [
        Misdeed(
          "UID FETCH BODY", .nth(1),
          .instead(IMAPAnswer("NO [OVERQUOTA] Account exceeded command or bandwidth limits")))
      ]),
  ]
}
