// mailmove: HMAC and PBKDF2.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// HMAC-SHA-256 (RFC 2104) and what SCRAM builds on it, from OpenSSL.
enum KeyedHash {
  static func hmac(key: [UInt8], _ data: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { output, count in
      var length = 0
      let done = EVP_Q_mac(
        nil, "HMAC", nil, "SHA256", nil, key, key.count, data, data.count,
        output.baseAddress, 32, &length)
      precondition(done != nil && length == 32, "OpenSSL has no HMAC-SHA-256")
      count = 32
    }
  }

  /// PBKDF2 (RFC 8018, 5.2), which SCRAM calls Hi; 32 bytes.
  static func pbkdf2(password: [UInt8], salt: [UInt8], iterations: Int32) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { output, count in
      let done = password.withUnsafeBytes { bytes in
        PKCS5_PBKDF2_HMAC(
          bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), salt,
          Int32(salt.count), iterations, EVP_sha256(), 32, output.baseAddress)
      }
      precondition(done == 1, "OpenSSL has no PBKDF2")
      count = 32
    }
  }

  /// Whether two values are equal, in a time that does not depend on where they differ.
  static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
  }
}
