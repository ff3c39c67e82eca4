// mailmove: cutting a stream of bytes into responses.
// SPDX-License-Identifier: Apache-2.0

/// Cuts what a server sends into responses, without reading from anywhere itself.
///
/// `fill` offers space to read into, `next` gives the responses that are complete. A large literal
/// is read straight into the bytes that are handed on. What is held is bounded: the literals of one
/// response together by `literalBytesMax`, its text by `textBytesMax`.
package struct Framer: StreamFramer, Sendable {
  private let literalBytesMax: Int
  private let textBytesMax: Int

  private var inbound = InboundBuffer()

  private var text: [UInt8] = []
  private var pieceStart = 0
  private var literals: [Frame.Literal] = []
  private var heldBytes = 0
  private var strayLineEnds = 0

  private var pending: PendingLiteral?
  private var literalBytes: [UInt8] = []

  private struct PendingLiteral {
    let marker: Range<Int>
    let size: Int
    let isHeld: Bool
    var received = 0
  }

  private static let strayLineEndsMax = 8
  private static let zeros = [UInt8](repeating: 0, count: 256 << 10)

  package init(
    literalBytesMax: Int = Limits.literalBytesMax,
    textBytesMax: Int = Limits.responseTextBytesMax
  ) {
    self.literalBytesMax = literalBytesMax
    self.textBytesMax = textBytesMax
  }

  /// Nothing at all has been received that was not handed out: asked after STARTTLS.
  package var isEmpty: Bool { inbound.isEmpty && !isMidResponse }

  /// A response has begun and is not complete.
  package var isMidResponse: Bool { !text.isEmpty || pending != nil }

  /// The literal now being received, in octets: what a deadline on progress looks at.
  package var pendingLiteral: (size: Int, received: Int)? {
    pending.map { ($0.size, $0.received) }
  }

  /// Offers space to read into; `body` returns how many bytes it put there, and so does `fill`.
  ///
  /// Call `next` until it gives nil before filling again, else the buffer grows.
  package mutating func fill(
    _ body: (UnsafeMutableRawBufferPointer) throws -> Int
  ) rethrows -> Int {
    if inbound.isEmpty, let literal = pending, literal.isHeld, literal.received < literal.size {
      return try fillLiteral(literal, body)
    }
    return try inbound.fill(body)
  }

  /// The next complete response; nil when more bytes are needed. Blank lines are skipped.
  ///
  /// Throws `FramingError`, after which nothing that follows can be trusted.
  package mutating func next() throws(FramingError) -> Frame? {
    while true {
      if pending != nil, !receiveLiteral() { return nil }
      guard try takeLine() else { return nil }
      if let marker = try LiteralMarker.find(in: text, from: pieceStart) {
        try begin(marker)
        continue
      }
      if pieceStart == text.count, text.isEmpty || skipsStrayLineEnd() { continue }
      let frame = Frame(text: text, literals: literals)
      text = []
      literals = []
      pieceStart = 0
      heldBytes = 0
      strayLineEnds = 0
      return frame
    }
  }

  /// Whether an empty line after a literal is not the end of the response: a server that counts a
  /// message a little too short sends the rest of it there.
  private mutating func skipsStrayLineEnd() -> Bool {
    guard strayLineEnds < Self.strayLineEndsMax, LiteralMarker.hasOpenParenthesis(text) else {
      return false
    }
    strayLineEnds += 1
    return true
  }

  private mutating func fillLiteral(
    _ literal: PendingLiteral, _ body: (UnsafeMutableRawBufferPointer) throws -> Int
  ) rethrows -> Int {
    if literalBytes.count == literal.received {
      literalBytes.append(contentsOf: Self.zeros.prefix(literal.size - literal.received))
    }
    let count = try literalBytes.withUnsafeMutableBytes {
      try body(UnsafeMutableRawBufferPointer(rebasing: $0[literal.received...]))
    }
    precondition(
      (0...literalBytes.count - literal.received).contains(count),
      "read more than there was space for")
    pending?.received += count
    return count
  }

  /// Moves buffered bytes into the pending literal; true when it is complete.
  private mutating func receiveLiteral() -> Bool {
    guard var literal = pending else { return true }
    let count = min(inbound.end - inbound.start, literal.size - literal.received)
    if literal.isHeld, count > 0 {
      literalBytes.removeSubrange(literal.received...)
      literalBytes.append(contentsOf: inbound[inbound.start..<inbound.start + count])
    }
    inbound.start += count
    literal.received += count
    pending = literal
    guard literal.received == literal.size else { return false }
    literals.append(
      Frame.Literal(
        marker: literal.marker,
        content: literal.isHeld ? .bytes(literalBytes) : .oversize(literal.size)))
    literalBytes = []
    pending = nil
    pieceStart = text.count
    return true
  }

  private mutating func begin(_ marker: LiteralMarker) throws(FramingError) {
    guard literals.count < Limits.responseLiteralsMax else {
      throw .tooManyLiterals(limit: Limits.responseLiteralsMax)
    }
    let isHeld = marker.size <= literalBytesMax - heldBytes
    if isHeld {
      heldBytes += marker.size
      literalBytes.reserveCapacity(marker.size)
    }
    pending = PendingLiteral(marker: marker.range, size: marker.size, isHeld: isHeld)
  }

  /// Moves bytes up to the next line end into the text; true when the line is complete.
  private mutating func takeLine() throws(FramingError) -> Bool {
    guard !inbound.isEmpty else { return false }
    let lineEnd = inbound.lineFeed(from: inbound.start)
    let cut = lineEnd ?? inbound.end
    guard text.count + (cut - inbound.start) <= textBytesMax else {
      throw .textTooLong(limit: textBytesMax)
    }
    if text.isEmpty {
      text = Array(inbound[inbound.start..<cut])
    } else {
      text.append(contentsOf: inbound[inbound.start..<cut])
    }
    guard lineEnd != nil else {
      inbound.start = inbound.end
      return false
    }
    inbound.start = cut + 1
    if text.count > pieceStart, text[text.count - 1] == 0x0D { text.removeLast() }
    return true
  }
}
