// mailmove: cutting a stream of bytes into responses.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Cuts what a server sends into responses, without reading from anywhere itself.
///
/// `fill` offers space to read into, `next` gives the responses that are complete. A large literal
/// is read straight into the bytes that are handed on. What is held is bounded: the literals of one
/// response together by `literalBytesMax`, its text by `textBytesMax`.
package struct Framer: Sendable {
  private let literalBytesMax: Int
  private let textBytesMax: Int

  private var inbound: [UInt8]
  private var start = 0
  private var end = 0

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

  private static let inboundBytes = 64 << 10
  private static let strayLineEndsMax = 8
  private static let zeros = [UInt8](repeating: 0, count: 256 << 10)

  package init(
    literalBytesMax: Int = Limits.literalBytesMax,
    textBytesMax: Int = Limits.responseTextBytesMax
  ) {
    self.literalBytesMax = literalBytesMax
    self.textBytesMax = textBytesMax
    inbound = [UInt8](repeating: 0, count: Self.inboundBytes)
  }

  /// Nothing at all has been received that was not handed out: asked after STARTTLS.
  package var isEmpty: Bool { start == end && !isMidResponse }

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
    if start == end, let literal = pending, literal.isHeld, literal.received < literal.size {
      return try fillLiteral(literal, body)
    }
    makeRoom()
    let space = end..<inbound.count
    let count = try inbound.withUnsafeMutableBytes {
      try body(UnsafeMutableRawBufferPointer(rebasing: $0[space]))
    }
    precondition((0...space.count).contains(count), "read more than there was space for")
    end += count
    return count
  }

  /// Takes bytes that were read elsewhere.
  package mutating func feed(_ bytes: some Collection<UInt8>) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = fill { space in
        let chunk = rest.prefix(space.count)
        space.copyBytes(from: chunk)
        return chunk.count
      }
      rest = rest.dropFirst(count)
    }
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

  private mutating func makeRoom() {
    if start == end {
      start = 0
      end = 0
    } else if end == inbound.count {
      if start > 0 {
        inbound.removeSubrange(0..<start)
        end -= start
        start = 0
      }
      inbound.append(contentsOf: repeatElement(0, count: max(end, Self.inboundBytes)))
    }
  }

  /// Moves buffered bytes into the pending literal; true when it is complete.
  private mutating func receiveLiteral() -> Bool {
    guard var literal = pending else { return true }
    let count = min(end - start, literal.size - literal.received)
    if literal.isHeld, count > 0 {
      literalBytes.removeSubrange(literal.received...)
      literalBytes.append(contentsOf: inbound[start..<start + count])
    }
    start += count
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
    guard start < end else { return false }
    let lineEnd = inbound.withUnsafeBytes { bytes -> Int? in
      guard let base = bytes.baseAddress,
        let found = memchr(base + start, 0x0A, end - start)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
    let cut = lineEnd ?? end
    guard text.count + (cut - start) <= textBytesMax else {
      throw .textTooLong(limit: textBytesMax)
    }
    if text.isEmpty {
      text = Array(inbound[start..<cut])
    } else {
      text.append(contentsOf: inbound[start..<cut])
    }
    guard lineEnd != nil else {
      start = end
      return false
    }
    start = cut + 1
    if text.count > pieceStart, text[text.count - 1] == 0x0D { text.removeLast() }
    return true
  }
}
