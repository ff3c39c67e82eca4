// mailmove: bytes of strangers, safe to print.
// SPDX-License-Identifier: Apache-2.0

/// Shows bytes as printable ASCII, so that no terminal or log reader can be led astray by them.
enum VisibleText {
  /// Appends the bytes: CR and LF as `\r` and `\n`, a backslash doubled, others as `\xNN`.
  static func append(_ bytes: some Sequence<UInt8>, to text: inout String) {
    let digits = Array("0123456789abcdef")
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\r"): text += "\\r"
      case UInt8(ascii: "\n"): text += "\\n"
      case UInt8(ascii: "\\"): text += "\\\\"
      case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        text += "\\x"
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
      }
    }
  }
}
