// mailmove: text from strangers, made safe to look at.
// SPDX-License-Identifier: Apache-2.0

/// Text that came from a server or a message, for a terminal, a log or an error.
package enum VisibleText {
  /// The text with control characters and those that change the direction of writing written as
  /// `\u{…}`, so that it can neither move the cursor nor pretend to be other text.
  package static func of(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isHidden(scalar) {
        result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069,
      0xFEFF:
      true
    default: false
    }
  }
}
