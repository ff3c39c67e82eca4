// mailmove: fuzzing what cuts the stream of an IMAP server.
// SPDX-License-Identifier: Apache-2.0

@testable import MailWire

/// However the bytes arrive, the same responses come out, and no more is held than may be.
enum IMAPFramerTarget {
  private struct Outcome: Equatable {
    var frames: [Frame] = []
    var failure: FramingError?
    var isMidResponse = false
    var pendingSize: Int?
    var pendingReceived: Int?
  }

  private static let literalLimits = [0, 2, 100, 4_096]
  private static let textLimits = [3, 64, 1_024, 1 << 20]

  static func run(_ input: FuzzInput) {
    var input = input
    let literalMax = literalLimits[input.choice(literalLimits.count)]
    let textMax = textLimits[input.choice(textLimits.count)]
    let size = input.choice(32) + 1
    let stream = input.bytes
    let framer = Framer(literalBytesMax: literalMax, textBytesMax: textMax)
    let whole = outcome(framer, stream, pieces: stream.count)
    Finding.unless(
      outcome(framer, stream, pieces: 1) == whole, "byte by byte other responses come out")
    Finding.unless(
      outcome(framer, stream, pieces: size) == whole, "in pieces other responses come out")
    for frame in whole.frames { check(frame, literalMax, textMax) }
  }

  private static func outcome(_ framer: Framer, _ stream: [UInt8], pieces size: Int) -> Outcome {
    var framer = framer
    var outcome = Outcome()
    var rest = stream[...]
    do throws(FramingError) {
      while !rest.isEmpty {
        framer.feed(rest.prefix(size))
        rest = rest.dropFirst(size)
        while let frame = try framer.next() { outcome.frames.append(frame) }
      }
      outcome.isMidResponse = framer.isMidResponse
      outcome.pendingSize = framer.pendingLiteral?.size
      outcome.pendingReceived = framer.pendingLiteral?.received
    } catch {
      outcome.failure = error
    }
    return outcome
  }

  private static func check(_ frame: Frame, _ literalMax: Int, _ textMax: Int) {
    Finding.unless(frame.text.count <= textMax, "a text is longer than it may be")
    Finding.unless(
      frame.literals.count <= Limits.responseLiteralsMax, "there are more literals than may be")
    var held = 0
    for literal in frame.literals {
      Finding.unless(
        literal.marker.upperBound <= frame.text.count, "a marker is outside of its text")
      if case .bytes(let bytes) = literal.content { held += bytes.count }
    }
    Finding.unless(held <= literalMax, "literals hold more than they may")
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  IMAPFramerTarget.run(FuzzInput(start, count))
  return 0
}
