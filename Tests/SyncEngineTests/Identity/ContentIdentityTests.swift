// mailmove: tests of what makes two messages the same.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Testing

@Suite("What makes two messages the same message")
struct ContentIdentityTests {
  static let header = "Message-ID: <1@example.org>\r\nSubject: caf\u{E9}\r\nFrom: a@example.org\r\n"
  static let body = "one\r\n\r\ntwo\u{0}three\r\n"
  static let original = header + "\r\n" + body

  static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  static func evidence(_ copy: [UInt8]) -> ContentIdentity.Evidence? {
    ContentIdentity(of: bytes(original)).evidence(that: ContentIdentity(of: copy))
  }

  static func evidence(_ copy: String) -> ContentIdentity.Evidence? { evidence(bytes(copy)) }

  @Test func theSameBytesAreExact() { #expect(Self.evidence(Self.original) == .exact) }

  @Test func lineEndsAreWhatServersRewrite() {
    let bare = Self.bytes(Self.original).filter { $0 != UInt8(ascii: "\r") }
    #expect(Self.evidence(bare) == .rewritten)
    #expect(Self.evidence(Self.original + "\r\n") == .rewritten)
    #expect(Self.evidence(Array(Self.bytes(Self.original).dropLast(2))) == .rewritten)
  }

  @Test func nulIsWhatServersRewrite() {
    let replaced = Self.bytes(Self.original).map { $0 == 0 ? 0x80 : $0 }
    #expect(Self.evidence(replaced) == .rewritten)
  }

  @Test func eightBitHeadersAreWhatServersRewrite() {
    let length = Self.header.utf8.count
    let levelled = Self.bytes(Self.original).enumerated().map { index, byte in
      index < length && byte >= 0x80 ? UInt8(ascii: "X") : byte
    }
    #expect(Self.evidence(levelled) == .rewritten)
  }

  @Test func eightBitBodiesAreNot() {
    let original = ContentIdentity(of: Self.bytes("Subject: a\r\n\r\ncaf\u{E9}\r\n"))
    let copy = ContentIdentity(of: Self.bytes("Subject: a\r\n\r\ncafXX\r\n"))
    #expect(original.evidence(that: copy) == nil)
  }

  @Test(arguments: ["X-UID: 7\r\n", "Status: RO\r\n", "x-keywords: a b\r\nX-IMAP: 1\r\n"])
  func marksOfAnotherToolAreRecognised(_ mark: String) {
    #expect(Self.evidence(mark + Self.original) == .headerLinesAdded)
    #expect(Self.evidence(Self.header + mark + "\r\n" + Self.body) == .headerLinesAdded)
  }

  @Test(arguments: [
    "To: b@example.org\r\n", "Subject: caf\u{E9}\r\n", "Resent-From: b@example.org\r\n",
    "List-Id: <list.example.org>\r\n", "Message-ID: <1@example.org>\r\n", "no field\r\n",
  ])
  func anyOtherHeaderLineMakesItAnotherMessage(_ line: String) {
    #expect(Self.evidence(line + Self.original) == nil)
    #expect(Self.evidence(Self.header + line + "\r\n" + Self.body) == nil)
  }

  @Test func aHeaderLineLessMakesItAnotherMessage() {
    let shorter = "Message-ID: <1@example.org>\r\nSubject: caf\u{E9}\r\n\r\n" + Self.body
    #expect(Self.evidence(shorter) == nil)
  }

  @Test func anotherBodyUnderTheSameHeaderIsAnotherMessage() {
    #expect(Self.evidence(Self.header + "\r\n" + Self.body + "more\r\n") == nil)
    #expect(Self.evidence(Self.header + "\r\n") == nil)
    #expect(Self.evidence(Self.original.replacing("two", with: "Two")) == nil)
  }

  @Test func evidenceIsOrderedBySureness() {
    #expect(ContentIdentity.Evidence.headerLinesAdded < .rewritten)
    #expect(ContentIdentity.Evidence.rewritten < .exact)
  }

  @Test(arguments: ["", "\r\n", "\n", "no header", "\r\n\r\nbody", ":\r\n", "a", "\r"])
  func everyMessageIsItself(_ text: String) {
    let identity = ContentIdentity(of: Self.bytes(text))
    #expect(identity.evidence(that: identity) == .exact)
  }
}

@Suite("A message without what servers change")
struct CanonicalFormTests {
  @Test func levelsLineEndsNulAndEightBitHeaders() {
    let form = CanonicalForm(of: Array("A: \u{E9}\r\nB: 2\n\r\nx\u{0}y\r\n\u{E9}\r\n\r\n".utf8))
    #expect(form.headerFields == [Array("A: XX".utf8), Array("B: 2".utf8)])
    #expect(form.body == Array("x".utf8) + [0x80] + Array("y\n\u{E9}".utf8))
  }

  @Test func aMessageWithoutABodyHasAnEmptyOne() {
    let form = CanonicalForm(of: Array("A: 1\r\n".utf8))
    #expect(form.headerFields == [Array("A: 1".utf8)] && form.body.isEmpty)
  }
}
