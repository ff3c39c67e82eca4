// mailmove: IMAP sources that do not say what they were asked for.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit

@testable import MailJobs

extension HostileCase {
  private static let stub =
    "From: Microsoft Exchange Server\r\nSubject: Retrieval using the IMAP4 protocol failed for the "
    + "following message: 17\r\n\r\nThe server couldn't retrieve the following message.\r\n"

  static let sourceAnswers: [HostileCase] = [
    HostileCase(
      side: .imapSource, server: "answers FETCH in reverse order", outcome: "copied as ever",
      exit: .success,
      misdeeds: [
        Misdeed("UID FETCH", .always, .alter { $0.responses.reverse() }),
        Misdeed("UID FETCH BODY", .always, .alter { $0.responses.reverse() }),
      ]),
    HostileCase(
      side: .imapSource, server: "says everything twice", outcome: "each message counts once",
      exit: .success,
      misdeeds: [
        Misdeed("LIST", .always, .alter { $0.responses += $0.responses }),
        Misdeed("UID FETCH", .always, .alter { $0.responses += $0.responses }),
        Misdeed("UID FETCH BODY", .always, .alter { $0.responses += $0.responses }),
      ]),
    HostileCase(
      side: .imapSource,
      server: "puts EXISTS, EXPUNGE, flags and news of all kinds between the messages",
      outcome: "passed over; copied as ever", exit: .success,
      misdeeds: [
        Misdeed(
          "UID FETCH BODY", .always,
          .alter { answer in
            answer.insert("* 9 EXISTS", at: 1)
            answer.insert("* 9 EXPUNGE", at: 2)
            answer.insert("* 1 FETCH (FLAGS (\\Seen) UID 1)", at: 2)
            answer.insert("* 2 FETCH (FLAGS (\\Deleted))", at: 3)
            answer.insert("* VANISHED (EARLIER) 1:3", at: 3)
            answer.insert("* LIST () \"/\" Elsewhere", at: 4)
            answer.insert("* SOMETHING new (under (the) sun)", at: 1)
            answer.insert("* NO disk almost full")
            answer.insert("+ go on")
            answer.insert("zz9 OK a command nobody gave")
          })
      ]),
    HostileCase(
      side: .imapSource, server: "leaves a message out of an answer, once",
      outcome: "asked for alone", exit: .success,
      misdeeds: [Misdeed("UID FETCH BODY", .nth(1), .alter { $0.omit(uid: 2) })]),
    HostileCase(
      side: .imapSource, server: "leaves a message out of every answer",
      outcome: "a skip", exit: .skips,
      phrase: "the source server does not hand out the message in 'INBOX', UID 2",
      misdeeds: [Misdeed("UID FETCH BODY", .always, .alter { $0.omit(uid: 2) })],
      again: ["--retry-skipped"]),
    HostileCase(
      side: .imapSource, server: "sends NIL in place of a body",
      outcome: "a skip", exit: .skips,
      phrase: "the source server does not hand out the message in 'INBOX', UID 2",
      misdeeds: [
        Misdeed("UID FETCH BODY", .always, .alter { $0.replaceBody(uid: 2, with: "NIL") })
      ], again: ["--retry-skipped"]),
    HostileCase(
      side: .imapSource, server: "sends an empty body for a message that has a size",
      outcome: "a skip", exit: .skips,
      phrase: "the source server does not hand out the message in 'INBOX', UID 2",
      misdeeds: [
        Misdeed("UID FETCH BODY", .always, .alter { $0.replaceBody(uid: 2, with: "{0}\r\n") })
      ], again: ["--retry-skipped"]),
    HostileCase(
      side: .imapSource, server: "sends a stand-in for a message it cannot convert",
      outcome: "a skip", exit: .skips,
      phrase: "hands out a stand-in instead of the message",
      misdeeds: [
        Misdeed(
          "UID FETCH BODY", .always,
          .alter { $0.replaceBody(uid: 2, with: "{\(stub.utf8.count)}\r\n\(stub)") })
      ], again: ["--retry-skipped"]),
    HostileCase(
      side: .imapSource, server: "answers FETCH of messages with OK and nothing else, always",
      outcome: "each is asked for alone, then skips", exit: .skips,
      phrase: "does not hand out the message",
      misdeeds: [Misdeed("UID FETCH BODY", .always, .instead(IMAPAnswer()))],
      again: ["--retry-skipped"]),
    HostileCase(
      side: .imapSource, server: "answers the listing of a mailbox with OK and nothing else",
      outcome: "the run is not called complete", exit: .guarded,
      phrase: "the source server lists fewer messages than it says it has",
      misdeeds: [
        Misdeed("UID FETCH", .always, .instead(IMAPAnswer())),
        Misdeed("UID SEARCH", .always, .instead(IMAPAnswer())),
      ]),
    HostileCase(
      side: .imapSource, server: "answers EXAMINE with OK and nothing else",
      outcome: "the mailbox is listed all the same", exit: .success,
      misdeeds: [Misdeed("EXAMINE", .always, .alter { $0 = IMAPAnswer() })]),
    HostileCase(
      side: .imapSource, server: "answers LIST with OK and no mailbox",
      outcome: "an account has INBOX at least, so the run ends", exit: .temporary,
      phrase: "lists no mailbox",
      misdeeds: [
        Misdeed("LIST", .always, .instead(IMAPAnswer())),
        Misdeed("LSUB", .always, .instead(IMAPAnswer())),
      ]),
    HostileCase(
      side: .imapSource, server: "`NO [SERVERBUG]` to the FETCH of one message, always",
      outcome: "asked three times, then a skip", exit: .skips,
      phrase: "the source server does not hand out the message in 'INBOX', UID 2",
      misdeeds: [
        Misdeed(
          "UID FETCH BODY", .always,
          .alter { answer in
            if answer.responses.count == 1 || answer.responses.count > 2 {
              answer.omit(uid: 2)
              answer.final = "NO [SERVERBUG] cannot"
            }
          })
      ], again: ["--retry-skipped"]),
    HostileCase(
      side: .imapSource, server: "BAD to every FETCH of messages",
      outcome: "each is asked for alone, then skips", exit: .skips,
      phrase: "does not hand out the message",
      misdeeds: [Misdeed("UID FETCH BODY", .always, .instead(IMAPAnswer("BAD what?")))],
      again: ["--retry-skipped"]),
  ]
}
