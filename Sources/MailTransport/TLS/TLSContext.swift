// mailmove: TLS settings, ready for many connections.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// A policy turned into an OpenSSL context: made once for an endpoint, shared by its connections.
///
/// It is not changed after `init`, and OpenSSL counts its references atomically.
package final class TLSContext: @unchecked Sendable {
  package let policy: TLSPolicy
  let pointer: OpaquePointer

  /// - Throws: `.settings` if the CA file cannot be read or holds no certificate, if there is no
  ///   pin in a list of pins, or if the server name is not a name; `.system` if there are too many
  ///   open files to read it.
  package init(_ policy: TLSPolicy) throws(TransportError) {
    guard let context = SSL_CTX_new(TLS_client_method()) else {
      throw .system(call: "SSL_CTX_new", reason: OpenSSLErrors.take().text)
    }
    pointer = context
    self.policy = policy
    if let name = policy.serverName, ServerName(name) == nil {
      throw .settings(reason: "the TLS server name is not a host name")
    }
    try apply(policy.profile)
    try apply(policy.trust)
    mm_ctx_set_mode(context, Int(SSL_MODE_ENABLE_PARTIAL_WRITE) | mm_mode_moving_write_buffer)
    // One system call for several records.
    mm_ctx_set_read_ahead(context, 1)
    SSL_CTX_set_default_read_buffer_len(context, 64 << 10)
  }

  deinit { SSL_CTX_free(pointer) }

  private func apply(_ profile: TLSPolicy.Profile) throws(TransportError) {
    mm_ctx_refuse_renegotiation(pointer)
    mm_ctx_set_legacy_connect(pointer, profile == .legacy ? 1 : 0)
    // Set here and not left to openssl.cnf: Debian's default lets TLS 1.0 with RSA key exchange in.
    let version = mm_ctx_set_min_version(pointer, profile.minimumVersion)
    guard version == 1, SSL_CTX_set_cipher_list(pointer, profile.ciphers) == 1 else {
      throw .system(call: "SSL_CTX_set_cipher_list", reason: OpenSSLErrors.take().text)
    }
  }

  private func apply(_ trust: TLSPolicy.Trust) throws(TransportError) {
    switch trust {
    case .nobody: SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
    case .system:
      guard SSL_CTX_set_default_verify_paths(pointer) == 1 else {
        throw .settings(reason: "cannot read the certificate authorities of this system")
      }
      SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
    case .caFile(let path):
      guard SSL_CTX_load_verify_locations(pointer, path, nil) == 1 else {
        let errors = OpenSSLErrors.take()
        if isShortage(errors.systemCode) { throw .system(call: "open", reason: errors.text) }
        throw .settings(
          reason: "cannot read certificates from the CA file \(path): \(errors.text)")
      }
      // Who names a certificate trusts it, whether or not it signed itself.
      X509_VERIFY_PARAM_set_flags(
        SSL_CTX_get0_param(pointer), UInt(X509_V_FLAG_PARTIAL_CHAIN))
      SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
    case .pins(let pins):
      guard !pins.isEmpty else { throw .settings(reason: "the list of certificate pins is empty") }
      // `PeerVerdict` looks at the certificate as soon as the handshake is done.
      SSL_CTX_set_verify(pointer, SSL_VERIFY_NONE, nil)
    }
  }
}

extension TLSPolicy.Profile {
  fileprivate var minimumVersion: Int32 {
    switch self {
    case .modern, .compat: TLS1_2_VERSION
    case .legacy: TLS1_VERSION
    }
  }

  /// `ALL` alone would include suites without a certificate, which nothing verifies.
  fileprivate var ciphers: String {
    switch self {
    case .modern: "DEFAULT:!aNULL:!eNULL:@SECLEVEL=2"
    case .compat: "DEFAULT:!aNULL:!eNULL:@SECLEVEL=1"
    case .legacy: "ALL:!aNULL:!eNULL:@SECLEVEL=0"
    }
  }

  /// Bits of security a server's key must have: OpenSSL's own numbers for the levels 2, 1 and 0.
  var securityBits: Int32 {
    switch self {
    case .modern: 112
    case .compat: 80
    case .legacy: 0
    }
  }
}
