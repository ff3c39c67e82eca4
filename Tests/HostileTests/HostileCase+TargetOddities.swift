// mailmove: IMAP targets that bend the grammar.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit

@testable import MailJobs

extension HostileCase {
  static let targetOddities: [HostileCase] = [
    HostileCase(
      side: .imapTarget,
      server: "says much between the answers: EXISTS, EXPUNGE, flags, NUL, nests",
      outcome: "passed over", exit: .success,
      misdeeds: [
        Misdeed(
          "APPEND", .always,
          .alter { answer in
            answer.insert("* 99999999999999999999 EXISTS")
            answer.insert("* 1 EXPUNGE")
            answer.insert("* 1 FETCH (FLAGS (\\Deleted) UID 1)")
            answer.insert("* OK [APPENDUID 1001 1:9] not yours")
            answer.insert("zz9 NO [OVERQUOTA] a command nobody gave")
            answer.insert("* LIST (" + String(repeating: "(", count: 100_000))
            answer.responses.append([0x2A, 0x20, 0, 0xFF, 0x0D, 0x0A])
          })
      ]),
    HostileCase(
      side: .imapTarget, server: "sends 20 MB in one line in place of the answer to APPEND",
      outcome: "16 MiB are held at most; connected again", exit: .success,
      phrase: "the target server sent something that breaks the protocol",
      misdeeds: [Misdeed("APPEND", .nth(1), .pour(after: "* OK ", octets: 20_000_000))]),
    HostileCase(
      side: .imapTarget, server: "answers SELECT with OK and nothing else",
      outcome: "the mailbox is listed instead", exit: .success,
      misdeeds: [
        Misdeed(
          "SELECT", .always, .alter { if $0.final?.hasPrefix("OK") == true { $0 = IMAPAnswer() } })
      ]),
    HostileCase(
      side: .imapTarget, server: "gives UIDNEXT 4294967295 and UIDVALIDITY of 20 digits",
      outcome: "nothing is lost or doubled", exit: .success,
      misdeeds: [
        Misdeed(
          "SELECT", .always,
          .alter { answer in
            answer.insert("* OK [UIDNEXT 4294967295] next", at: 99)
            answer.insert("* OK [UIDVALIDITY 99999999999999999999] valid", at: 99)
          })
      ]),
    HostileCase(
      side: .imapTarget, server: "knows none of UIDPLUS, MULTIAPPEND, LITERAL+ and UNSELECT",
      outcome: "copied as ever", exit: .success, manner: { $0.capabilities = "IMAP4rev1" }),
  ]
}
