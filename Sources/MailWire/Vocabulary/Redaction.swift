// mailmove: secrets that others repeat.
// SPDX-License-Identifier: Apache-2.0

/// Finds a credential in what a server says, so that it is not passed on.
///
/// Servers are known to repeat a command that they did not understand, with the password in it.
/// Found are the credential itself, as it stands in base64 whatever surrounds it, quoted and
/// percent-encoded, in either case of letters. This is against accidents: a server knows what it
/// was told, and can tell it to whom it likes.
package struct Redaction: Sendable {
  /// What is told instead.
  package static let notice = "(what the server says repeats a secret and is not shown)"
  /// Finds nothing.
  package static let none = Redaction(forms: [])

  /// Octets: shorter ones are in too many innocent words, and hiding those would tell which.
  private static let lengthMin = 4

  /// In lower case.
  private var forms: [[UInt8]]

  /// Finds this one too from now on.
  package mutating func add(_ secret: Secret) {
    let more = secret.withBytes { bytes in
      [bytes, Self.quoted(bytes), Self.percentEncoded(bytes)]
        + (0..<3).map { Self.base64(bytes, after: $0) }
    }
    for form in more.map({ $0.map(Self.lower) })
    where form.count >= Self.lengthMin && !forms.contains(form) {
      forms.append(form)
    }
  }

  /// Whether some bytes repeat the secret.
  package func isRepeated(in bytes: some Collection<UInt8>) -> Bool {
    guard !forms.isEmpty else { return false }
    let text = bytes.map(Self.lower)
    return forms.contains(where: text.holds)
  }

  /// The text, or the notice in place of one that repeats the secret.
  package func shown(_ text: String) -> String {
    isRepeated(in: text.utf8) ? Self.notice : text
  }

  private static func quoted(_ bytes: [UInt8]) -> [UInt8] {
    bytes.flatMap { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") ? [0x5C, $0] : [$0] }
  }

  /// RFC 3986, 2.1: all but the unreserved characters.
  private static func percentEncoded(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    let unreserved = Array("-._~".utf8)
    return bytes.flatMap { byte in
      let letter = lower(byte)
      let isPlain =
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || unreserved.contains(byte)
      return isPlain
        ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }

  /// The digits that are the same whatever stands around the secret, if `lead` octets stand before
  /// it in its group of three.
  private static func base64(_ bytes: [UInt8], after lead: Int) -> [UInt8] {
    let digits = Base64.encode([UInt8](repeating: 0, count: lead) + bytes)
    let first = (lead * 8 + 5) / 6
    let end = (lead + bytes.count) * 8 / 6
    return first < end ? Array(digits[first..<end]) : []
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
