// mailmove: names that fit into one line.
// SPDX-License-Identifier: Apache-2.0

/// Names as the lines of an entry hold them: UTF-8 in which every control character and `%` is `%`
/// and two hexadecimal digits for each of its bytes.
enum PercentText {
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// - Parameter escapesBlanks: also escapes spaces, for names that are followed by others.
  static func encoded(_ name: String, escapesBlanks: Bool) -> [UInt8] {
    if isPlain(name, escapesBlanks: escapesBlanks) { return Array(name.utf8) }
    var result: [UInt8] = []
    for scalar in name.unicodeScalars {
      let isEscaped =
        scalar.properties.generalCategory == .control || scalar == "%"
        || escapesBlanks && scalar == " "
      for byte in UTF8.encode(scalar).map(Array.init) ?? [] {
        if isEscaped {
          result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        } else {
          result.append(byte)
        }
      }
    }
    return result
  }

  /// Nothing has to be escaped, which is seen without asking what kind of character each one is.
  private static func isPlain(_ name: String, escapesBlanks: Bool) -> Bool {
    name.utf8.allSatisfy { byte in
      (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "%") || byte == 0x20 && !escapesBlanks
    }
  }

  /// A `%` without two digits stands for itself; what is no UTF-8 becomes U+FFFD.
  static func decoded(_ text: some Collection<UInt8>) -> String {
    let bytes = Array(text)
    var result: [UInt8] = []
    var position = 0
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "%"), position + 2 < bytes.count,
        let high = value(bytes[position + 1]), let low = value(bytes[position + 2])
      {
        result.append(high << 4 | low)
        position += 3
      } else {
        result.append(bytes[position])
        position += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    digits.firstIndex(of: digit).map { UInt8($0) }
  }
}
