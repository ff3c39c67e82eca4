// mailmove: what a maildrop holds.
// SPDX-License-Identifier: Apache-2.0

/// What STAT, LIST and UIDL say about a maildrop (RFC 1939, 5 and 7), read leniently.
package enum POP3Listing {
  /// The answer to STAT: the number of messages, and their octets if they can be read.
  package static func stat(_ rest: [UInt8]) -> (messages: Int64, octets: Int64?)? {
    var rest = rest[...]
    guard let messages = number(&rest) else { return nil }
    skipBlanks(&rest)
    return (messages, number(&rest))
  }

  /// The octets that an answer to RETR announces, as in `2853 octets` (RFC 1939, 5); nil when it
  /// says none: many servers say something else there.
  package static func octets(announced rest: [UInt8]) -> Int64? {
    let words = rest.split { !isLetterOrDigit($0) }
    for (word, next) in zip(words, words.dropFirst()) {
      let unit = String(decoding: next, as: UTF8.self).lowercased()
      var digits = word
      guard unit.hasPrefix("oct") || unit.hasPrefix("byte"), let octets = number(&digits),
        digits.isEmpty
      else { continue }
      return octets
    }
    return nil
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
  }

  /// Lines of LIST: octets by message number. Lines that are none are left out.
  package static func sizes(_ text: [UInt8]) -> [Int: Int64] {
    rows(of: text).mapValues { rest in
      var rest = rest
      return number(&rest) ?? 0
    }
  }

  /// Lines of UIDL: the unique-id by message number, the rest of the line as it is.
  ///
  /// RFC 1939 allows 1 to 70 printable characters; blanks, 8-bit octets and longer ones occur. What
  /// is longer than `Limits.uniqueIDBytesMax` is cut. An empty one is no unique-id.
  package static func uniqueIDs(_ text: [UInt8]) -> [Int: [UInt8]] {
    rows(of: text).mapValues { rest in
      var rest = rest
      while let last = rest.last, isBlank(last) { rest.removeLast() }
      return Array(rest.prefix(Limits.uniqueIDBytesMax))
    }
  }

  /// The lines of a text without their line ends.
  package static func lines(_ text: [UInt8]) -> [[UInt8]] {
    text.split(separator: 0x0A).map { line in
      Array(line.last == 0x0D ? line.dropLast() : line)
    }
  }

  /// Message numbers and what follows them; of a number that comes twice the first line counts.
  private static func rows(of text: [UInt8]) -> [Int: ArraySlice<UInt8>] {
    var rows: [Int: ArraySlice<UInt8>] = [:]
    for line in text.split(separator: 0x0A) {
      var rest = line.last == 0x0D ? line.dropLast() : line
      skipBlanks(&rest)
      guard let value = number(&rest), value > 0, let message = Int(exactly: value),
        rest.first.map(isBlank) ?? true
      else { continue }
      skipBlanks(&rest)
      if rows[message] == nil { rows[message] = rest }
    }
    return rows
  }

  /// Digits; nil if there are none or more than can be counted.
  private static func number(_ rest: inout ArraySlice<UInt8>) -> Int64? {
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    rest = rest.dropFirst(digits.count)
    return Int64(String(decoding: digits, as: UTF8.self))
  }

  private static func skipBlanks(_ rest: inout ArraySlice<UInt8>) {
    rest = rest.drop(while: isBlank)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
