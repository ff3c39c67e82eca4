// mailmove: IMAP targets that do not do what they say.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit

@testable import MailJobs

extension HostileCase {
  static let targetLies: [HostileCase] = [
    HostileCase(
      side: .imapTarget, server: "takes an APPEND and says NO",
      outcome:
        "the mailbox has grown, so what is there is looked at first; nothing is copied twice",
      exit: .success,
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
      side: .imapTarget, server: "says OK with a UID to the last APPEND and stores nothing",
      outcome: "`verify` finds it (exit code 6); `--recopy-lost` copies what is missing",
      exit: .success,
      misdeeds: [
        Misdeed("APPEND", .nth(5), .instead(IMAPAnswer("OK [APPENDUID 1001 99] done")))
      ], manner: { $0.capabilities = "IMAP4rev1 UIDPLUS LITERAL+" }, verified: .differences,
      advice: "copied again by 'sync' with --recopy-lost", again: ["--recopy-lost"]),
    HostileCase(
      side: .imapTarget, server: "the same to an earlier one",
      outcome: "later copies get lower UIDs, so all are looked for: lost; "
        + "`--recopy-lost` copies it",
      exit: .skips,
      misdeeds: [
        Misdeed("APPEND", .nth(1), .instead(IMAPAnswer("OK [APPENDUID 1001 99] done")))
      ], manner: { $0.capabilities = "IMAP4rev1 UIDPLUS LITERAL+" }, verified: .skips,
      again: ["--recopy-lost"]),
    HostileCase(
      side: .imapTarget, server: "the same to the last one, and the ledger is lost as well",
      outcome: "a run with a new ledger recognises what is there and copies what is missing",
      exit: .success,
      misdeeds: [
        Misdeed("APPEND", .nth(5), .instead(IMAPAnswer("OK [APPENDUID 1001 99] done")))
      ], manner: { $0.capabilities = "IMAP4rev1 UIDPLUS LITERAL+" },
      meanwhile: { $0.forgetLedger() }),
    HostileCase(
      side: .imapTarget, server: "stores a message under another UID than it says",
      outcome: "`verify` finds it by its content; `--recopy-lost` takes it up where it is",
      exit: .success,
      misdeeds: [
        Misdeed("APPEND", .nth(2), .alter { $0.final = "OK [APPENDUID 1001 99] done" })
      ], manner: { $0.capabilities = "IMAP4rev1 UIDPLUS LITERAL+" }, verified: .success,
      again: ["--recopy-lost"]),
    HostileCase(
      side: .imapTarget, server: "stores other bytes than it was given",
      outcome: "`verify --level bytes` finds it (exit code 6)", exit: .success,
      manner: { manner in
        manner.keeps = { message in
          var message = message
          message.bytes[message.bytes.count - 3] = UInt8(ascii: "?")
          return message
        }
      }, verified: .differences, equality: .nothing),
    HostileCase(
      side: .imapTarget, server: "drops flags and says OK",
      outcome: "`verify` finds it (exit code 6)", exit: .success,
      manner: { manner in
        manner.keeps = { message in
          var message = message
          message.flags = []
          return message
        }
      }, verified: .differences, equality: .bytes),
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
      side: .imapTarget, server: "changes UIDVALIDITY during a run and cuts the connection",
      outcome: "connected again; the copies are found again", exit: .success,
      phrase: "the connection to the target server was lost",
      renumbering: Renumbering(command: "APPEND", mailbox: "INBOX", cuts: true)),
    HostileCase(
      side: .imapTarget, server: "changes UIDVALIDITY during a run",
      outcome: "UIDs under another UIDVALIDITY are not believed; the copies are looked for",
      exit: .success, renumbering: Renumbering(command: "APPEND", mailbox: "INBOX", cuts: false)),
    HostileCase(
      side: .imapTarget, server: "gives UIDVALIDITY 0",
      outcome: "the copies are looked for each time", exit: .success,
      manner: { $0.hidesUIDValidity = true }),
  ]
}
