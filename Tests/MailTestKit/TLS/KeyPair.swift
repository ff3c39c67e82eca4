// mailmove: private keys for test certificates.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// A key and how it was made; freed with its last reference.
final class KeyPair: @unchecked Sendable {
  let pointer: OpaquePointer

  init(_ kind: CertificateAuthority.KeyType) throws(CertificateError) {
    let key =
      switch kind {
      case .rsa2048: mm_evp_rsa_gen(2048)
      case .rsa1024: mm_evp_rsa_gen(1024)
      case .ec: mm_evp_ec_gen("P-256")
      }
    guard let key else { throw CertificateError.openSSL("making a key") }
    pointer = key
  }

  deinit { EVP_PKEY_free(pointer) }

  func pem() throws(CertificateError) -> String {
    try pemText { PEM_write_bio_PKCS8PrivateKey($0, pointer, nil, nil, 0, nil, nil) }
  }
}

/// Collects what OpenSSL writes into a memory BIO.
func pemText(_ write: (OpaquePointer) -> Int32) throws(CertificateError) -> String {
  guard let memory = BIO_new(BIO_s_mem()) else { throw CertificateError.openSSL("memory") }
  defer { BIO_free(memory) }
  guard write(memory) == 1 else { throw CertificateError.openSSL("writing PEM") }
  var text: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = BIO_read(memory, &chunk, Int32(chunk.count))
    guard count > 0 else { break }
    text += chunk[..<Int(count)]
  }
  return String(decoding: text, as: UTF8.self)
}
