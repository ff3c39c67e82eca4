// mailmove: IMAP sources that lie about sizes and numbers.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit

@testable import MailJobs

extension HostileCase {
  static let sourceSizes: [HostileCase] = [
    HostileCase(
      side: .imapSource, server: "gives sizes that are wrong: 0, 1, negative, 19 digits, 40 digits",
      outcome: "sizes are a hint; the bytes are right", exit: .success,
      misdeeds: [Misdeed("UID FETCH", .always, .alter(falsifySizes))]),
    HostileCase(
      side: .imapSource, server: "counts a literal ten octets too short, always",
      outcome: "a skip: half a message is not stored as a whole one", exit: .skips,
      phrase: "the source server does not hand out the message in 'INBOX', UID 2",
      misdeeds: [Misdeed("UID FETCH BODY", .always, .alter { $0.miscount(uid: 2, by: -10) })],
      again: ["--retry-skipped"]),
    HostileCase(
      side: .imapSource, server: "counts a literal ten octets too short, once",
      outcome: "asked for again, and right", exit: .success,
      misdeeds: [Misdeed("UID FETCH BODY", .nth(1), .alter { $0.miscount(uid: 2, by: -10) })]),
    HostileCase(
      side: .imapSource, server: "counts a literal ten octets too long, once",
      outcome: "asked for again, and right", exit: .success,
      misdeeds: [Misdeed("UID FETCH BODY", .nth(1), .alter { $0.miscount(uid: 2, by: 10) })]),
    HostileCase(
      side: .imapSource, server: "counts a literal four octets too long, always",
      outcome: "put aside as a skip, the rest is copied", exit: .skips,
      phrase: "drops the connection at the message",
      misdeeds: [
        Misdeed("UID FETCH BODY", .always, .alter { $0.miscount(uid: 3, by: 4) })
      ], isSilent: true, again: ["--retry-skipped"]),
    HostileCase(
      side: .imapSource, server: "announces a literal of 200 MB and ends the connection",
      outcome: "no memory is taken for what does not come; connected again", exit: .success,
      phrase: "the connection to the source server was lost",
      misdeeds: [
        Misdeed(
          "UID FETCH BODY", .nth(1),
          .hangUp(saying: "* 1 FETCH (UID 1 BODY[] {200000000}\r\nabc"))
      ]),
    HostileCase(
      side: .imapSource, server: "announces a literal of 30 digits, and ends the connection",
      outcome: "connected again", exit: .success,
      phrase: "the connection to the source server was lost",
      misdeeds: [
        Misdeed(
          "UID FETCH BODY", .nth(1),
          .hangUp(saying: "* 1 FETCH (UID 1 BODY[] {999999999999999999999999999999}\r\nabc"))
      ]),
    HostileCase(
      side: .imapSource, server: "sends 20 MB in one line",
      outcome: "16 MiB are held at most; connected again", exit: .success,
      phrase: "the source server sent something that breaks the protocol",
      misdeeds: [Misdeed("UID FETCH BODY", .nth(1), .pour(after: "* OK ", octets: 20_000_000))]),
    HostileCase(
      side: .imapSource, server: "sends huge numbers: EXISTS, UIDNEXT, UIDVALIDITY, UIDs, MODSEQ",
      outcome: "what cannot be is passed over", exit: .success,
      misdeeds: [
        Misdeed(
          "UID FETCH BODY", .always,
          .alter { answer in
            answer.insert("* 99999999999999999999 EXISTS")
            answer.insert("* 4294967296 EXPUNGE")
            answer.insert("* OK [UIDNEXT 4294967296] next")
            answer.insert("* OK [UIDVALIDITY 18446744073709551616] valid")
            answer.insert("* OK [HIGHESTMODSEQ 99999999999999999999999] much")
            answer.insert("* 1 FETCH (UID 4294967296 FLAGS (\\Seen) MODSEQ (9223372036854775808))")
            answer.insert("* 18446744073709551616 FETCH (UID 0 RFC822.SIZE 18446744073709551616)")
          })
      ]),
    HostileCase(
      side: .imapSource, server: "says that the mailbox has more messages than it lists",
      outcome: "what is listed is copied, and the run is not called complete", exit: .guarded,
      phrase: "the source server lists fewer messages than it says it has",
      misdeeds: [
        Misdeed(
          "EXAMINE", .always, .alter { $0.replace("* 5 EXISTS", with: "* 4294967295 EXISTS") })
      ]),
    HostileCase(
      side: .imapSource, server: "says that the mailbox has 20 digits of messages",
      outcome: "the number counts for nothing", exit: .success,
      misdeeds: [
        Misdeed(
          "EXAMINE", .always,
          .alter { $0.replace("* 5 EXISTS", with: "* 99999999999999999999 EXISTS") })
      ]),
  ]

  @Sendable private static func falsifySizes(_ answer: inout IMAPAnswer) {
    let lies = ["0", "1", "-5", "9223372036854775807", String(repeating: "9", count: 40)]
    for (index, lie) in lies.enumerated() {
      answer.rewrite(uid: index + 1) { response in
        guard let size = response.firstRange(of: Array("RFC822.SIZE ".utf8)) else {
          return response
        }
        let rest = response[size.upperBound...].drop { $0 >= 0x30 && $0 <= 0x39 }
        return response[..<size.upperBound] + Array(lie.utf8) + rest
      }
    }
  }
}
