// mailmove: the header of a message.
// SPDX-License-Identifier: Apache-2.0

/// The header fields of a message as it is (RFC 5322, 2.2): CRLF or LF, any octets, or none.
///
/// Reads as servers do when they answer HEADER.FIELDS: a line that is no field is passed over, also
/// the first one, and a CR alone ends no line.
///
/// Looks at no more than `Limits.headerBytesMax` octets, once.
package struct HeaderFields: Sendable {
  /// Where the body starts: behind the first blank line, or the end of what was looked at.
  package let bodyOffset: Int
  private let message: [UInt8]
  private let fields: [Field]

  private struct Field: Sendable {
    let name: Range<Int>
    /// From after the colon to the end of the last folded line.
    var value: Range<Int>
  }

  /// Scans a message, or a header alone.
  package init(_ message: [UInt8]) {
    self.message = message
    let limit = min(message.count, Limits.headerBytesMax)
    var fields: [Field] = []
    var position = 0
    while position < limit {
      let line = Self.line(in: message, from: position, limit: limit)
      if line.content.isEmpty {
        position = line.next
        break
      }
      let isFolded = message[position] == 0x20 || message[position] == 0x09
      if isFolded, !fields.isEmpty {
        let start = fields[fields.count - 1].value.lowerBound
        fields[fields.count - 1].value = start..<line.content.upperBound
      } else if let field = Self.field(in: message, line.content) {
        fields.append(field)
      }
      position = line.next
    }
    bodyOffset = position
    self.fields = fields
  }

  /// The first field of that name, in any case: unfolded, without spaces around it.
  package func value(of name: String) -> [UInt8]? {
    guard let field = fields.first(where: { isName(name, at: $0.name) }) else { return nil }
    let unfolded = message[field.value].filter { $0 != 0x0D && $0 != 0x0A }
    let start = unfolded.firstIndex { !Self.isBlank($0) } ?? unfolded.endIndex
    let end = unfolded.lastIndex { !Self.isBlank($0) }.map { $0 + 1 } ?? start
    return Array(unfolded[start..<end])
  }

  private func isName(_ name: String, at range: Range<Int>) -> Bool {
    guard range.count == name.utf8.count else { return false }
    var position = range.lowerBound
    for byte in name.utf8 {
      guard Self.folded(message[position]) == Self.folded(byte) else { return false }
      position += 1
    }
    return true
  }

  /// A line from `start`: what it holds, and where the next begins. Ends with LF, with CRs before
  /// it or not.
  private static func line(
    in message: [UInt8], from start: Int, limit: Int
  ) -> (content: Range<Int>, next: Int) {
    var lineFeed = start
    while lineFeed < limit, message[lineFeed] != 0x0A { lineFeed += 1 }
    var end = lineFeed
    while end > start, message[end - 1] == 0x0D { end -= 1 }
    return (start..<end, min(lineFeed + 1, limit))
  }

  private static func field(in message: [UInt8], _ line: Range<Int>) -> Field? {
    guard let colon = message[line].firstIndex(of: UInt8(ascii: ":")) else { return nil }
    var end = colon
    while end > line.lowerBound, isBlank(message[end - 1]) { end -= 1 }
    let name = line.lowerBound..<end
    guard !name.isEmpty, message[name].allSatisfy({ (0x21...0x7E).contains($0) }) else {
      return nil
    }
    return Field(name: name, value: (colon + 1)..<line.upperBound)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static func folded(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }
}
