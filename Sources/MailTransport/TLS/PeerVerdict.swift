// mailmove: whether a server is who it has to be.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// Watches OpenSSL verify a chain, and has the last word after the handshake.
final class PeerVerdict {
  private let policy: TLSPolicy
  private let host: String
  /// The certificate that OpenSSL refused: it forgets it when it breaks the handshake off.
  private(set) var refused: CertificateInfo?

  init(policy: TLSPolicy, host: String) {
    self.policy = policy
    self.host = host
  }

  /// Begins to watch; the session must not outlive this object.
  func watch(_ ssl: OpaquePointer) {
    SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
    SSL_set_verify(ssl, SSL_get_verify_mode(ssl)) { accepted, store in
      let index = SSL_get_ex_data_X509_STORE_CTX_idx()
      if accepted == 0, let store, let certificate = X509_STORE_CTX_get0_cert(store),
        let ssl = X509_STORE_CTX_get_ex_data(store, index),
        let verdict = SSL_get_ex_data(OpaquePointer(ssl), 0)
      {
        Unmanaged<PeerVerdict>.fromOpaque(verdict).takeUnretainedValue().refused =
          CertificateInfo(certificate)
      }
      return accepted
    }
  }

  /// Judges a finished handshake.
  func accept(_ ssl: OpaquePointer) throws(TransportError) -> TLSInfo {
    guard let info = TLSInfo(ssl) else { throw refusal(.missing, presenting: nil) }
    switch policy.trust {
    case .system, .caFile, .nobody:
      let code = Int32(truncatingIfNeeded: SSL_get_verify_result(ssl))
      guard code == X509_V_OK else {
        throw refusal(.other, presenting: info.certificate, code: code)
      }
    case .pins(let pins):
      guard pins.contains(where: info.certificate.matches) else {
        throw refusal(.pinMismatch(wanted: pins), presenting: info.certificate)
      }
      try checkStrength(of: ssl)
    }
    return info
  }

  /// A pin says whose key it is, not that it is strong enough for the profile.
  private func checkStrength(of ssl: OpaquePointer) throws(TransportError) {
    guard let leaf = SSL_get1_peer_certificate(ssl) else { return }
    defer { X509_free(leaf) }
    let bits = X509_get0_pubkey(leaf).map { EVP_PKEY_get_security_bits($0) } ?? 0
    guard bits < policy.profile.securityBits else { return }
    throw .weakParameters(
      host: host, reason: "the key of its certificate has \(bits) bits of security",
      needs: bits >= TLSPolicy.Profile.compat.securityBits ? .compat : .legacy)
  }

  private func refusal(
    _ reason: CertificateProblem.Reason, presenting: CertificateInfo?, code: Int32 = 0
  ) -> TransportError {
    .certificate(
      CertificateProblem(
        reason: reason, host: host, code: code,
        text: String(cString: X509_verify_cert_error_string(Int(code))), presented: presenting))
  }
}
