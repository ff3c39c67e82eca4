// mailmove: fuzzing what reads a POP3 server.
// SPDX-License-Identifier: Apache-2.0

@testable import MailWire

/// However the bytes arrive, the same lines and texts come out, and texts come back unstuffed.
enum POP3Target {
  private enum Piece: Equatable {
    case line([UInt8])
    case text(POP3Framer.Text)
  }

  private struct Outcome: Equatable {
    var pieces: [Piece] = []
    var failure: POP3Framer.LineTooLong?
    var isEmpty = false
  }

  private static let limits = [0, 16, 300, 1 << 20]

  static func run(_ input: FuzzInput) {
    var input = input
    let limit = limits[input.choice(limits.count)]
    let script = input.byte()
    let size = input.choice(32) + 1
    let glued = Int64(input.byte())
    let stream = input.bytes
    let whole = outcome(stream, script, limit: limit, pieces: stream.count)
    for size in [1, size] {
      Finding.unless(
        outcome(stream, script, limit: limit, pieces: size) == whole,
        "in pieces of \(size) other texts come out")
    }
    for piece in whole.pieces { check(piece, limit) }
    checkGluedDot(stream, size: glued)
    checkStuffing(stream, pieces: size)
  }

  /// What comes out if after each positive line a text is expected or not, as the script says.
  private static func outcome(
    _ stream: [UInt8], _ script: UInt8, limit: Int, pieces size: Int
  ) -> Outcome {
    var framer = POP3Framer()
    var outcome = Outcome()
    var rest = stream[...]
    var expectsText = false
    var turn = 0
    while !rest.isEmpty {
      framer.feed(rest.prefix(size))
      rest = rest.dropFirst(size)
      while true {
        if expectsText {
          guard let text = framer.text(limit: limit) else { break }
          outcome.pieces.append(.text(text))
          expectsText = false
          continue
        }
        do throws(POP3Framer.LineTooLong) {
          guard let line = try framer.line() else { break }
          outcome.pieces.append(.line(line))
          guard case .positive = POP3Reply(line: line) else { continue }
          expectsText = script >> (turn % 8) & 1 == 0
          turn += 1
        } catch {
          outcome.failure = error
          return outcome
        }
      }
    }
    outcome.isEmpty = framer.isEmpty
    return outcome
  }

  private static func check(_ piece: Piece, _ limit: Int) {
    switch piece {
    case .line(let line):
      if case .negative(let refusal)? = POP3Reply(line: line) {
        Finding.unlessVisible(refusal.text, "the text of a refusal")
      }
    case .text(.oversize(let count)):
      Finding.unless(count > limit, "a text that fits was dropped")
    case .text(.bytes(let text)):
      Finding.unless(text.count <= limit, "a text holds more than it may")
      for octets in POP3Listing.sizes(text).values {
        Finding.unless(octets >= 0, "a message has fewer octets than none")
      }
      for id in POP3Listing.uniqueIDs(text).values {
        Finding.unless(id.count <= Limits.uniqueIDBytesMax, "a unique-id is too long")
      }
      _ = POP3Listing.stat(text)
      let capabilities = POP3Capabilities(POP3Listing.lines(text))
      for name in capabilities.names { Finding.unlessVisible(name, "a capability") }
      if let delay = capabilities.loginDelaySeconds {
        Finding.unless((0...86_400).contains(delay), "a delay is longer than a day")
      }
    }
  }

  private static func checkGluedDot(_ stream: [UInt8], size: Int64) {
    var framer = POP3Framer()
    framer.feed(stream)
    guard framer.text(limit: 1 << 20) == nil,
      case .bytes(let text)? = framer.textWithGluedDot(size: size)
    else { return }
    Finding.unless(Int64(text.count) + 3 >= size, "a text is believed that is too short")
  }

  /// What a server stuffs as RFC 1939 says comes back byte for byte, if its last line has an end.
  private static func checkStuffing(_ text: [UInt8], pieces size: Int) {
    let text = text + [0x0D, 0x0A]
    var stuffed = Array("+OK\r\n".utf8)
    var isLineStart = true
    for (index, byte) in text.enumerated() {
      if isLineStart, byte == UInt8(ascii: ".") { stuffed.append(byte) }
      stuffed.append(byte)
      isLineStart = byte == 0x0A && index > 0 && text[index - 1] == 0x0D
    }
    stuffed += ".\r\n".utf8
    let outcome = outcome(stuffed, 0, limit: .max, pieces: size)
    Finding.unless(
      outcome.pieces == [.line(Array("+OK".utf8)), .text(.bytes(text))] && outcome.isEmpty,
      "a text does not come back")
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  POP3Target.run(FuzzInput(start, count))
  return 0
}
