// mailmove: the header of a message.
// SPDX-License-Identifier: Apache-2.0

/// The header fields of a message as it is (RFC 5322, 2.2): CRLF or LF, any octets, or none.
///
/// Reads as servers do when they answer HEADER.FIELDS: a field goes on in lines that begin with a
/// blank and ends at any other, whether that is a field or not. A CR alone ends no line.
///
/// There is no limit on how far it looks, because servers have none that could be known here: what
/// is behind it would be a field at one side and none at the other. Going through the lines once
/// more, each time it is asked, costs less than to remember where they are.
package struct HeaderFields: Sendable {
  private let message: [UInt8]

  /// - Parameter message: a message, or a header alone.
  package init(_ message: [UInt8]) { self.message = message }

  /// Where the body starts: behind the first blank line, or the end of the message.
  package var bodyOffset: Int {
    message.withUnsafeBytes { bytes in
      var lines = HeaderLines(of: bytes)
      while lines.next() != nil {}
      return lines.position
    }
  }

  /// Whether there is any field at all.
  package var hasFields: Bool {
    message.withUnsafeBytes { bytes in
      var lines = HeaderLines(of: bytes)
      while let line = lines.next() { if Self.isField(bytes, line) { return true } }
      return false
    }
  }

  /// The first field of that name, in any case: unfolded, without spaces around it.
  package func value(of name: String) -> [UInt8]? {
    var name = name
    return name.withUTF8 { name in
      message.withUnsafeBytes { bytes in Self.value(of: name, in: bytes) }
    }
  }

  private static func value(
    of name: UnsafeBufferPointer<UInt8>, in bytes: UnsafeRawBufferPointer
  ) -> [UInt8]? {
    var lines = HeaderLines(of: bytes)
    while let line = lines.next() {
      guard let start = valueStart(of: name, in: bytes, line) else { continue }
      var end = line.upperBound
      while let more = lines.next(), isBlank(bytes[more.lowerBound]) { end = more.upperBound }
      return unfolded(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
    }
    return nil
  }

  /// Behind the colon, if the line is a field of that name.
  private static func valueStart(
    of name: UnsafeBufferPointer<UInt8>, in bytes: UnsafeRawBufferPointer, _ line: Range<Int>
  ) -> Int? {
    guard line.count > name.count, !name.isEmpty else { return nil }
    for (place, byte) in name.enumerated()
    where folded(bytes[line.lowerBound + place]) != folded(byte) {
      return nil
    }
    var colon = line.lowerBound + name.count
    while colon < line.upperBound, isBlank(bytes[colon]) { colon += 1 }
    return colon < line.upperBound && bytes[colon] == Self.colon ? colon + 1 : nil
  }

  /// A name of printable characters, maybe blanks, and a colon.
  private static func isField(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) -> Bool {
    var end = line.lowerBound
    while end < line.upperBound, bytes[end] != colon, (0x21...0x7E).contains(bytes[end]) {
      end += 1
    }
    guard end > line.lowerBound else { return false }
    while end < line.upperBound, isBlank(bytes[end]) { end += 1 }
    return end < line.upperBound && bytes[end] == colon
  }

  private static func unfolded(_ value: UnsafeRawBufferPointer) -> [UInt8] {
    guard let start = value.firstIndex(where: { !isSpace($0) }),
      let last = value.lastIndex(where: { !isSpace($0) })
    else { return [] }
    return [UInt8](unsafeUninitializedCapacity: last + 1 - start) { output, count in
      for byte in value[start...last] where byte != 0x0D && byte != 0x0A {
        output[count] = byte
        count += 1
      }
    }
  }

  private static let colon = UInt8(ascii: ":")

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static func isSpace(_ byte: UInt8) -> Bool {
    isBlank(byte) || byte == 0x0D || byte == 0x0A
  }

  private static func folded(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }
}

/// The lines of a header one after the other: what each holds, without its line end.
private struct HeaderLines {
  private let bytes: UnsafeRawBufferPointer
  private var hasEnded = false
  /// Where the next line begins; at the end, where the body does.
  private(set) var position = 0

  init(of bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The next line, which is not empty; nil once the header has ended. Lines end with LF, with CRs
  /// before it or not.
  mutating func next() -> Range<Int>? {
    guard !hasEnded, position < bytes.count else { return nil }
    let start = position
    let lineFeed = bytes.offset(of: 0x0A, from: start, to: bytes.count) ?? bytes.count
    position = min(lineFeed + 1, bytes.count)
    var end = lineFeed
    while end > start, bytes[end - 1] == 0x0D { end -= 1 }
    hasEnded = end == start
    return hasEnded ? nil : start..<end
  }
}
