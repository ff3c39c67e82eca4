// mailmove: IMAP targets that break, stall and close the door.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit

@testable import MailJobs

extension HostileCase {
  static let targetConnections: [HostileCase] = [
    HostileCase(
      side: .imapTarget, server: "cuts the connection in place of the answer to APPEND",
      outcome: "connected again; looked whether it is there; copied", exit: .success,
      phrase: "the connection to the target server was lost",
      misdeeds: [Misdeed("APPEND", .nth(1), .hangUp())]),
    HostileCase(
      side: .imapTarget, server: "takes an APPEND and cuts the connection before the answer",
      outcome: "connected again; recognised by its bytes, and not copied twice", exit: .success,
      phrase: "the connection to the target server was lost",
      misdeeds: [Misdeed("APPEND", .nth(1), .hangUp(afterDoing: true))]),
    HostileCase(
      side: .imapTarget, server: "the same, without UIDPLUS and MULTIAPPEND",
      outcome: "the same", exit: .success,
      phrase: "the connection to the target server was lost",
      misdeeds: [Misdeed("APPEND", .nth(2), .hangUp(afterDoing: true))],
      manner: { $0.capabilities = "IMAP4rev1 LITERAL+" }),
    HostileCase(
      side: .imapTarget, server: "takes an APPEND and says BYE in place of the answer",
      outcome: "the same", exit: .success, phrase: "the target server closed the session",
      misdeeds: [
        Misdeed("APPEND", .nth(1), .hangUp(saying: "* BYE going down\r\n", afterDoing: true))
      ]),
    HostileCase(
      side: .imapTarget, server: "takes an APPEND and cuts the answer in the middle of its line",
      outcome: "the same", exit: .success,
      phrase: "the connection to the target server was lost",
      misdeeds: [Misdeed("APPEND", .nth(1), .cut(afterOctets: 30))]),
    HostileCase(
      side: .imapTarget,
      server: "takes every APPEND and always cuts the connection before the answer",
      outcome: "each message is recognised, one attempt later", exit: .success,
      misdeeds: [Misdeed("APPEND", .always, .hangUp(afterDoing: true))]),
    HostileCase(
      side: .imapTarget, server: "takes an APPEND and falls silent",
      outcome: "given up after the deadline; recognised by its bytes", exit: .success,
      phrase: "the target server did not answer in time",
      misdeeds: [Misdeed("APPEND", .nth(1), .fallSilent(afterDoing: true))], isSilent: true),
    HostileCase(
      side: .imapTarget,
      server: "takes an APPEND and says `* OK Still here` for ever in place of the answer",
      outcome: "given up after an hour; recognised by its bytes", exit: .success,
      phrase: "nothing of use for \(HostileBench.secondsOfRemarks) s",
      misdeeds: [
        Misdeed("APPEND", .nth(1), .prattle("* OK Still here\r\n", pausing: 200, afterDoing: true))
      ], isSilent: true),
    HostileCase(
      side: .imapTarget, server: "the same, as fast as it can",
      outcome: "100,000 remarks are heard; recognised by its bytes", exit: .success,
      phrase: "100000 remarks in place of an answer",
      misdeeds: [
        Misdeed(
          "APPEND", .nth(1),
          .prattle(String(repeating: "* OK Still here\r\n", count: 500), afterDoing: true))
      ]),
    HostileCase(
      side: .imapTarget, server: "drips every answer in single octets", outcome: "slow, and right",
      exit: .success,
      misdeeds: [
        Misdeed("SELECT", .always, .drip), Misdeed("APPEND", .always, .drip),
        Misdeed("UID FETCH HEADER", .always, .drip),
      ]),
    HostileCase(
      side: .imapTarget, server: "has too many sessions, says so at the login, always",
      outcome: "tried again with growing waits, then the run ends", exit: .temporary,
      phrase: "the target server allows no more connections",
      misdeeds: [
        Misdeed(
          "LOGIN", .always, .hangUp(saying: "* BYE Maximum number of connections exceeded\r\n"))
      ]),
    HostileCase(
      side: .imapTarget, server: "`NO [UNAVAILABLE]` to APPEND once", outcome: "tried again",
      exit: .success, phrase: "the target server is temporarily unable to do this",
      misdeeds: [
        Misdeed("APPEND", .nth(1), .instead(IMAPAnswer("NO [UNAVAILABLE] try later")))
      ]),
    HostileCase(
      side: .imapTarget, server: "`NO [THROTTLED]` to APPEND with a time to wait",
      outcome: "waits exactly as long as it was told", exit: .success,
      phrase: "the target server asks to slow down",
      misdeeds: [
        Misdeed(
          "APPEND", .nth(1),
          .instead(IMAPAnswer("NO [THROTTLED] wait, come back in 3 minutes")))
      ], wait: .seconds(180)),
    HostileCase(
      side: .imapTarget, server: "`NO [LIMIT]` to APPEND, always",
      outcome: "five attempts with growing waits, then the run ends", exit: .temporary,
      phrase: "the target server asks to slow down",
      misdeeds: [
        Misdeed("APPEND", .always, .instead(IMAPAnswer("NO [LIMIT] enough for today")))
      ]),
  ]
}
