// mailmove: text that was read in the wrong encoding.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Recognises names that some program once read in the wrong encoding. Good for a hint only.
enum MisreadText {
  /// What the text may have been; nil if it looks right.
  static func guess(_ text: String) -> String? {
    if text.isASCII { return encodedTwice(text) }
    return readAsLatin1(text)
  }

  /// UTF-8 that was taken for Latin-1: `MÃ¤rz` for `März`.
  private static func readAsLatin1(_ text: String) -> String? {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else { return nil }
      bytes.append(byte)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// Modified UTF-7 that was taken for text and encoded once more.
  private static func encodedTwice(_ text: String) -> String? {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return nil }
    guard let decoded = ModifiedUTF7.decode(Array(text.utf8)), !decoded.isASCII else { return nil }
    return decoded
  }
}
