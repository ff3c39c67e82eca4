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
      .split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\t") }
      .map { String(decoding: $0, as: UTF8.self) }
    if let first = words.first, Int(first) == nil { words.removeFirst() }
    guard words.count >= 4, let day = Int(words[0]), let year = year(words[2]) else { return nil }
    let time = words[3].split(separator: ":")
    guard time.count == 2 || time.count == 3 else { return nil }
    let seconds = time.count == 3 ? time[2] : "00"
    guard let zone = zone(words.count > 4 ? words[4] : "+0000") else { return nil }
    let wire = "\(day)-\(words[1].prefix(3))-\(year) \(time[0]):\(time[1]):\(seconds) \(zone)"
    return InternalDate(wire: Array(wire.utf8))
  }

  /// Two and three digits as RFC 5322, 4.3 wants them read.
  private static func year(_ word: String) -> String? {
    guard let number = Int(word), number >= 0 else { return nil }
    switch word.count {
    case 4: return word
    case 3: return String(1_900 + number)
    case 2: return String(number < 50 ? 2_000 + number : 1_900 + number)
    default: return nil
    }
  }

  private static func zone(_ word: String) -> String? {
    if let first = word.first, first == "+" || first == "-" {
      return word.count == 5 && word.dropFirst().allSatisfy(\.isNumber) ? word : nil
    }
    return named[word.uppercased()]
  }

  private static let named = [
    "UT": "+0000", "GMT": "+0000", "UTC": "+0000", "Z": "+0000", "EST": "-0500", "EDT": "-0400",
    "CST": "-0600", "CDT": "-0500", "MST": "-0700", "MDT": "-0600", "PST": "-0800",
    "PDT": "-0700",
  ]
}
