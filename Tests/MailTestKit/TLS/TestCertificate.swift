// mailmove: one X.509 certificate in the making.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// Why a test certificate could not be made.
package struct CertificateError: Error, CustomStringConvertible {
  package let what: String
  package var description: String { what }

  static func openSSL(_ step: String) -> CertificateError {
    var text = [CChar](repeating: 0, count: 256)
    ERR_error_string_n(ERR_get_error(), &text, text.count)
    return CertificateError(
      what: "\(step): \(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))")
  }
}

/// An `X509` that is filled step by step, then signed; freed with its last reference.
final class TestCertificate: @unchecked Sendable {
  private let pointer: OpaquePointer

  /// - Parameter validity: seconds from now, first and last.
  init(subject: String, key: KeyPair, validity: Range<Int>) throws(CertificateError) {
    guard let certificate = X509_new() else { throw CertificateError.openSSL("X509_new") }
    pointer = certificate
    var serial: UInt64 = 0
    withUnsafeMutableBytes(of: &serial) {
      _ = RAND_bytes($0.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32($0.count))
    }
    X509_set_version(certificate, 2)
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1)
    X509_gmtime_adj(X509_getm_notBefore(certificate), validity.lowerBound)
    X509_gmtime_adj(X509_getm_notAfter(certificate), validity.upperBound)
    try Self.setCommonName(subject, of: X509_get_subject_name(certificate))
    guard X509_set_pubkey(certificate, key.pointer) == 1 else {
      throw CertificateError.openSSL("X509_set_pubkey")
    }
  }

  deinit { X509_free(pointer) }

  /// Adds extensions in OpenSSL's configuration syntax (`man x509v3_config`).
  func addExtensions(
    _ extensions: [(nid: Int32, value: String)], issuer: TestCertificate
  ) throws(CertificateError) {
    for (nid, value) in extensions {
      var context = X509V3_CTX()
      X509V3_set_ctx(&context, issuer.pointer, pointer, nil, nil, 0)
      guard let made = X509V3_EXT_conf_nid(nil, &context, nid, value) else {
        throw CertificateError.openSSL("extension \(value)")
      }
      X509_add_ext(pointer, made, -1)
      X509_EXTENSION_free(made)
    }
  }

  func sign(
    issuerName: String, key: KeyPair, digest: CertificateAuthority.Digest
  ) throws(CertificateError) {
    try Self.setCommonName(issuerName, of: X509_get_issuer_name(pointer))
    let algorithm =
      switch digest {
      case .sha256: EVP_sha256()
      case .sha1: EVP_sha1()
      }
    guard X509_sign(pointer, key.pointer, algorithm) > 0 else {
      throw CertificateError.openSSL("X509_sign")
    }
  }

  func pem() throws(CertificateError) -> String {
    try pemText { PEM_write_bio_X509($0, pointer) }
  }

  private static func setCommonName(
    _ text: String, of name: OpaquePointer?
  ) throws(CertificateError) {
    let bytes = Array(text.utf8)
    let done = X509_NAME_add_entry_by_NID(
      name, NID_commonName, mm_mbstring_utf8, bytes, Int32(bytes.count), -1, 0)
    guard done == 1 else { throw CertificateError.openSSL("common name") }
  }
}
