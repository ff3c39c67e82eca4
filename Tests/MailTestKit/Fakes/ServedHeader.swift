// mailmove: which header fields servers hand out.
// SPDX-License-Identifier: Apache-2.0

/// What servers keep of an appended message, and what they answer to BODY[HEADER.FIELDS (…)].
///
/// Written after what Dovecot 2.3.19 and Cyrus 3.6.1 do, and compared with both.
package enum ServedHeader {
  /// As Dovecot hands out what it was given: it keeps lines with LF and NUL as 0x80, and drops
  /// a CR at the end.
  package static func storedByDovecot(_ message: [UInt8]) -> [UInt8] {
    var kept: [UInt8] = []
    for byte in message {
      if byte == lineFeed, kept.last == carriageReturn { kept.removeLast() }
      kept.append(byte == 0 ? 0x80 : byte)
    }
    if kept.last == carriageReturn { kept.removeLast() }
    var served: [UInt8] = []
    for byte in kept {
      if byte == lineFeed, served.last != carriageReturn { served.append(carriageReturn) }
      served.append(byte)
    }
    return served
  }

  /// Dovecot's answer. Blanks before the colon are no part of a name; a line of nothing but one
  /// CRLF ends the header.
  package static func ofDovecot(_ stored: [UInt8], _ fields: [String]) -> [UInt8] {
    var answer: [UInt8] = []
    var isWanted = false
    for line in lines(of: stored) {
      if line == [carriageReturn, lineFeed] || line == [lineFeed] { break }
      if !isFolded(line) {
        var name = Array(line.prefix { $0 != colon })
        let isField = name.count < line.count
        while let last = name.last, last == blank || last == tab { name.removeLast() }
        isWanted = isField && isOne(name, of: fields)
      }
      if isWanted { answer += line }
    }
    return ended(answer)
  }

  /// As Cyrus hands out what it was given: the header in seven bits.
  package static func storedByCyrus(_ message: [UInt8]) -> [UInt8] {
    var isHeader = true
    return lines(of: message).flatMap { line -> [UInt8] in
      if line.first == carriageReturn || line.first == lineFeed { isHeader = false }
      return isHeader ? line.map { $0 < 0x80 ? $0 : UInt8(ascii: "X") } : line
    }
  }

  /// Cyrus' answer: names end at the colon, a CR at the beginning of a line ends the header, and so
  /// does the thousandth field (`maxheaderlines`).
  package static func ofCyrus(_ stored: [UInt8], _ fields: [String]) -> [UInt8] {
    var answer: [UInt8] = []
    var isWanted = false
    var count = 0
    for line in lines(of: stored) {
      if line.first == carriageReturn || line.first == lineFeed { break }
      if !isFolded(line) || count == 0 {
        count += 1
        if count > cyrusFieldsMax { break }
        let name = Array(line.prefix { $0 != colon })
        isWanted = name.count < line.count && isOne(name, of: fields)
      }
      if isWanted { answer += line }
    }
    return ended(answer)
  }

  /// Dovecot reads the header as far as everybody else: no line has nothing but CRs, more of them
  /// than Dovecot takes away.
  package static func endsAlikeAtDovecot(_ message: [UInt8]) -> Bool {
    !lines(of: storedByDovecot(message)).contains { line in
      line.count > 2 && line.dropLast().allSatisfy { $0 == carriageReturn }
    }
  }

  /// Cyrus takes the message and finds the same fields as everybody else.
  package static func readsAlikeAtCyrus(_ message: [UInt8], _ fields: [String]) -> Bool {
    guard !message.contains(0) else { return false }
    var count = 0
    for line in lines(of: message) {
      if line == [carriageReturn, lineFeed] { return true }
      // Bare line feeds are refused; a CR in front ends the header nowhere else.
      guard line.suffix(2).elementsEqual([carriageReturn, lineFeed]),
        line.first != carriageReturn
      else { return false }
      guard !isFolded(line) || count == 0 else { continue }
      count += 1
      let name = Array(line.prefix { $0 != colon })
      guard count <= cyrusFieldsMax, name.last != blank, name.last != tab else { return false }
    }
    return true
  }

  private static let cyrusFieldsMax = 1_000

  /// With their line ends.
  private static func lines(of bytes: [UInt8]) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let end = bytes[start...].firstIndex(of: lineFeed).map { $0 + 1 } ?? bytes.endIndex
      lines.append(Array(bytes[start..<end]))
      start = end
    }
    return lines
  }

  private static func isFolded(_ line: [UInt8]) -> Bool {
    line.first == blank || line.first == tab
  }

  private static func isOne(_ name: [UInt8], of fields: [String]) -> Bool {
    let written = String(decoding: name, as: UTF8.self).uppercased()
    return fields.contains(written)
  }

  private static func ended(_ fields: [UInt8]) -> [UInt8] {
    let lineEnd = [carriageReturn, lineFeed]
    return (fields.isEmpty || fields.last == lineFeed ? fields : fields + lineEnd) + lineEnd
  }

  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let colon = UInt8(ascii: ":")
  private static let blank = UInt8(ascii: " ")
  private static let tab = UInt8(ascii: "\t")
}
