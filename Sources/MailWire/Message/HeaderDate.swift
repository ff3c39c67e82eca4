// mailmove: dates in message headers.
// SPDX-License-Identifier: Apache-2.0

/// Dates as message headers write them (RFC 5322, 3.3), read leniently.
package enum HeaderDate {
  /// The date of a Received field: what follows its last semicolon.
  package static func received(_ value: [UInt8]) -> InternalDate? {
    guard let semicolon = value.lastIndex(of: UInt8(ascii: ";")) else { return nil }
    return read(Array(value[(semicolon + 1)...]))
  }

  /// A date such as `Tue, 3 Feb 2009 09:07:00 +0100 (CET)`; nil if it is none, or if its zone is
  /// a name nobody can know.
  package static func read(_ value: [UInt8]) -> InternalDate? {
    var words = value.prefix { $0 != UInt8(ascii: "(") }
      .split { $0 == blank || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\t") }
    if let first = words.first, number(first) == nil { words.removeFirst() }
    guard words.count >= 4, let day = number(words[0]), let year = year(words[2]) else {
      return nil
    }
    let time = words[3].split(separator: colon)
    guard time.count == 2 || time.count == 3, let zone = zone(words.count > 4 ? words[4] : utc[...])
    else { return nil }
    // As IMAP writes it, in bytes: every message without INTERNALDATE comes by here.
    var wire = Array(String(day).utf8)
    wire.append(hyphen)
    wire += words[1].prefix(3)
    wire.append(hyphen)
    wire += year
    wire.append(blank)
    wire += time[0]
    wire.append(colon)
    wire += time[1]
    wire.append(colon)
    wire += time.count == 3 ? time[2] : zeros[...]
    wire.append(blank)
    wire += zone
    return InternalDate(wire: wire)
  }

  private static let blank = UInt8(ascii: " ")
  private static let colon = UInt8(ascii: ":")
  private static let hyphen = UInt8(ascii: "-")
  private static let zeros = Array("00".utf8)
  private static let utc = Array("+0000".utf8)

  /// A number of at most nine digits; nil if it is anything else.
  private static func number(_ word: ArraySlice<UInt8>) -> Int? {
    guard (1...9).contains(word.count), word.allSatisfy(isDigit) else { return nil }
    return word.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Two and three digits as RFC 5322, 4.3 wants them read.
  private static func year(_ word: ArraySlice<UInt8>) -> [UInt8]? {
    guard let number = number(word) else { return nil }
    switch word.count {
    case 4: return Array(word)
    case 3: return Array(String(1_900 + number).utf8)
    case 2: return Array(String(number < 50 ? 2_000 + number : 1_900 + number).utf8)
    default: return nil
    }
  }

  private static func zone(_ word: ArraySlice<UInt8>) -> [UInt8]? {
    if let first = word.first, first == UInt8(ascii: "+") || first == hyphen {
      return word.count == 5 && word.dropFirst().allSatisfy(isDigit) ? Array(word) : nil
    }
    return named[String(decoding: word, as: UTF8.self).uppercased()].map { Array($0.utf8) }
  }

  private static let named = [
    "UT": "+0000", "GMT": "+0000", "UTC": "+0000", "Z": "+0000", "EST": "-0500", "EDT": "-0400",
    "CST": "-0600", "CDT": "-0500", "MST": "-0700", "MDT": "-0600", "PST": "-0800",
    "PDT": "-0700",
  ]
}
