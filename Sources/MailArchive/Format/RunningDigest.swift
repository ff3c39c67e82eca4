// mailmove: SHA-256 of bytes that come piece by piece.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import MailWire

/// A SHA-256 that can be asked at any point and then goes on.
package final class RunningDigest {
  private let context: OpaquePointer

  package init() {
    context = Self.makeContext()
    precondition(
      EVP_DigestInit_ex(context, SHA256Digest.algorithm, nil) == 1, "OpenSSL has no SHA-256")
  }

  /// The same bytes so far; both go on by themselves.
  package init(copying other: RunningDigest) {
    context = Self.makeContext()
    precondition(EVP_MD_CTX_copy_ex(context, other.context) == 1, "OpenSSL copies no digest")
  }

  deinit { EVP_MD_CTX_free(context) }

  package func update(_ bytes: UnsafeRawBufferPointer) {
    precondition(
      EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "OpenSSL digests nothing")
  }

  package func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// The digest of everything so far.
  package var value: SHA256Digest {
    let copy = RunningDigest(copying: self)
    let bytes = [UInt8](unsafeUninitializedCapacity: 32) { output, count in
      var length: UInt32 = 0
      let done = EVP_DigestFinal_ex(copy.context, output.baseAddress, &length)
      precondition(done == 1 && length == 32, "OpenSSL has no SHA-256")
      count = 32
    }
    guard let digest = SHA256Digest(bytes: bytes) else {
      preconditionFailure("a SHA-256 has 32 bytes")
    }
    return digest
  }

  private static func makeContext() -> OpaquePointer {
    guard let context = EVP_MD_CTX_new() else { preconditionFailure("no memory for a digest") }
    return context
  }
}
