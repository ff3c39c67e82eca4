// mailmove: what can go wrong with a connection.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Why a connection could not be made, or ended.
///
/// The list is closed. `message` says what happened and where, `hint` what to do next; neither
/// holds a credential or a byte of mail. Nothing here is retried or relaxed by the transport
/// itself.
package enum TransportError: Error, Sendable, Hashable {
  /// What the connection was doing.
  package enum Phase: String, Sendable, Hashable {
    case connect, handshake, read, write
  }

  /// One address that was tried, and the system's words for what happened.
  package struct FailedAddress: Sendable, Hashable {
    package let address: String
    package let reason: String
  }

  /// What was said before TLS that must not be said.
  package enum ClearTextViolation: Sendable, Hashable {
    /// Bytes after the answer to STARTTLS or STLS, or something that is not TLS in its place.
    case dataBeforeTLS
    /// More than `Limits.clearTextBytesMax` before TLS.
    case tooMuch
  }

  /// The name has no address.
  case cannotResolve(host: String, reason: String)
  /// The resolver did not say in time whether the name has an address.
  case resolverSilent(host: String, after: Duration)
  /// No address of the host took the connection.
  case cannotConnect(host: String, port: UInt16, attempts: [FailedAddress])
  /// Nothing moved for as long as the deadline allows.
  case timedOut(phase: Phase, after: Duration)
  /// The server's certificate is not trusted.
  indirect case certificate(CertificateProblem)
  /// No TLS version that both sides accept; `needs` is the profile that would do, if one would.
  case tlsVersion(host: String, reason: String, needs: TLSPolicy.Profile?)
  /// Keys, signatures or ciphers too weak for the profile; `needs` is the profile that would do.
  case weakParameters(host: String, reason: String, needs: TLSPolicy.Profile?)
  /// The server answered the handshake with something that is not TLS.
  case plainTextOnTLSPort(host: String)
  /// The handshake failed for another reason, in OpenSSL's words.
  case handshake(host: String, reason: String)
  /// The server broke the TLS protocol after the handshake, or somebody changed its bytes.
  case protocolFailure(reason: String)
  /// The stream ended without TLS saying so: it may have been cut.
  case closedByPeer(during: Phase)
  /// The connection was reset.
  case reset(during: Phase)
  /// The network or the host disappeared, in the system's words.
  case network(reason: String, during: Phase)
  /// `Interrupt.interrupt()` was called, or the connection was closed on this side.
  case interrupted
  /// Something in clear text that could be an attack on STARTTLS (CVE-2011-0411).
  case clearTextViolation(ClearTextViolation)
  /// What came after COMPRESS is not a deflate stream (RFC 4978).
  case decompression(reason: String)
  /// A file or name in the TLS settings cannot be used.
  case settings(reason: String)
  /// The system has no more of something: threads, descriptors.
  case system(call: String, reason: String)
}

/// A certificate that was refused, with what a user needs to judge it.
package struct CertificateProblem: Sendable, Hashable {
  /// Why.
  package enum Reason: Sendable, Hashable {
    case expired
    case notYetValid
    case wrongName
    case selfSigned
    case unknownIssuer
    /// None of the pins; they are the digests that were asked for.
    case pinMismatch(wanted: [SHA256Digest])
    /// The server showed no certificate.
    case missing
    case other
  }

  package let reason: Reason
  /// The name or address that the certificate had to be for.
  package let host: String
  /// OpenSSL's verify code (`man X509_STORE_CTX_get_error`), 0 if verification was not the problem.
  package let code: Int32
  /// OpenSSL's words for the code.
  package let text: String
  /// What the server showed, if it showed anything.
  package let presented: CertificateInfo?
}
