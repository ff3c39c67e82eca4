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
    let digits = Array(text)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    for place in stride(from: 0, to: 64, by: 2) {
      guard let high = Self.value(of: digits[place]), let low = Self.value(of: digits[place + 1])
      else { return nil }
      bytes.append(high << 4 | low)
    }
    self.bytes = bytes
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x61 + value - 10
  }

  /// Looked up once: OpenSSL searches its providers each time it is given `EVP_sha256()`.
  private nonisolated(unsafe) static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

  /// The digest of some bytes.
  package init(of data: [UInt8]) {
    self = data.withUnsafeBytes { SHA256Digest(of: $0) }
  }

  /// The digest of a buffer.
  package init(of buffer: UnsafeRawBufferPointer) {
    bytes = [UInt8](unsafeUninitializedCapacity: 32) { output, count in
      var length: UInt32 = 0
      let done = EVP_Digest(
        buffer.baseAddress, buffer.count, output.baseAddress, &length, Self.algorithm, nil)
      precondition(done == 1 && length == 32, "OpenSSL has no SHA-256")
      count = 32
    }
  }

  /// 64 hexadecimal digits in lower case.
  package var description: String {
    String(unsafeUninitializedCapacity: 64) { output in
      for (index, byte) in bytes.enumerated() {
        output[2 * index] = Self.digit(byte >> 4)
        output[2 * index + 1] = Self.digit(byte & 15)
      }
      return 64
    }
  }
}
