// mailmove: how a test server speaks TLS.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// What a test server offers; by default all that this OpenSSL still can.
package struct TLSServerSettings: Sendable {
  /// Protocol versions in ascending order.
  package enum Version: Sendable {
    case tls10, tls11, tls12, tls13

    fileprivate var number: Int32 {
      switch self {
      case .tls10: TLS1_VERSION
      case .tls11: TLS1_1_VERSION
      case .tls12: TLS1_2_VERSION
      case .tls13: TLS1_3_VERSION
      }
    }
  }

  /// The group for ephemeral Diffie-Hellman up to TLS 1.2.
  package enum DiffieHellman: Sendable { case none, bits1024, bits2048 }

  /// Nil for a server without a certificate.
  package var identity: Identity?
  package var versions: ClosedRange<Version>
  /// Cipher suites up to TLS 1.2, as in `man openssl-ciphers`; security level 0 unless it says
  /// more.
  package var ciphers: String
  package var diffieHellman: DiffieHellman

  package init(
    identity: Identity?, versions: ClosedRange<Version> = .tls10 ... .tls13,
    ciphers: String = "ALL", diffieHellman: DiffieHellman = .bits2048
  ) {
    self.identity = identity
    self.versions = versions
    self.ciphers = ciphers
    self.diffieHellman = diffieHellman
  }
}

extension TLSServerSettings.Version: Comparable {}

/// The settings as an OpenSSL context.
final class TLSServerContext: @unchecked Sendable {
  let pointer: OpaquePointer

  init(_ settings: TLSServerSettings) throws {
    guard let context = SSL_CTX_new(TLS_server_method()) else {
      throw CertificateError.openSSL("SSL_CTX_new")
    }
    pointer = context
    guard SSL_CTX_set_cipher_list(context, settings.ciphers + ":@SECLEVEL=0") == 1,
      mm_ctx_set_min_version(context, settings.versions.lowerBound.number) == 1,
      mm_ctx_set_max_version(context, settings.versions.upperBound.number) == 1
    else { throw CertificateError.openSSL("TLS settings") }
    switch settings.diffieHellman {
    case .none: mm_ctx_set_tmp_dh_auto(context, 0)
    // OpenSSL calls this "auto for anonymous suites": 80 bits of security.
    case .bits1024: mm_ctx_set_tmp_dh_auto(context, 2)
    case .bits2048: mm_ctx_set_tmp_dh_auto(context, 1)
    }
    if let identity = settings.identity { try use(identity) }
  }

  deinit { SSL_CTX_free(pointer) }

  private func use(_ identity: Identity) throws {
    let certificates = try Self.memory(identity.chainPEM)
    defer { BIO_free(certificates) }
    var leafIsSet = false
    while let certificate = PEM_read_bio_X509(certificates, nil, nil, nil) {
      if leafIsSet {
        mm_ctx_add_chain(pointer, certificate)
      } else {
        SSL_CTX_use_certificate(pointer, certificate)
        X509_free(certificate)
        leafIsSet = true
      }
    }
    ERR_clear_error()
    let keys = try Self.memory(identity.privateKeyPEM)
    defer { BIO_free(keys) }
    let key = PEM_read_bio_PrivateKey(keys, nil, nil, nil)
    defer { EVP_PKEY_free(key) }
    guard SSL_CTX_use_PrivateKey(pointer, key) == 1 else {
      throw CertificateError.openSSL("the server's key")
    }
  }

  private static func memory(_ text: String) throws -> OpaquePointer {
    guard let memory = BIO_new(BIO_s_mem()) else { throw CertificateError.openSSL("memory") }
    let bytes = Array(text.utf8)
    BIO_write(memory, bytes, Int32(bytes.count))
    return memory
  }
}
