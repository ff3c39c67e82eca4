// mailmove: mail for hostile servers to play with.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit

enum HostileMail {
  /// Five messages in INBOX, two of them the same, and two in Archive.
  static let sample: [SampleMessage] = [
    message(1, flags: [#"\Seen"#]),
    message(2, flags: [#"\Flagged"#, "$Forwarded"], date: "29-Feb-2012 23:59:59 +0545"),
    message(3, body: "Grüße aus Łódź\r\n.\r\n..two dots\r\n"),
    message(4, date: "01-Jan-2000 00:00:00 +1400"),
    message(4, date: "01-Jan-2000 00:00:00 +1400"),
    message(6, flags: [#"\Answered"#], mailbox: "Archive"),
    message(
      7, body: String(repeating: "A long line of a long letter.\r\n", count: 900),
      mailbox: "Archive"),
  ]

  /// One message; the same number gives the same header.
  static func message(
    _ number: Int, body: String = "Hello.\r\n", flags: [String] = [],
    date: String = "24-Dec-2018 18:00:00 +0100", mailbox: String = "INBOX",
    subject: String = "Letter"
  ) -> SampleMessage {
    SampleMessage(
      bytes: Array(
        ("From: anna@example.org\r\nMessage-ID: <\(number)@example.org>\r\n"
          + "Date: Mon, 24 Dec 2018 18:00:00 +0100\r\nSubject: \(subject) \(number)\r\n\r\n"
          + "Letter \(number)\r\n\(body)").utf8),
      flags: flags, internalDate: date, mailbox: mailbox)
  }

  /// Many messages.
  static func many(_ count: Int, in mailbox: String = "INBOX") -> [SampleMessage] {
    (1...count).map { message($0, mailbox: mailbox) }
  }

  /// The messages as a maildrop has them: in INBOX, without flags.
  static func letters(_ mail: [SampleMessage]) -> [ScriptedPOP3Server.Letter] {
    mail.enumerated().map { index, message in
      ScriptedPOP3Server.Letter(
        String(decoding: message.bytes, as: UTF8.self), id: "id\(index + 1)")
    }
  }
}
