// mailmove: what a handshake agreed on.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// What was agreed, and with whom; for `probe` and for the log.
package struct TLSInfo: Sendable, Hashable {
  /// Such as `TLSv1.3`.
  package let version: String
  /// The cipher suite by its OpenSSL name.
  package let cipher: String
  /// The server's certificate.
  package let certificate: CertificateInfo
  /// What else the server sent, usually the issuers from the bottom up; not verified under a pin.
  package let issuers: [CertificateInfo]

  /// Reads a session after its handshake; nil if the server showed no certificate.
  init?(_ ssl: OpaquePointer) {
    guard let leaf = SSL_get1_peer_certificate(ssl) else { return nil }
    defer { X509_free(leaf) }
    version = String(cString: SSL_get_version(ssl))
    cipher =
      SSL_CIPHER_get_name(SSL_get_current_cipher(ssl)).map { String(cString: $0) } ?? "none"
    certificate = CertificateInfo(leaf)
    let count = mm_peer_chain_count(ssl)
    issuers = (0..<max(0, count)).dropFirst().compactMap {
      mm_peer_chain_at(ssl, $0).map { CertificateInfo($0) }
    }
  }
}
