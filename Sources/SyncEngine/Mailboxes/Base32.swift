// mailmove: base32.
// SPDX-License-Identifier: Apache-2.0

/// Base32 in small letters (RFC 4648, 6): letters and digits that survive case folding.
enum Base32 {
  /// Eight characters for every five bytes; a rest of fewer than five bytes is padded with zero
  /// bits.
  static func text(_ bytes: some Sequence<UInt8>) -> String {
    var characters: [UInt8] = []
    var bits: UInt64 = 0
    var count: UInt64 = 0
    for byte in bytes {
      bits = (bits << 8 | UInt64(byte)) & 0xFFFF
      count += 8
      while count >= 5 {
        count -= 5
        characters.append(alphabet[Int(bits >> count & 31)])
      }
    }
    if count > 0 { characters.append(alphabet[Int(bits << (5 - count) & 31)]) }
    return String(decoding: characters, as: UTF8.self)
  }

  private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
}
