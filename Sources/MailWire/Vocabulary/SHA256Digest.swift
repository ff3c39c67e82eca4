// mailmove: SHA-256.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// A SHA-256 digest (FIPS 180-4), 32 bytes.
///
/// Kept as four numbers, so that the millions of them that a run may hold, compare and look up need
/// no memory of their own.
package struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
  /// The first eight bytes, as a number that is written with its highest byte first.
  package private(set) var leadingBits: UInt64 = 0
  private var second: UInt64 = 0
  private var third: UInt64 = 0
  private var last: UInt64 = 0

  /// Takes a digest made elsewhere, as one read from the ledger; nil unless it has 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self = bytes.withUnsafeBytes { SHA256Digest(stored: $0) }
  }

  /// - Parameter bytes: 32 of them.
  private init(stored bytes: UnsafeRawBufferPointer) {
    func word(_ index: Int) -> UInt64 {
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
    }
    (leadingBits, second, third, last) = (word(0), word(1), word(2), word(3))
  }

  /// Reads 64 hexadecimal digits in lower case; nil if it is anything else.
  package init?(hexadecimal text: some Collection<UInt8>) {
    let digest =
      text.withContiguousStorageIfAvailable { SHA256Digest(digits: $0) }
      ?? Array(text).withUnsafeBufferPointer { SHA256Digest(digits: $0) }
    guard let digest else { return nil }
    self = digest
  }

  private init?(digits: UnsafeBufferPointer<UInt8>) {
    guard digits.count == 2 * Self.length else { return nil }
    var word: UInt64 = 0
    for (place, digit) in digits.enumerated() {
      guard let value = Self.value(of: digit) else { return nil }
      word = word << 4 | UInt64(value)
      if place & 15 == 15 {
        (leadingBits, second, third, last) = (second, third, last, word)
      }
    }
  }

  private static let length = 32

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
  package nonisolated(unsafe) static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

  /// The digest of some bytes.
  package init(of data: [UInt8]) {
    self = data.withUnsafeBytes { SHA256Digest(of: $0) }
  }

  /// The digest of a buffer.
  package init(of buffer: UnsafeRawBufferPointer) {
    self = withUnsafeTemporaryAllocation(byteCount: Self.length, alignment: 8) { output in
      var length: UInt32 = 0
      let done = EVP_Digest(
        buffer.baseAddress, buffer.count, output.baseAddress, &length, Self.algorithm, nil)
      precondition(done == 1 && length == Self.length, "OpenSSL has no SHA-256")
      return SHA256Digest(stored: UnsafeRawBufferPointer(output))
    }
  }

  package var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Self.length) { output, count in
      for word in [leadingBits, second, third, last] {
        for shift in stride(from: 56, through: 0, by: -8) {
          output[count] = UInt8(truncatingIfNeeded: word >> shift)
          count += 1
        }
      }
    }
  }

  /// 64 hexadecimal digits in lower case.
  package var description: String {
    String(unsafeUninitializedCapacity: 2 * Self.length) { output in
      var count = 0
      forEachDigit { digit in
        output[count] = digit
        count += 1
      }
      return count
    }
  }

  /// Writes `description` behind a text.
  package func append(to text: inout [UInt8]) { forEachDigit { text.append($0) } }

  private func forEachDigit(_ body: (UInt8) -> Void) {
    for word in [leadingBits, second, third, last] {
      for shift in stride(from: 60, through: 0, by: -4) {
        body(Self.digit(UInt8(truncatingIfNeeded: word >> shift) & 15))
      }
    }
  }
}
