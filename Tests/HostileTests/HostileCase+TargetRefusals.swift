// mailmove: IMAP targets that do not take everything.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit

@testable import MailJobs

extension HostileCase {
  private static func refusing(
    _ server: String, _ mail: [SampleMessage], _ octets: [UInt8]
  ) -> HostileCase {
    HostileCase(
      side: .imapTarget, server: server, outcome: "a skip; the rest is copied", exit: .skips,
      phrase: "the target server refused the message",
      manner: { manner in
        manner.refuses = { $0.bytes.contains(octets) ? "NO I do not like it" : nil }
      }, mail: mail, again: ["--retry-skipped"])
  }

  static let targetRefusals: [HostileCase] = [
    HostileCase(
      side: .imapTarget, server: "`NO [OVERQUOTA]` to APPEND",
      outcome: "the run ends; the next one goes on", exit: .targetFull,
      phrase: "the mailbox at the target server is full",
      misdeeds: [Misdeed("APPEND", .from(2), .instead(IMAPAnswer("NO [OVERQUOTA] full")))]),
    HostileCase(
      side: .imapTarget, server: "`NO [TRYCREATE]` to APPEND, always",
      outcome: "each mailbox is given up; the next run goes on", exit: .skips,
      phrase: "the mailbox is missing at the target server",
      misdeeds: [Misdeed("APPEND", .always, .instead(IMAPAnswer("NO [TRYCREATE] where?")))]),
    HostileCase(
      side: .imapTarget, server: "`NO [TOOBIG]` to APPEND of a big message",
      outcome: "a skip; the rest is copied", exit: .skips,
      phrase: "the message is too big for the target server",
      manner: { manner in
        manner.refuses = { $0.bytes.count > 20_000 ? "NO [TOOBIG] too big" : nil }
      }, again: ["--retry-skipped"]),
    HostileCase(
      side: .imapTarget, server: "`NO [TOOBIG]` in place of `+`, without LITERAL+",
      outcome: "the same; not an octet of the message is sent", exit: .skips,
      phrase: "the message is too big for the target server",
      manner: { manner in
        manner.capabilities = "IMAP4rev1 UIDPLUS"
        manner.refusesLiteral = { $0 > 20_000 ? "NO [TOOBIG] too big" : nil }
      }, again: ["--retry-skipped"]),
    HostileCase(
      side: .imapTarget, server: "`NO` in place of `+` in the middle of a MULTIAPPEND",
      outcome: "the message is found by halving and is a skip; the rest is copied", exit: .skips,
      phrase: "the target server refused the message",
      manner: { manner in
        manner.capabilities = "IMAP4rev1 UIDPLUS MULTIAPPEND"
        manner.refusesLiteral = { $0 > 20_000 ? "NO I do not like it" : nil }
      }, mail: HostileMail.sample + HostileMail.many(3, in: "Archive"),
      again: ["--retry-skipped"]),
    HostileCase(
      side: .imapTarget, server: "`NO [OVERQUOTA]` in place of `+`",
      outcome: "the run ends; the next one goes on", exit: .targetFull,
      phrase: "the mailbox at the target server is full",
      manner: { manner in
        manner.capabilities = "IMAP4rev1 UIDPLUS"
        manner.refusesLiteral = { $0 > 20_000 ? "NO [OVERQUOTA] full" : nil }
      }),
    HostileCase(
      side: .imapTarget, server: "`BAD` in place of every `+`",
      outcome: "a skip each; the next run copies them", exit: .skips,
      phrase: "the target server refused the message",
      manner: { manner in
        manner.capabilities = "IMAP4rev1"
        manner.refusesLiteral = { _ in "BAD no literals" }
      }, again: ["--retry-skipped"]),
    HostileCase(
      side: .imapTarget, server: "refuses keywords",
      outcome: "copied without them, which is on record", exit: .success,
      manner: { manner in
        manner.refuses = { message in
          message.flags.contains { !$0.hasPrefix("\\") } ? "NO no keywords here" : nil
        }
      }, verified: .success, equality: .bytes),
    HostileCase(
      side: .imapTarget, server: "keeps no flags at all (`PERMANENTFLAGS ()`)",
      outcome: "copied without them, which is on record", exit: .success,
      manner: { $0.permanentFlags = "" }, verified: .success, equality: .bytes),
    HostileCase(
      side: .imapTarget, server: "refuses dates of 24 December",
      outcome: "copied without the date, which is on record and which `verify` does not count",
      exit: .success,
      manner: { manner in
        manner.refuses = { $0.internalDate.hasPrefix("24-Dec") ? "NO bad date" : nil }
      }, verified: .success, equality: .bytes),
    refusing("refuses 8-bit octets", HostileMail.sample, [0xC3]),
    refusing(
      "refuses NUL", HostileMail.sample + [HostileMail.message(8, body: "a\0b\r\n")], [0x00]),
    refusing(
      "refuses bare LF", HostileMail.sample + [HostileMail.message(8, body: "a\nb\n")],
      Array("a\nb".utf8)),
    HostileCase(
      side: .imapTarget, server: "refuses every message",
      outcome: "twenty in a row, and the mailbox is given up",
      exit: .guarded, phrase: "the target server refused too many messages in a row",
      manner: { $0.refuses = { _ in "NO" } }, mail: HostileMail.many(40),
      again: ["--retry-skipped"]),
  ]
}
