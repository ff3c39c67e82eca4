// mailmove: headers that are odd, and copies that other tools made, at a real server.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import SyncEngine
import Testing

extension MigrationTests {
  /// One after the other with the moves between servers: each blocks a thread of the pool.
  @Suite("Odd headers and copies of other tools at a real server") struct OddHeaderTests {}
}

extension MigrationTests.OddHeaderTests {
  private static func message(_ text: String) -> SampleMessage {
    SampleMessage(
      bytes: Array(text.utf8), flags: [], internalDate: "12-Feb-2019 08:00:30 +0100",
      mailbox: "INBOX")
  }

  /// A field behind a line that is none, and one behind more than a megabyte.
  private static var odd: [SampleMessage] {
    let many = (0..<30_000).map { "user\($0)@example.org" }.joined(separator: ",\r\n ")
    return [
      message("Subject: w3\r\nno colon\r\n continued\r\n\r\nbody\r\n"),
      message("From: a@example.org\r\nTo: \(many)\r\nSubject: behind it\r\n\r\nbody\r\n"),
      message("Subject: a\r\n \r\n b\r\nX : y\r\nno colon\r\n\tc\r\nFrom : x\r\n\r\nbody\r\n"),
      message("From a@example.org Tue Feb  3 09:07:00 2009\r\nSubject: x\r\n\r\nbody\r\n"),
      message("no header at all, and no blank line"),
    ]
  }

  /// Everything Dovecot announces, but for UIDPLUS and MULTIAPPEND.
  private static let withoutUIDs =
    "IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE NAMESPACE CHILDREN UNSELECT SPECIAL-USE CONDSTORE "
    + "LIST-STATUS LIST-EXTENDED"

  @Test(arguments: [true, false])
  func areCopiedOnceAndKnownAgain(tellsUIDs: Bool) throws {
    var options = DovecotOptions()
    if !tellsUIDs { options.capabilities = Self.withoutUIDs }
    let bench = try Bench(new: options)
    try LabClient(bench.old).append(Self.odd, to: "INBOX")
    let first = try bench.run("sync")
    #expect(first.exit == 0, "\(first.output)\(first.errors)")
    for level in ["headers", "bytes"] {
      let verified = try bench.run("verify", ["--level", level])
      #expect(verified.exit == 0, "\(level): \(verified.output)\(verified.errors)")
    }
    let again = try bench.run("sync", ["--recopy-lost"])
    #expect(again.exit == 0 && again.output.contains("0 messages copied"), "\(again.output)")
    try bench.forgetLedger()
    let adopted = try bench.run("sync")
    #expect(adopted.exit == 0 && adopted.output.contains("0 messages copied"), "\(adopted.output)")
    #expect(try bench.difference() == [])
  }

  @Test func theServerHandsOutTheFieldsThatItsModelSays() throws {
    let bench = try Bench()
    var random = SeededGenerator.printingSeed()
    let pieces = [
      "Subject", "From", "Date", "Message-ID", "X-A", ":", ": ", " :", "\r\n", "\r\n ", "\r\n\t",
      "\r", "\r\r\n", "\r\n\r\n", "a", "b c", "\t", "\u{E9}", "no colon\r\n", "\r\nSubject: one",
    ]
    let messages =
      Self.odd
      + (0..<300).map { _ in
        let text = (0..<random.number(1...30)).map { _ in random.pick(pieces) }.joined()
        return Self.message("X-B: c\r\n" + text)
      }
    let client = try LabClient(bench.old)
    try client.append(messages, to: "INBOX")
    _ = try client.examine("INBOX")
    let fields = Fingerprint.fields.joined(separator: " ")
    let answers = try client.command("FETCH 1:* (BODY.PEEK[HEADER.FIELDS (\(fields))] BODY.PEEK[])")
    var compared = 0
    for answer in answers where answer.count == 3 && answer[1].text == "FETCH" {
      let texts = answer[2].items.compactMap { value -> [UInt8]? in
        if case .bytes(let bytes) = value { bytes } else { nil }
      }
      try #require(texts.count == 2)
      let stored = ServedHeader.storedByDovecot(messages[compared].bytes)
      #expect(texts[1] == stored)
      #expect(texts[0] == ServedHeader.ofDovecot(stored, Fingerprint.fields))
      compared += 1
    }
    #expect(compared == messages.count)
  }

  /// What imapsync --addheader and fetchmail leave behind.
  @Test func whatAnEarlierToolCopiedIsNotCopiedAgain() throws {
    let bench = try Bench()
    let draft = "Date: Tue, 12 Feb 2019 08:00:00 +0100\r\nSubject: draft\r\n\r\nbody\r\n"
    let drafts = (1...4).map { draft.replacing("body", with: "body \($0)") }
    try LabClient(bench.old).append(drafts.map(Self.message), to: "INBOX")
    let received = "Received: from a\r\n\tby b with POP3 (fetchmail-6.4.37); \(Self.moment)\r\n"
    try LabClient(bench.new).append(
      ["Message-Id: <1@imapsync>\r\n" + drafts[0], received + drafts[1]].map(Self.message),
      to: "INBOX")
    let first = try bench.run("sync")
    #expect(first.exit == 0, "\(first.output)\(first.errors)")
    #expect(first.output.contains("2 messages copied"), "\(first.output)")
    #expect(try LabClient(bench.new).messages(in: "INBOX").count == 4)
    #expect(try bench.run("verify", ["--level", "bytes"]).exit == 6, "the marks are named")
  }

  private static let moment = "Tue, 12 Feb 2019 08:00:00 +0100"
}
