// mailmove: tests of the header fingerprint.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Testing

@Suite("The header fingerprint")
struct FingerprintTests {
  static let plain =
    "Message-ID: <1@example.org>\r\nDate: Tue, 3 Feb 2009 09:07:00 +0100\r\n"
    + "From: Ann <a@example.org>\r\nSubject: a long caf\u{E9} subject\r\n\r\nbody\r\n"

  static func of(_ text: String) -> Fingerprint { Fingerprint(of: Array(text.utf8)) }

  @Test(arguments: [
    ("a long", "a\r\n long"), ("a long", "a\r\n\tlong"), ("a long", "a  \t long"),
    ("Subject: ", "SUBJECT:"), ("Subject: ", "Subject:   "), ("subject\r\n", "subject \r\n"),
    ("\r\n", "\n"), ("caf\u{E9}", "cafXX"), ("body", "another body"),
    ("From:", "X-Mark: 1\r\nFrom:"), ("From:", "Received: by relay\r\nFrom:"),
  ])
  func staysWhatItIs(_ old: String, _ new: String) {
    #expect(Self.of(Self.plain.replacing(old, with: new)) == Self.of(Self.plain))
  }

  @Test(arguments: [
    ("<1@", "<2@"), ("09:07", "09:08"), ("Ann", "Bob"), ("a long", "along"),
    ("Subject: a long caf\u{E9} subject\r\n", ""),
  ])
  func changesWithAnyOfItsFields(_ old: String, _ new: String) {
    #expect(Self.of(Self.plain.replacing(old, with: new)) != Self.of(Self.plain))
  }

  @Test func isTheSameFromTheHeaderAlone() {
    #expect(Self.of(Self.plain.replacing("body\r\n", with: "")) == Self.of(Self.plain))
  }

  @Test func nulIsLevelledAsDovecotReplacesIt() {
    #expect(Self.of("Subject: a\u{0}b\r\n\r\n") == Self.of("Subject: aXb\r\n\r\n"))
    #expect(
      Fingerprint(of: Array("Subject: a".utf8) + [0x80] + Array("b\r\n\r\n".utf8))
        == Self.of("Subject: a\u{0}b\r\n\r\n"))
  }

  @Test func besideTheMessageIDItStaysWhenOneIsAdded() {
    let without = Self.plain.replacing("Message-ID: <1@example.org>\r\n", with: "")
    #expect(Self.of(without) != Self.of(Self.plain))
    #expect(
      Fingerprint.besideID(of: Array(without.utf8)) == .besideID(of: Array(Self.plain.utf8)))
  }

  @Test func aValueNeverPassesForThatOfAnotherField() {
    #expect(Self.of("Subject: a\r\n\r\n") != Self.of("From: a\r\n\r\n"))
  }

  @Test func hasSixteenBytes() {
    #expect(Self.of("").bytes.count == 16)
    #expect(Fingerprint(bytes: Self.of("").bytes) == Self.of(""))
    #expect(Fingerprint(bytes: []) == nil && Fingerprint(bytes: Array(0..<17)) == nil)
  }
}

@Suite("Stubs that Exchange serves")
struct ExchangeStubTests {
  static let stub =
    "From: \"Microsoft Exchange Server\" <x@example.org>\r\n"
    + "Subject: Retrieval using the IMAP4 protocol failed for the following message: 12\r\n\r\n"
    + "The server couldn't retrieve the following message:\r\n"

  @Test func areRecognised() { #expect(ExchangeStub.isStub(Array(Self.stub.utf8))) }

  @Test(arguments: [
    ("Microsoft Exchange Server", "Ann"), ("Retrieval", "About retrieval"),
    ("IMAP4 protocol failed", "IMAP4 protocol works"),
  ])
  func mailFromSomebodyElseOrAboutSomethingElseIsNone(_ old: String, _ new: String) {
    let mail = Self.stub.replacing(old, with: new)
    let isStillOne =
      mail.contains("Retrieval using the IMAP4 protocol failed")
      && mail.contains("Microsoft Exchange Server")
    #expect(ExchangeStub.isStub(Array(mail.utf8)) == isStillOne)
  }

  @Test func mailThatQuotesOneIsNone() {
    let quoted = "From: Ann <a@example.org>\r\nSubject: look\r\n\r\n" + Self.stub
    #expect(!ExchangeStub.isStub(Array(quoted.utf8)))
    let long = Self.stub + String(repeating: "x", count: 16 << 10)
    #expect(!ExchangeStub.isStub(Array(long.utf8)))
    #expect(!ExchangeStub.isStub([]))
  }
}
