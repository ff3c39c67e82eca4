// mailmove: POP3 servers that break, stall and close the door.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit

@testable import MailJobs

extension HostileCase {
  static let pop3Connections: [HostileCase] = [
    HostileCase(
      side: .pop3Source, server: "cuts the connection in place of the answer to RETR",
      outcome: "connected again, taken up from the ledger", exit: .success,
      phrase: "the connection to the source server was lost",
      pop3Misdeeds: [Misdeed("RETR", .nth(3), .hangUp())]),
    HostileCase(
      side: .pop3Source, server: "the same, with many RETR under way",
      outcome: "the same, then one after the other", exit: .success,
      phrase: "the connection to the source server was lost",
      pop3Misdeeds: [Misdeed("RETR", .nth(3), .hangUp())],
      pop3Capabilities: ["TOP", "UIDL", "PIPELINING"]),
    HostileCase(
      side: .pop3Source, server: "cuts the connection in the middle of a message",
      outcome: "the same; no part of a message is ever stored", exit: .success,
      phrase: "the connection to the source server was lost",
      pop3Misdeeds: [Misdeed("RETR", .nth(2), .cut(afterOctets: 60))]),
    HostileCase(
      side: .pop3Source, server: "breaks off at one message and falls silent, always",
      outcome: "the message is put aside as a skip, the rest is copied", exit: .skips,
      phrase: "drops the connection at the message",
      pop3Misdeeds: [
        Misdeed(
          "RETR", .always, .alter { if $0.contains("Letter 3") { $0 = String($0.prefix(60)) } })
      ], isSilent: true, again: ["--retry-skipped"]),
    HostileCase(
      side: .pop3Source, server: "falls silent in place of the answer to RETR",
      outcome: "given up after the deadline and connected again", exit: .success,
      phrase: "the source server did not answer in time",
      pop3Misdeeds: [Misdeed("RETR", .nth(2), .fallSilent())], isSilent: true),
    HostileCase(
      side: .pop3Source, server: "never answers CAPA",
      outcome: "connected again and not asked any more", exit: .success,
      pop3Misdeeds: [Misdeed("CAPA", .always, .fallSilent())], isSilent: true),
    HostileCase(
      side: .pop3Source, server: "answers CAPA octet by octet, for hours", outcome: "the same",
      exit: .success,
      pop3Misdeeds: [Misdeed("CAPA", .always, .prattle(after: "+OK\r\n", "x", pausing: 200))],
      isSilent: true),
    HostileCase(
      side: .pop3Source, server: "sends a message octet by octet, for hours",
      outcome: "given up after six hours and connected again", exit: .success,
      phrase: "no end of an answer for \(HostileBench.secondsOfAnswer) s",
      pop3Misdeeds: [Misdeed("RETR", .nth(2), .prattle(after: "+OK\r\n", "x", pausing: 200))],
      isSilent: true),
    HostileCase(
      side: .pop3Source, server: "sends the first line of an answer octet by octet, for hours",
      outcome: "given up after an hour and connected again", exit: .success,
      phrase: "nothing of use for \(HostileBench.secondsOfRemarks) s",
      pop3Misdeeds: [Misdeed("RETR", .nth(2), .prattle(after: "+OK", "x", pausing: 200))],
      isSilent: true),
    HostileCase(
      side: .pop3Source, server: "answers QUIT octet by octet, for ever",
      outcome: "left after two seconds", exit: .success,
      pop3Misdeeds: [Misdeed("QUIT", .always, .prattle("x", pausing: 200))]),
    HostileCase(
      side: .pop3Source, server: "drips every answer in single octets", outcome: "slow, and right",
      exit: .success,
      pop3Misdeeds: [Misdeed("UIDL", .always, .drip), Misdeed("RETR", .nth(1), .drip)]),
    HostileCase(
      side: .pop3Source, server: "`-ERR [IN-USE]` once", outcome: "tried again after a minute",
      exit: .success, phrase: "the mailbox at the source server is in use by another session",
      pop3Misdeeds: [Misdeed("PASS", .nth(1), .instead("-ERR [IN-USE] locked\r\n"))],
      wait: .seconds(60)),
    HostileCase(
      side: .pop3Source, server: "`-ERR [IN-USE]`, always",
      outcome: "tried twice more, a minute apart, then the run ends", exit: .temporary,
      phrase: "the mailbox at the source server is in use by another session",
      pop3Misdeeds: [Misdeed("PASS", .always, .instead("-ERR [IN-USE] locked\r\n"))]),
    HostileCase(
      side: .pop3Source, server: "`-ERR [LOGIN-DELAY]` once, having announced 90 seconds",
      outcome: "waits as long as was announced", exit: .success,
      phrase: "the source server asks to slow down",
      pop3Misdeeds: [Misdeed("PASS", .nth(1), .instead("-ERR [LOGIN-DELAY] too early\r\n"))],
      pop3Capabilities: ["TOP", "UIDL", "LOGIN-DELAY 90"], wait: .seconds(90)),
    HostileCase(
      side: .pop3Source, server: "`-ERR [SYS/TEMP]` once", outcome: "tried again", exit: .success,
      phrase: "the source server is temporarily unable to do this",
      pop3Misdeeds: [Misdeed("PASS", .nth(1), .instead("-ERR [SYS/TEMP] later\r\n"))]),
    HostileCase(
      side: .pop3Source, server: "sends lines of 20 MB in place of an answer",
      outcome: "64 KiB are held at most; connected again", exit: .success,
      phrase: "the source server sent something that breaks the protocol",
      pop3Misdeeds: [Misdeed("RETR", .nth(1), .pour(after: "+OK ", octets: 20_000_000))]),
  ]
}
