// mailmove: IMAP targets that do not do what they say.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit

@testable import mailmove

extension HostileCase {
  static let targetLies: [HostileCase] = [
    HostileCase(
      side: .imapTarget, server: "takes an APPEND and says NO",
      outcome: "looked for before it is tried again; not copied twice", exit: .success,
      misdeeds: [Misdeed("APPEND", .nth(1), .alter { $0.final = "NO sorry" })]),
    HostileCase(
      side: .imapTarget, server: "takes every APPEND and always says NO",
      outcome: "the same", exit: .success,
      misdeeds: [Misdeed("APPEND", .always, .alter { $0.final = "NO sorry" })]),
    HostileCase(
      side: .imapTarget, server: "the same, without UIDPLUS and MULTIAPPEND",
      outcome: "the same", exit: .success,
      misdeeds: [Misdeed("APPEND", .always, .alter { $0.final = "NO sorry" })],
      manner: { $0.capabilities = "IMAP4rev1 LITERAL+" }),
    HostileCase(
      side: .imapTarget, server: "says OK to an APPEND and stores nothing",
      outcome: "found with the last message of the mailbox: lost; `--recopy-lost` copies it",
      exit: .skips, misdeeds: [Misdeed("APPEND", .nth(1), .instead(IMAPAnswer()))],
      manner: { $0.capabilities = "IMAP4rev1 LITERAL+" }, verified: .skips,
      again: ["--recopy-lost"]),
    HostileCase(
      side: .imapTarget, server: "says OK with UIDs to an APPEND and stores nothing",
      outcome: "`verify` finds it (exit code 6)", exit: .success,
      misdeeds: [
        Misdeed("APPEND", .nth(1), .instead(IMAPAnswer("OK [APPENDUID 1001 1:5] done")))
      ], verified: .differences, again: ["--recopy-lost", "--full"]),
    HostileCase(
      side: .imapTarget, server: "stores other bytes than it was given",
      outcome: "`verify --level bytes` finds it (exit code 6)", exit: .success,
      misdeeds: [Misdeed("APPEND", .always, .alter { _ in })], verified: .success),
    HostileCase(
      side: .imapTarget, server: "answers APPEND with UIDs of another UIDVALIDITY, or too many",
      outcome: "not believed; the copies are looked for", exit: .success,
      misdeeds: [
        Misdeed("APPEND", .nth(1), .alter { $0.final = "OK [APPENDUID 7 1:5] done" }),
        Misdeed("APPEND", .nth(2), .alter { $0.final = "OK [APPENDUID 1002 1:4294967295] done" }),
      ]),
    HostileCase(
      side: .imapTarget, server: "answers APPEND with UIDs that are no numbers",
      outcome: "the same", exit: .success,
      misdeeds: [
        Misdeed("APPEND", .nth(1), .alter { $0.final = "OK [APPENDUID 1001 0] done" }),
        Misdeed(
          "APPEND", .nth(2), .alter { $0.final = "OK [APPENDUID 99999999999999999999 *:(x] done" }),
      ]),
    HostileCase(
      side: .imapTarget, server: "says OK to CREATE and makes no mailbox",
      outcome: "the mailbox is given up, the others are copied", exit: .skips,
      phrase: "created, and not there afterwards",
      misdeeds: [Misdeed("CREATE", .always, .instead(IMAPAnswer()))]),
    HostileCase(
      side: .imapTarget, server: "changes UIDVALIDITY between two runs",
      outcome: "the copies are found again; nothing is copied twice", exit: .success,
      meanwhile: { $0.new.account.renumber("INBOX") }),
    HostileCase(
      side: .imapTarget, server: "gives UIDVALIDITY 0",
      outcome: "the copies are looked for each time", exit: .success,
      manner: { $0.hidesUIDValidity = true }),
  ]
}
