// mailmove: UTF-16 in the base64 of mailbox names.
// SPDX-License-Identifier: Apache-2.0

/// The base64 within modified UTF-7: `,` for `/`, no padding, UTF-16 in network order
/// (RFC 9051, A.1).
enum ModifiedBase64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,".utf8)

  static func isDigit(_ byte: UInt8) -> Bool { value(byte) != nil }

  static func encode(_ units: [UInt16]) -> [UInt8] {
    var result: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for unit in units {
      bits = bits << 16 | UInt32(unit)
      count += 16
      while count >= 6 {
        count -= 6
        result.append(alphabet[Int(bits >> UInt32(count) & 63)])
      }
      bits &= (1 << UInt32(count)) - 1
    }
    if count > 0 { result.append(alphabet[Int(bits << UInt32(6 - count) & 63)]) }
    return result
  }

  /// The UTF-16 in some digits; nil if they do not make whole units. Canonical: no digit too many
  /// and nothing in the bits left over.
  static func decode(
    _ digits: some Collection<UInt8>
  ) -> (units: [UInt16], isCanonical: Bool)? {
    var units: [UInt16] = []
    var bits: UInt32 = 0
    var count = 0
    for digit in digits {
      guard let value = value(digit) else { return nil }
      bits = bits << 6 | value
      count += 6
      if count >= 16 {
        count -= 16
        units.append(UInt16(truncatingIfNeeded: bits >> UInt32(count)))
        bits &= (1 << UInt32(count)) - 1
      }
    }
    guard !units.isEmpty, count < 8 else { return nil }
    return (units, count < 6 && bits == 0)
  }

  private static func value(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: ","): 63
    default: nil
    }
  }
}
