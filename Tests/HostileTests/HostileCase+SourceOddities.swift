// mailmove: IMAP sources that bend the grammar and the numbering.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit

@testable import MailJobs

extension HostileCase {
  private static func nested(_ depth: Int) -> String {
    "* 1 FETCH (UID 1 BODYSTRUCTURE "
      + String(repeating: "(", count: depth) + String(repeating: ")", count: depth) + ")"
  }

  static let sourceOddities: [HostileCase] = [
    HostileCase(
      side: .imapSource, server: "nests parentheses 200,000 deep, closed or not",
      outcome: "passed over", exit: .success,
      misdeeds: [
        Misdeed(
          "UID FETCH BODY", .always,
          .alter { answer in
            answer.insert(nested(200_000))
            answer.insert("* LIST (" + String(repeating: "(", count: 200_000))
            answer.insert("* 3 FETCH " + String(repeating: "(", count: 200_000))
            answer.insert("* OK " + String(repeating: "[", count: 200_000))
          })
      ]),
    HostileCase(
      side: .imapSource, server: "puts NUL and 8-bit octets into atoms, flags and names",
      outcome: "what is no flag is not carried; the rest is copied", exit: .success,
      misdeeds: [
        Misdeed(
          "UID FETCH BODY", .always,
          .alter { answer in
            answer.responses.insert(
              Array("* 1 FETCH (UID 1 FLAGS (\\Se".utf8) + [0, 0xFF]
                + Array("en k\u{E9}y))\r\n".utf8), at: 0)
            answer.responses.insert(Array("* ".utf8) + [0, 0x80, 0xFE, 0x0D, 0x0A], at: 1)
            answer.responses.insert([0, 0, 0, 0x0D, 0x0A], at: 1)
            answer.responses.insert(Array("* OK [\u{0}X \u{FF}] \u{0}\r\n".utf8), at: 1)
          })
      ]),
    HostileCase(
      side: .imapSource, server: "lists a mailbox whose name has NUL and 8-bit octets",
      outcome: "the mailbox is given up, the others are copied", exit: .skips,
      misdeeds: [
        Misdeed(
          "LIST", .always,
          .alter { answer in
            answer.responses.append(
              Array("* LIST () \"/\" {7}\r\nbox".utf8) + [0, 0xFF, 0xC3, 0x28, 0x0D, 0x0A])
          })
      ]),
    HostileCase(
      side: .imapSource, server: "lists a mailbox whose name has no characters",
      outcome: "the mailbox is given up, the others are copied", exit: .skips,
      misdeeds: [Misdeed("LIST", .always, .alter { $0.insert(#"* LIST () "/" """#) })]),
    HostileCase(
      side: .imapSource, server: "has NIL for delimiter, name and attributes of a mailbox",
      outcome: "the mailbox of that name is given up, the others are copied", exit: .skips,
      misdeeds: [Misdeed("LIST", .always, .alter { $0.insert("* LIST NIL NIL NIL") })]),
    HostileCase(
      side: .imapSource, server: "sends literals where nobody expects them",
      outcome: "read as what they stand for, or passed over", exit: .success,
      misdeeds: [
        Misdeed("LIST", .always, .alter { $0.replace("\"INBOX\"", with: "{5}\r\nINBOX") }),
        Misdeed(
          "UID FETCH BODY", .always,
          .alter { answer in
            answer.insert("* OK [{3}\r\nabc] {2}\r\nhi")
            answer.insert("* {6}\r\nEXISTS 5")
            answer.insert("* 1 FETCH ({3}\r\nUID {1}\r\n1 FLAGS ({5}\r\n\\Seen))")
            answer.replace(uid: 3, "INTERNALDATE \"", with: "X-ODD {4}\r\n)(\"\\ INTERNALDATE \"")
          }),
      ]),
    HostileCase(
      side: .imapSource, server: "sends dates that are none",
      outcome: "the date is taken from the header, and told", exit: .success,
      misdeeds: [
        Misdeed(
          "UID FETCH", .always,
          .alter { $0.replace("INTERNALDATE \"24-Dec-2018", with: "INTERNALDATE \"99-Foo-99999") }),
        Misdeed(
          "UID FETCH BODY", .always,
          .alter { $0.replace("INTERNALDATE \"24-Dec-2018", with: "INTERNALDATE \"99-Foo-99999") }),
      ]),
    HostileCase(
      side: .imapSource, server: "changes UIDVALIDITY between two runs",
      outcome: "recognised by content; nothing is copied twice", exit: .success,
      meanwhile: { $0.old.account.renumber("INBOX") }),
    HostileCase(
      side: .imapSource, server: "changes UIDVALIDITY during a run",
      outcome: "what is not there under its old UID is taken up by the next run", exit: .success,
      renumbering: Renumbering(command: "UID FETCH BODY", mailbox: "INBOX", cuts: false)),
    HostileCase(
      side: .imapSource, server: "changes UIDVALIDITY during a run and cuts the connection",
      outcome: "connected again, listed and compared again", exit: .success,
      phrase: "the connection to the source server was lost",
      renumbering: Renumbering(command: "UID FETCH BODY", mailbox: "INBOX", cuts: true)),
    HostileCase(
      side: .imapSource, server: "gives UIDVALIDITY 0",
      outcome: "listed and compared by content each time", exit: .success,
      manner: { $0.hidesUIDValidity = true }),
    HostileCase(
      side: .imapSource, server: "cannot UNSELECT, has no LITERAL+ and nothing else either",
      outcome: "copied as ever", exit: .success, manner: { $0.capabilities = "IMAP4rev1" }),
  ]
}
