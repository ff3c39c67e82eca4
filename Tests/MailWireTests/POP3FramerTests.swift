// mailmove: POP3 texts, byte for byte.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import Testing

@testable import MailWire

@Suite struct POP3FramerTests {
  /// As a server would send it (RFC 1939, 3).
  private func stuffed(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var isLineStart = true
    for (index, byte) in text.enumerated() {
      if isLineStart, byte == UInt8(ascii: ".") { result.append(byte) }
      result.append(byte)
      isLineStart = byte == 0x0A && index > 0 && text[index - 1] == 0x0D
    }
    return result + Array(".\r\n".utf8)
  }

  @Test func whatWasStuffedComesBackWhateverItIs() throws {
    var random = SeededGenerator.printingSeed()
    let seed = random.seed
    let pieces: [[UInt8]] = [".", "..", "\r\n", "\r\n.", "\n", "\r", "x", "\n.\n", ".\r\n"]
      .map { Array($0.utf8) }
    for _ in 1...2_000 {
      var text: [UInt8] = []
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        text += pieces.randomElement(using: &random) ?? []
      }
      text += [0x0D, 0x0A]
      var framer = POP3Framer()
      framer.feed(Array("+OK\r\n".utf8))
      #expect(try framer.line() == Array("+OK".utf8))
      var rest = stuffed(text)[...]
      var found: POP3Framer.Text?
      while found == nil, !rest.isEmpty {
        let count = Int.random(in: 1...4, using: &random)
        framer.feed(rest.prefix(count))
        rest = rest.dropFirst(count)
        found = framer.text(limit: 1 << 20)
      }
      #expect(found == .bytes(text), "seed \(seed): \(POP3Text.shown(text))")
      #expect(framer.isEmpty)
    }
  }

  @Test func noBytesMakeItTrapOrHoldMoreThanItMay() {
    var random = SeededGenerator.printingSeed()
    let seed = random.seed
    let bytes: [UInt8] = [0x2E, 0x0D, 0x0A, 0x2B, 0x2D, 0x31, 0x20, 0x00, 0xFF]
    for _ in 1...2_000 {
      var framer = POP3Framer()
      framer.feed((0..<40).map { _ in bytes.randomElement(using: &random) ?? 0 })
      for _ in 1...10 {
        if Bool.random(using: &random) {
          if let line = try? framer.line() { _ = POP3Reply(line: line) }
        } else if case .bytes(let text)? = framer.text(limit: 16) {
          #expect(text.count <= 16, "seed \(seed)")
          _ = POP3Listing.sizes(text)
          _ = POP3Listing.uniqueIDs(text)
          _ = POP3Listing.stat(text)
        }
        _ = framer.textWithGluedDot(size: Int64.random(in: .min ... .max, using: &random) >> 1)
      }
    }
  }

  @Test func aTextThatIsTooLongIsReadAndCounted() throws {
    var framer = POP3Framer()
    framer.feed(Array("+OK\r\n0123456789\r\n.\r\n+OK next\r\n".utf8))
    _ = try framer.line()
    #expect(framer.text(limit: 11) == .oversize(12))
    #expect(try framer.line() == Array("+OK next".utf8))
  }

  @Test func aLineWithoutAnEndIsGivenUp() {
    var framer = POP3Framer()
    framer.feed(repeatElement(UInt8(ascii: "x"), count: Limits.pop3LineBytesMax + 1))
    #expect(throws: POP3Framer.LineTooLong.self) { try framer.line() }
  }

  @Test(
    arguments: [
      ("abc.\r\n", 3, "abc"), ("a\r\nbc.\r\n", 5, "a\r\nbc"),
      ("a\r\nb\r\nc.\r\n", 5, "a\r\nb\r\nc"),
      ("a\n.\r\n", 2, "a\n"), ("abc.\r\n", 30, nil), ("abc.\r\n", 0, nil), ("abc\r\n", 3, nil),
      (".\r\n", 0, nil),
    ])
  func aGluedDotIsBelievedOnlyAtTheRightLength(sent: String, size: Int64, text: String?) throws {
    var framer = POP3Framer()
    framer.feed(Array("+OK\r\n\(sent)".utf8))
    _ = try framer.line()
    let whole = framer.text(limit: 100)
    if sent == ".\r\n" {
      #expect(whole == .bytes([]))
    } else {
      #expect(whole == nil)
      #expect(
        framer.textWithGluedDot(size: size) == text.map { POP3Framer.Text.bytes(Array($0.utf8)) })
    }
  }

  @Test(arguments: ["a\r\nDELE 1", "a\nb", "a\0"])
  func noArgumentBeginsAnotherCommand(text: String) {
    #expect(throws: EncodingError.self) { try POP3Command.pass(Secret(text)) }
    #expect(throws: EncodingError.self) { try POP3Command.user(Array(text.utf8)) }
  }

  @Test func nothingSecretStandsInAChunkThatMayBeShown() throws {
    let command = try POP3Command.pass(Secret("ge heim"))
    let shown = command.chunks.filter { $0.kind == .protocolText }.flatMap(\.bytes)
    #expect(shown == Array("PASS ".utf8))
    #expect(command.chunks.flatMap(\.bytes) == Array("PASS ge heim\r\n".utf8))
  }

  @Test func aLongUniqueIDIsCut() {
    let id = String(repeating: "u", count: 300)
    let rows = POP3Listing.uniqueIDs(Array("1 \(id)\r\n".utf8))
    #expect(rows[1]?.count == Limits.uniqueIDBytesMax)
  }

  @Test(
    arguments: [
      ("LOGIN-DELAY 300", 300), ("LOGIN-DELAY 60 USER", 60), ("LOGIN-DELAY", nil),
      ("LOGIN-DELAY -1", nil), ("LOGIN-DELAY 99999999999999999999", nil), ("TOP", nil),
    ])
  func theLoginDelayIsASaneNumberOfSeconds(line: String, seconds: Int64?) {
    #expect(POP3Capabilities([Array(line.utf8)]).loginDelaySeconds == seconds)
  }
}
