// mailmove: what TLS an endpoint asks for.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// How an endpoint's server has to prove itself, and how strong the TLS must be.
package struct TLSPolicy: Sendable, Hashable {
  /// How old a server's TLS may be. Certificates are verified in all of them, and no connection
  /// ever falls back from one to the next.
  package enum Profile: String, CaseIterable, Sendable, Hashable {
    /// TLS 1.2 and later, 112-bit security (OpenSSL level 2).
    case modern
    /// TLS 1.2 and later, 80-bit security (level 1): 1024-bit RSA and Diffie-Hellman.
    case compat
    /// TLS 1.0 and later, every cipher that the system's OpenSSL still has and that authenticates
    /// the server, SHA-1 signatures, servers without secure renegotiation (RFC 5746).
    case legacy
  }

  /// What makes a certificate good.
  package enum Trust: Sendable, Hashable {
    /// A chain to the authorities that this system trusts, the right name, and the time.
    case system
    /// The same, but only with the certificates in a PEM file as the authorities.
    case caFile(String)
    /// One of these digests, of the certificate or of its public key, and nothing else: a matching
    /// pin replaces chain, name and expiry.
    case pins([SHA256Digest])
    /// Nobody at all: for what is no server, where reading the system's authorities would be the
    /// longest part of starting up.
    case nobody
  }

  package var profile: Profile
  package var trust: Trust
  /// The name the certificate has to be for, if it is not the host that is connected to.
  package var serverName: String?

  package init(profile: Profile = .modern, trust: Trust = .system, serverName: String? = nil) {
    self.profile = profile
    self.trust = trust
    self.serverName = serverName
  }
}

extension SHA256Digest {
  /// The digest as users write a pin: `sha256:` and 64 hexadecimal digits.
  package var pin: String { "sha256:\(self)" }

  /// Reads a pin: `sha256:` and 64 hexadecimal digits in either case, colons between them allowed
  /// (as OpenSSL prints fingerprints); nil for anything else.
  package init?(pin: String) {
    let prefix = "sha256:"
    guard pin.lowercased().hasPrefix(prefix) else { return nil }
    let digits = pin.utf8.dropFirst(prefix.utf8.count).filter { $0 != UInt8(ascii: ":") }
    guard digits.count == 64, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit })
    else { return nil }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: 64, by: 2) {
      guard
        let byte = UInt8(String(decoding: digits[start..<start + 2], as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(byte)
    }
    self.init(bytes: bytes)
  }
}
