// mailmove: POP3 servers that hand out messages wrongly.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit

@testable import MailJobs

extension HostileCase {
  static let pop3Texts: [HostileCase] = [
    HostileCase(
      side: .pop3Source, server: "says a wrong size in the answer to RETR",
      outcome: "not looked at", exit: .success,
      pop3Misdeeds: [
        Misdeed(
          "RETR", .always,
          .alter { $0 = "+OK 99999999999999999999 octets" + $0.dropFirst(3) })
      ]),
    HostileCase(
      side: .pop3Source, server: "does not stuff a line with a single dot, once",
      outcome: "what is left of the message breaks the session; it is fetched again",
      exit: .success, phrase: "the source server sent something that breaks the protocol",
      pop3Misdeeds: [
        Misdeed("RETR", .nth(3), .alter { $0 = $0.replacing("\r\n..", with: "\r\n.") })
      ]),
    HostileCase(
      side: .pop3Source, server: "does not stuff a line with a single dot, ever",
      outcome: "a skip: the part before the dot is not taken for the message", exit: .skips,
      phrase: "drops the connection at the message",
      pop3Misdeeds: [
        Misdeed("RETR", .always, .alter { $0 = $0.replacing("\r\n..", with: "\r\n.") })
      ],
      again: ["--retry-skipped"]),
    HostileCase(
      side: .pop3Source, server: "the same, with many RETR under way", outcome: "the same",
      exit: .skips, phrase: "drops the connection at the message",
      pop3Misdeeds: [
        Misdeed("RETR", .always, .alter { $0 = $0.replacing("\r\n..", with: "\r\n.") })
      ],
      pop3Capabilities: ["TOP", "UIDL", "PIPELINING"], again: ["--retry-skipped"]),
    HostileCase(
      side: .pop3Source, server: "ends no message with a dot",
      outcome: "three messages are put aside, then the server is to blame: the run ends",
      exit: .temporary,
      phrase: "the source server did not answer in time",
      pop3Misdeeds: [Misdeed("RETR", .always, .alter { $0 = String($0.dropLast(3)) })],
      isSilent: true, again: ["--retry-skipped"]),
    HostileCase(
      side: .pop3Source, server: "answers RETR with `+OK` and an empty text, for one message",
      outcome: "asked for again, then a skip", exit: .skips, phrase: "hand",
      pop3Misdeeds: [Misdeed("RETR", .from(7), .instead("+OK\r\n.\r\n"))],
      again: ["--retry-skipped"]),
    HostileCase(
      side: .pop3Source, server: "ends a message that it cannot read behind an empty line, always",
      outcome: "asked for again, then a skip, which the next run takes up", exit: .skips,
      phrase: "hands out less of the message than it announces",
      pop3Misdeeds: [Misdeed("RETR", .from(7), .instead("+OK 9999 octets\r\n\r\n.\r\n"))]),
    HostileCase(
      side: .pop3Source, server: "`-ERR` to the RETR of one message, always",
      outcome: "asked for again, then a skip", exit: .skips,
      phrase: "the source server does not hand out the message",
      pop3Misdeeds: [Misdeed("RETR", .from(7), .instead("-ERR no such message\r\n"))],
      again: ["--retry-skipped"]),
    HostileCase(
      side: .pop3Source, server: "answers with lines that are no answers",
      outcome: "connected again", exit: .success,
      phrase: "the source server sent something that breaks the protocol",
      pop3Misdeeds: [Misdeed("RETR", .nth(2), .instead("OK yes\r\n.\r\n"))]),
    HostileCase(
      side: .pop3Source, server: "sends 8-bit octets and NUL in a message",
      outcome: "copied as it is",
      exit: .success, mail: HostileMail.sample + [HostileMail.message(8, body: "a\0b\u{FF}\r\n")]),
  ]

  private static let removing = ["--delete-source", "--confirm-deletes", "7"]

  static let pop3Removals: [HostileCase] = [
    HostileCase(
      side: .pop3Source, server: "removes, and cuts the connection before the answer to QUIT",
      outcome: "nothing is claimed; the next run finds that they are gone", exit: .temporary,
      phrase: "the connection to the source server was lost",
      pop3Misdeeds: [Misdeed("QUIT", .always, .hangUp(afterDoing: true))], options: removing,
      phraseAgain: "what an earlier run was about to delete is gone from the source: 7 messages",
      status: "7 deleted from the source", leftAtSource: 0),
    HostileCase(
      side: .pop3Source, server: "removes some, and cuts the connection before the answer to QUIT",
      outcome: "nothing is claimed; the next run finds which are gone and removes the others",
      exit: .temporary, phrase: "the connection to the source server was lost",
      pop3Misdeeds: [
        Misdeed("DELE", .from(4), .instead("+OK marked\r\n")),
        Misdeed("QUIT", .always, .hangUp(afterDoing: true)),
      ], options: removing,
      phraseAgain: "what an earlier run was about to delete is gone from the source: 3 messages",
      status: "7 deleted from the source", leftAtSource: 0),
    HostileCase(
      side: .pop3Source, server: "cuts the connection at QUIT and removes nothing",
      outcome: "nothing is claimed; the next run removes them", exit: .temporary,
      phrase: "the connection to the source server was lost",
      pop3Misdeeds: [Misdeed("QUIT", .always, .hangUp())], options: removing,
      phraseAgain: "7 deleted from the source", status: "7 deleted from the source",
      leftAtSource: 0),
    HostileCase(
      side: .pop3Source, server: "says `+OK` to QUIT and removes nothing",
      outcome: "looked at in a new session: they are there; the next run removes them",
      exit: .skips, phrase: "7 kept at the source",
      pop3Misdeeds: [Misdeed("QUIT", .always, .instead("+OK bye\r\n"))], options: removing,
      phraseAgain: "7 deleted from the source", status: "7 deleted from the source",
      leftAtSource: 0),
    HostileCase(
      side: .pop3Source, server: "`-ERR` to DELE, always",
      outcome: "told as kept; the next run tries again", exit: .skips,
      phrase: "7 kept at the source",
      pop3Misdeeds: [Misdeed("DELE", .always, .instead("-ERR no\r\n"))], options: removing,
      phraseAgain: "7 deleted from the source", status: "7 deleted from the source",
      leftAtSource: 0),
  ]
}
