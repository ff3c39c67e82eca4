// mailmove: a secret that must not turn up.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailWire

/// A credential that a test plants, to look for it where it must not be.
package struct Canary: Sendable {
  package let text: String
  /// Every form in which it could be there, with a name.
  private let forms: [(name: String, bytes: [UInt8])]

  /// - Parameter text: long enough not to be anywhere by chance.
  package init(_ text: String) {
    precondition(text.utf8.count >= 12, "too short to be told from chance")
    self.text = text
    let bytes = Array(text.utf8)
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    let encoded = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    forms =
      [
        ("as it is", bytes), ("quoted", Array(escaped.utf8)),
        ("percent-encoded", Array(encoded.utf8)),
        ("in hexadecimal", Array(bytes.map { String(format: "%02x", $0) }.joined().utf8)),
        ("reversed", bytes.reversed()),
      ] + (0..<3).map { ("in base64 at \($0)", Self.base64(bytes, after: $0)) }
  }

  /// The forms in which it is in some bytes; letters count in either case.
  package func forms(in bytes: some Collection<UInt8>) -> [String] {
    let hay = Data(bytes.lazy.map(Self.lower))
    return forms.filter { hay.range(of: Data($0.bytes.map(Self.lower))) != nil }.map(\.name)
  }

  /// The forms in which it is in a text.
  package func forms(in text: String) -> [String] { forms(in: Array(text.utf8)) }

  /// The digits that are the same whatever stands before and behind it, as a user name in PLAIN.
  private static func base64(_ bytes: [UInt8], after lead: Int) -> [UInt8] {
    let digits = Base64.encode([UInt8](repeating: 0, count: lead) + bytes)
    let first = (lead * 8 + 5) / 6
    return Array(digits[first..<((lead + bytes.count) * 8 / 6)])
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
