// mailmove: POP3 servers that list what is not so.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit

@testable import MailJobs

extension HostileCase {
  private static func letters(_ ids: [String?]) -> [ScriptedPOP3Server.Letter] {
    HostileMail.letters(HostileMail.sample).enumerated().map { index, letter in
      var letter = letter
      letter.uniqueID = ids[index % ids.count]
      return letter
    }
  }

  static let pop3Listings: [HostileCase] = [
    HostileCase(
      side: .pop3Source, server: "has no UIDL",
      outcome: "known by the header that TOP gives", exit: .success,
      pop3Misdeeds: [Misdeed("UIDL", .always, .instead("-ERR what?\r\n"))],
      pop3Capabilities: ["TOP"]),
    HostileCase(
      side: .pop3Source, server: "has no UIDL and says `+OK` twice before a header",
      outcome: "the same", exit: .success,
      pop3Misdeeds: [
        Misdeed("UIDL", .always, .instead("-ERR what?\r\n")),
        Misdeed("TOP", .always, .alter { $0 = "+OK\r\n" + $0 }),
      ],
      pop3Capabilities: ["TOP"]),
    HostileCase(
      side: .pop3Source, server: "has neither UIDL nor TOP",
      outcome: "read again and compared in each run", exit: .success,
      pop3Misdeeds: [
        Misdeed("UIDL", .always, .instead("-ERR what?\r\n")),
        Misdeed("TOP", .always, .instead("-ERR what?\r\n")),
      ], pop3Capabilities: []),
    HostileCase(
      side: .pop3Source, server: "gives the same unique-id to all messages",
      outcome: "known by the header that TOP gives", exit: .success, letters: letters(["same"])),
    HostileCase(
      side: .pop3Source, server: "gives blank unique-ids to some", outcome: "the same",
      exit: .success, letters: letters(["", nil, "a", "b", "c", "d", "e"])),
    HostileCase(
      side: .pop3Source, server: "changes all unique-ids between two runs",
      outcome: "read again; nothing is copied twice", exit: .success,
      meanwhile: { bench in
        bench.maildrop.letters = letters(["x1", "x2", "x3", "x4", "x5", "x6", "x7"])
      }),
    HostileCase(
      side: .pop3Source, server: "puts NUL, blanks and 8-bit octets into unique-ids",
      outcome: "they count as they are", exit: .success,
      letters: letters([
        "a b", "a\u{0}b", "Ü", "\u{7F}", "a\tb", "%", String(repeating: "u", count: 900),
      ])),
    HostileCase(
      side: .pop3Source, server: "gives sizes that are wrong: 0, 1, 19 digits, 40 digits",
      outcome: "sizes are a hint; the bytes are right", exit: .success,
      pop3Misdeeds: [
        Misdeed(
          "LIST", .always,
          .instead(
            "+OK\r\n1 0\r\n2 1\r\n3 9223372036854775807\r\n4 "
              + "\(String(repeating: "9", count: 40))\r\n5 -7\r\n6 12\r\n7 4\r\n.\r\n"))
      ]),
    HostileCase(
      side: .pop3Source, server: "lists numbers that are huge, zero, double or not there",
      outcome: "what cannot be is passed over", exit: .success,
      pop3Misdeeds: [
        Misdeed(
          "LIST", .always,
          .alter { answer in
            answer = answer.replacing(
              "\r\n.\r\n",
              with: "\r\n0 10\r\n99999999999999999999 5\r\n-3 7\r\n2 11\r\nx y\r\n\r\n.\r\n")
          }),
        Misdeed(
          "UIDL", .always,
          .alter {
            $0 = $0.replacing("\r\n.\r\n", with: "\r\n0 a\r\n18446744073709551616 b\r\n.\r\n")
          }),
      ]),
    HostileCase(
      side: .pop3Source, server: "says in STAT that there are more messages than it lists",
      outcome: "what is listed is copied, and the run is not called complete", exit: .guarded,
      phrase: "the source server lists fewer messages than it says it has",
      pop3Misdeeds: [Misdeed("STAT", .always, .instead("+OK 4294967296 1\r\n"))]),
    HostileCase(
      side: .pop3Source, server: "answers STAT with something that is no number",
      outcome: "tried again, then the run ends", exit: .temporary,
      phrase: "an answer to STAT without a number",
      pop3Misdeeds: [Misdeed("STAT", .always, .instead("+OK many\r\n"))]),
  ]
}
