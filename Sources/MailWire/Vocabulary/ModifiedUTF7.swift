// mailmove: the base64 of mailbox names.
// SPDX-License-Identifier: Apache-2.0

/// Modified UTF-7 (RFC 9051, A.1), both ways.
package enum ModifiedUTF7 {
  /// Whether a name was written as the standard says.
  package enum Quality: Sendable, Equatable {
    case exact
    /// It was not; the text is the best reading.
    case repaired
  }

  /// The text of a name that is written exactly as `encode` writes it; nil for any other.
  package static func decode(_ bytes: some Collection<UInt8>) -> String? {
    let (text, quality) = decodeTolerantly(bytes)
    return quality == .exact ? text : nil
  }

  /// The one canonical way to write a text.
  package static func encode(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    var shifted: [UInt16] = []
    func flush() {
      guard !shifted.isEmpty else { return }
      result.append(ampersand)
      result += ModifiedBase64.encode(shifted)
      result.append(hyphen)
      shifted = []
    }
    for scalar in text.unicodeScalars {
      if isDirect(scalar.value) {
        flush()
        result.append(UInt8(scalar.value))
        if scalar.value == UInt32(ampersand) { result.append(hyphen) }
      } else {
        shifted += scalar.utf16
      }
    }
    flush()
    return result
  }

  /// The text of any name, read with good will, and whether that was needed.
  ///
  /// Octets above 127 are UTF-8 if they can be, else Windows-1252. A shift that cannot be decoded
  /// stays as it is.
  package static func decodeTolerantly(
    _ bytes: some Collection<UInt8>
  ) -> (text: String, quality: Quality) {
    if bytes.contains(where: { $0 >= 0x80 }) {
      return (String(validating: bytes, as: UTF8.self) ?? Windows1252.decode(bytes), .repaired)
    }
    var text = ""
    var quality = Quality.exact
    var followsShift = false
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      guard byte == ampersand else {
        if !isDirect(UInt32(byte)) { quality = .repaired }
        text.unicodeScalars.append(Unicode.Scalar(byte))
        followsShift = false
        continue
      }
      if rest.first == hyphen {
        rest.removeFirst()
        text += "&"
        followsShift = false
      } else if let end = rest.firstIndex(where: { !ModifiedBase64.isDigit($0) }),
        rest[end] == hyphen, let shift = ModifiedBase64.decode(rest[..<end]),
        let decoded = String(validating: shift.units, as: UTF16.self)
      {
        let isCanonical =
          shift.isCanonical && !followsShift
          && !decoded.unicodeScalars.contains { isDirect($0.value) }
        if !isCanonical { quality = .repaired }
        text += decoded
        rest = rest[rest.index(after: end)...]
        followsShift = true
      } else {
        quality = .repaired
        text += "&"
        followsShift = false
      }
    }
    return (text, quality)
  }

  /// The name for people; never sent to a server.
  package static func display(_ bytes: [UInt8]) -> String {
    VisibleText.of(decodeTolerantly(bytes).text)
  }

  private static let ampersand = UInt8(ascii: "&")
  private static let hyphen = UInt8(ascii: "-")

  private static func isDirect(_ value: UInt32) -> Bool { (0x20...0x7E).contains(value) }
}
