// mailmove: mail that can be told apart.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Mail whose last line has a serial number, by which the world knows what no program knows.
enum Mail {
  /// What the header of a mail is like.
  enum Kind: Equatable, Sendable {
    case own
    /// The header of an earlier mail above another body of the same size.
    case headerOf(Int)
    /// Only a line that is no field.
    case noHeader
    /// No Message-ID.
    case draft
  }

  /// - Parameter lines: 24 octets each; 40 are far more than sizes may be wrong by without a doubt.
  static func bytes(_ serial: Int, _ kind: Kind, lines: Int) -> [UInt8] {
    let header =
      switch kind {
      case .own: fields(serial)
      case .headerOf(let other): fields(other)
      case .noHeader: "no header at all\r\n"
      case .draft: "From: anna@example.org\r\nSubject: draft\r\n"
      }
    let rest = String(repeating: "and so on, and so forth\r\n", count: lines)
    return Array("\(header)\r\nhello\r\n\(rest)\(mark)\(padded(serial))\r\n".utf8)
  }

  static func hasMessageID(_ bytes: [UInt8]) -> Bool { bytes.starts(with: "Message-ID:".utf8) }

  /// The number of a mail, whatever servers and tools did to its header and its line ends.
  static func serial(_ bytes: [UInt8]) -> Int? {
    let line = bytes.reversed().drop { $0 == 10 || $0 == 13 }
    let digits = line.prefix { (48...57).contains($0) }
    guard digits.count == 4, line.dropFirst(4).starts(with: mark.utf8.reversed()) else {
      return nil
    }
    return digits.reversed().reduce(0) { $0 * 10 + Int($1 - 48) }
  }

  private static let mark = "serial "

  private static func fields(_ serial: Int) -> String {
    "Message-ID: <\(padded(serial))@example.org>\r\nDate: Tue, 3 Feb 2009 09:07:00 +0100\r\n"
      + "From: anna@example.org\r\nSubject: number \(padded(serial))\r\n"
  }

  private static func padded(_ serial: Int) -> String {
    String(repeating: "0", count: max(0, 4 - "\(serial)".count)) + "\(serial)"
  }
}
