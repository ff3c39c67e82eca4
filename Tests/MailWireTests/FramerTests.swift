// mailmove: tests of the framer.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MailWire

@Suite struct FramerTests {
  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func aLargeLiteralIsReadStraightIntoItsOwnBytes() throws {
    var framer = Framer()
    framer.feed(Self.bytes("* 1 FETCH (BODY[] {1000000}\r\n"))
    #expect(try framer.next() == nil)
    var received = 0
    while let pending = framer.pendingLiteral, pending.received < pending.size {
      #expect(pending.received == received)
      received += framer.fill { space in
        #expect(space.count <= 1_000_000 - received)
        space.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "x"))
        return min(space.count, 16_384)
      }
    }
    framer.feed(Self.bytes(" UID 1)\r\n"))
    let frame = try #require(try framer.next())
    #expect(frame.text == Self.bytes("* 1 FETCH (BODY[] {1000000} UID 1)"))
    #expect(
      frame.literals.map(\.content)
        == [.bytes([UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000))])
    #expect(framer.isEmpty)
  }

  @Test func aLiteralThatIsTooLargeCostsOnlyItself() throws {
    var framer = Framer(literalBytesMax: 10)
    framer.feed(Self.bytes("* 1 FETCH (UID 7 BODY[] {100000}\r\n"))
    framer.feed([UInt8](repeating: 0x0A, count: 100_000))
    framer.feed(Self.bytes(" FLAGS ())\r\n* 2 FETCH (BODY[] {3}\r\nabc)\r\n"))
    var parser = ResponseParser()
    let first = try parser.parse(try #require(try framer.next()))
    #expect(
      ResponseText.of(first) == "fetch 1 uid=7 flags=() body=oversize 100000")
    let second = try parser.parse(try #require(try framer.next()))
    #expect(ResponseText.of(second) == "fetch 2 body='abc'")
  }

  @Test func theLiteralsOfOneResponseAreBoundedTogether() throws {
    var framer = Framer(literalBytesMax: 10)
    framer.feed(Self.bytes("* X {6}\r\n123456 {5}\r\n12345 {4}\r\n1234\r\n"))
    let frame = try #require(try framer.next())
    #expect(
      frame.literals.map(\.content)
        == [.bytes(Self.bytes("123456")), .oversize(5), .bytes(Self.bytes("1234"))])
  }

  @Test func aResponseThatNeverEndsIsRefused() {
    var framer = Framer(textBytesMax: 1_000)
    #expect(throws: FramingError.textTooLong(limit: 1_000)) {
      for _ in 0..<11 {
        framer.feed([UInt8](repeating: UInt8(ascii: "x"), count: 100))
        _ = try framer.next()
      }
    }
  }

  @Test func aResponseOfNothingButLiteralsIsRefused() {
    var framer = Framer()
    framer.feed(
      Self.bytes("* X" + String(repeating: " {0}\r\n", count: Limits.responseLiteralsMax + 1)))
    #expect(throws: FramingError.tooManyLiterals(limit: Limits.responseLiteralsMax)) {
      _ = try framer.next()
    }
  }

  @Test func whatCameBeforeTLSCanBeSeen() throws {
    var framer = Framer()
    #expect(framer.isEmpty)
    framer.feed(Self.bytes("a1 OK begin TLS\r\n* CAP"))
    #expect(try framer.next() != nil)
    #expect(!framer.isEmpty)
    #expect(!framer.isMidResponse)
    #expect(try framer.next() == nil)
    #expect(!framer.isEmpty)
    #expect(framer.isMidResponse)
  }

  @Test func aLineEndAloneIsSomethingBuffered() {
    var framer = Framer()
    framer.feed([0x0A])
    #expect(!framer.isEmpty)
  }

  @Test func linesLongerThanTheBufferArriveWhole() throws {
    var framer = Framer()
    let line = "* SEARCH" + String(repeating: " 4294967295", count: 30_000)
    framer.feed(Self.bytes(line + "\r\n* 1 EXISTS\r\n"))
    #expect(try framer.next()?.text == Self.bytes(line))
    #expect(try framer.next()?.text == Self.bytes("* 1 EXISTS"))
    #expect(try framer.next() == nil)
  }

  @Test(arguments: [
    ("* LIST () \"/\" {5}", 5), ("* LIST () \"/\" {5+}", 5), ("* 1 FETCH (BODY[] ~{0}", 0),
    ("* 1 FETCH (BODY[]{7}", 7), ("* LIST () \"/\" \"a {5}", nil), ("* LIST () \"/\" a{5}", nil),
    ("* OK {5}", nil), ("+ {5}", nil), ("a1 NO {5}", nil), ("* NO [X] {5}", nil),
    ("* LIST () \"/\" \"a\\\" {5}", nil), ("* ID (\"a\"b\" {5}", 5), ("}", nil), ("* {", nil),
    ("* LIST () \"/\" {00005}", 5), ("* LIST () \"/\" }", nil),
  ])
  func literalsAreToldFromTextThatLooksLikeThem(_ line: String, _ size: Int?) throws {
    #expect(try LiteralMarker.find(in: Self.bytes(line), from: 0)?.size == size)
  }

  @Test(arguments: ["{}", "{-1}", "{+}", "{1 }", "{0x5}", "{1++}", "{9999999999999999999}", "{ 1}"])
  func aLiteralWithoutAPlainLengthIsFatal(_ marker: String) {
    #expect(throws: FramingError.self) {
      try LiteralMarker.find(in: Self.bytes("* 1 FETCH (BODY[] " + marker), from: 0)
    }
  }
}
