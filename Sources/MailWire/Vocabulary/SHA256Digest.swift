// mailmove: SHA-256.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// A SHA-256 digest (FIPS 180-4), 32 bytes.
package struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
  package let bytes: [UInt8]

  /// Takes a digest made elsewhere, as one read from the ledger; nil unless it has 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// Reads 64 hexadecimal digits in lower case; nil if it is anything else.
  package init?(hexadecimal text: some Collection<UInt8>) {
    guard text.count == 64 else { return nil }
    var nibbles: [UInt8] = []
    for digit in text {
      switch digit {
      case 0x30...0x39: nibbles.append(digit - 0x30)
      case 0x61...0x66: nibbles.append(digit - 0x61 + 10)
      default: return nil
      }
    }
    bytes = stride(from: 0, to: 64, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
  }

  /// The digest of some bytes.
  package init(of data: [UInt8]) {
    self = data.withUnsafeBytes { SHA256Digest(of: $0) }
  }

  /// The digest of a buffer.
  package init(of buffer: UnsafeRawBufferPointer) {
    bytes = [UInt8](unsafeUninitializedCapacity: 32) { output, count in
      var length: UInt32 = 0
      let done = EVP_Digest(
        buffer.baseAddress, buffer.count, output.baseAddress, &length, EVP_sha256(), nil)
      precondition(done == 1 && length == 32, "OpenSSL has no SHA-256")
      count = 32
    }
  }

  /// 64 hexadecimal digits in lower case.
  package var description: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
