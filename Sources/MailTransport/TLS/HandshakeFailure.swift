// mailmove: why a handshake failed, for people.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// What is known when a handshake has failed; `error` is the verdict.
struct HandshakeFailure {
  let host: String
  let profile: TLSPolicy.Profile
  let errors: OpenSSLErrors
  /// OpenSSL's verify code (`X509_V_…`).
  let verifyCode: Int32
  let presented: CertificateInfo?
  /// True after STARTTLS, where bytes that are not TLS are an attack and not a wrong port.
  let followsClearText: Bool

  var error: TransportError {
    // A certificate authority that could not be read, and no fault of the server's certificate.
    if isShortage(errors.systemCode) { return .system(call: "open", reason: errors.text) }
    return tlsError
  }

  private var tlsError: TransportError {
    switch errors.tlsReason {
    case SSL_R_CERTIFICATE_VERIFY_FAILED: certificateError
    case SSL_R_UNEXPECTED_EOF_WHILE_READING: .closedByPeer(during: .handshake)
    case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_PACKET_LENGTH_TOO_LONG:
      followsClearText ? .clearTextViolation(.dataBeforeTLS) : .plainTextOnTLSPort(host: host)
    case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION,
      SSL_R_WRONG_SSL_VERSION, SSL_R_NO_PROTOCOLS_AVAILABLE:
      .tlsVersion(host: host, reason: errors.text, needs: legacyIfStricter)
    case SSL_R_DH_KEY_TOO_SMALL, SSL_R_EE_KEY_TOO_SMALL, SSL_R_CA_KEY_TOO_SMALL:
      .weakParameters(host: host, reason: errors.text, needs: next)
    case SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED, SSL_R_CA_MD_TOO_WEAK,
      SSL_R_WRONG_SIGNATURE_TYPE, SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED:
      .weakParameters(host: host, reason: errors.text, needs: legacyIfStricter)
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY:
      .weakParameters(
        host: host, reason: "the server found no cipher in common", needs: next)
    default: .handshake(host: host, reason: errors.text)
    }
  }

  private var certificateError: TransportError {
    let text = String(cString: X509_verify_cert_error_string(Int(verifyCode)))
    switch verifyCode {
    case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL:
      return .weakParameters(host: host, reason: text, needs: next)
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return .weakParameters(host: host, reason: text, needs: legacyIfStricter)
    default:
      return .certificate(
        CertificateProblem(
          reason: reason, host: host, code: verifyCode, text: text, presented: presented))
    }
  }

  private var reason: CertificateProblem.Reason {
    switch verifyCode {
    case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid
    case X509_V_ERR_CERT_HAS_EXPIRED: .expired
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: .selfSigned
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
      X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      .unknownIssuer
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: .wrongName
    default: .other
    }
  }

  private var next: TLSPolicy.Profile? {
    switch profile {
    case .modern: .compat
    case .compat: .legacy
    case .legacy: nil
    }
  }

  private var legacyIfStricter: TLSPolicy.Profile? {
    switch profile {
    case .modern, .compat: .legacy
    case .legacy: nil
    }
  }
}
