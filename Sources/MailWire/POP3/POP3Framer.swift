// mailmove: cutting a POP3 stream into lines and texts.
// SPDX-License-Identifier: Apache-2.0

/// Cuts what a server sends into lines and dot-stuffed texts, without reading from anywhere itself.
///
/// Only the reader knows what comes next: after a positive answer to a command with more than one
/// line it calls `text`, else `line`. `fill` offers space to read into. A text is given back byte
/// for byte as it was before dots were stuffed (RFC 1939, 3): with all its line ends and without
/// its last line, the single dot.
package struct POP3Framer: StreamFramer, Sendable {
  /// The lines up to the single dot, or how many octets there were if they are too many to hold.
  package enum Text: Sendable, Equatable {
    case bytes([UInt8])
    case oversize(Int)
  }

  /// A line of an answer is longer than it may be. The limit in octets.
  package struct LineTooLong: Error, Equatable, CustomStringConvertible {
    package let limit: Int
    package var description: String { "the server sent a line of more than \(limit) octets" }
  }

  private var inbound = InboundBuffer()

  /// The server ends its lines with a bare LF, seen at the line before a text. Only then is a bare
  /// LF inside a text the end of a line: in honest texts it is a part of the message.
  private var endsLinesWithLF = false

  private var held: [UInt8] = []
  private var count = 0
  private var isAtLineStart = true
  private var lastByte: UInt8 = 0
  private var isMidText = false

  package init() {}

  /// Nothing has been received that was not handed out.
  package var isEmpty: Bool { inbound.isEmpty && !isMidText }

  /// A line or a text has begun and is not complete.
  package var isMidResponse: Bool { !inbound.isEmpty || isMidText }

  package mutating func fill(
    _ body: (UnsafeMutableRawBufferPointer) throws -> Int
  ) rethrows -> Int {
    try inbound.fill(body)
  }

  /// The next line without its CRLF or LF; nil when more bytes are needed.
  package mutating func line() throws(LineTooLong) -> [UInt8]? {
    guard let cut = inbound.lineFeed(from: inbound.start) else {
      guard inbound.end - inbound.start <= Limits.pop3LineBytesMax else {
        throw LineTooLong(limit: Limits.pop3LineBytesMax)
      }
      return nil
    }
    guard cut - inbound.start <= Limits.pop3LineBytesMax else {
      throw LineTooLong(limit: Limits.pop3LineBytesMax)
    }
    var line = Array(inbound[inbound.start..<cut])
    inbound.start = cut + 1
    endsLinesWithLF = line.last != 0x0D
    if !endsLinesWithLF { line.removeLast() }
    return line
  }

  /// The text that follows a positive answer; nil when more bytes are needed.
  ///
  /// - Parameter limit: octets that may be held; the rest of a longer text is read and dropped.
  package mutating func text(limit: Int) -> Text? {
    if !inbound.isEmpty { isMidText = true }
    while !inbound.isEmpty {
      if isAtLineStart, inbound[inbound.start] == UInt8(ascii: ".") {
        guard inbound.start + 1 < inbound.end else { return nil }
        if inbound[inbound.start + 1] == 0x0A { return finish(after: 2) }
        if inbound[inbound.start + 1] == 0x0D {
          guard inbound.start + 2 < inbound.end else { return nil }
          if inbound[inbound.start + 2] == 0x0A { return finish(after: 3) }
        }
        inbound.start += 1
        isAtLineStart = false
        // What follows the dot is the line, even if it is another dot.
      }
      take(upTo: nextStuffedLine(), limit)
    }
    return nil
  }

  /// Ends a text at which nothing more comes and whose last line ends in a dot: Exchange 2000 glues
  /// its single dot to a message without a last line end, and others send it after a bare LF.
  ///
  /// - Parameter size: what LIST said. The text is believed only if it is as long as that, line
  ///   ends counted as two octets or as one.
  package mutating func textWithGluedDot(size: Int64) -> Text? {
    guard isMidText, inbound.isEmpty, held.count == count, held.count >= 3,
      held.suffix(3).elementsEqual([UInt8(ascii: "."), 0x0D, 0x0A])
    else { return nil }
    let length = Int64(count - 3)
    let lines = Int64(held.count { $0 == 0x0A } - 1)
    guard [length, length - lines].contains(where: { abs($0 - size) <= Self.sizeTolerance }) else {
      return nil
    }
    held.removeLast(3)
    count -= 3
    return finish(after: 0)
  }

  /// A line end more or less.
  private static let sizeTolerance: Int64 = 2

  private mutating func finish(after octets: Int) -> Text {
    inbound.start += octets
    defer {
      held = []
      count = 0
      isAtLineStart = true
      lastByte = 0
      isMidText = false
    }
    return held.count == count ? .bytes(held) : .oversize(count)
  }

  /// Where the next line that begins with a dot begins, or the end of what is there.
  private func nextStuffedLine() -> Int {
    var from = inbound.start
    while let lineFeed = inbound.lineFeed(from: from) {
      let next = lineFeed + 1
      let before = lineFeed > inbound.start ? inbound[lineFeed - 1] : lastByte
      let isLineEnd = endsLinesWithLF || before == 0x0D
      if isLineEnd, next == inbound.end || inbound[next] == UInt8(ascii: ".") { return next }
      from = next
    }
    return inbound.end
  }

  private mutating func take(upTo cut: Int, _ limit: Int) {
    guard cut > inbound.start else { return }
    let octets = cut - inbound.start
    if held.count == count, count + octets <= limit {
      held.append(contentsOf: inbound[inbound.start..<cut])
    } else {
      held = []
    }
    count += octets
    let before = octets > 1 ? inbound[cut - 2] : lastByte
    lastByte = inbound[cut - 1]
    isAtLineStart = lastByte == 0x0A && (endsLinesWithLF || before == 0x0D)
    inbound.start = cut
  }
}
