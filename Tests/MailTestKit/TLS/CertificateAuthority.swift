// mailmove: a throw-away certificate authority.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// A certificate authority made when a test starts and forgotten when it ends.
package final class CertificateAuthority: @unchecked Sendable {
  /// A subject alternative name (RFC 5280, section 4.2.1.6).
  package enum SubjectName: Sendable {
    case dns(String)
    case ip(String)

    var entry: String {
      switch self {
      case .dns(let name): "DNS:\(name)"
      case .ip(let address): "IP:\(address)"
      }
    }
  }

  /// The kinds of key the profiles of `TLSPolicy` tell apart.
  package enum KeyType: Sendable { case rsa2048, rsa1024, ec }

  /// The digest a certificate is signed with.
  package enum Digest: Sendable { case sha256, sha1 }

  private let name: String
  private let key: KeyPair
  private let certificate: TestCertificate
  /// The authority's own certificate: what a client is told to trust.
  package let certificatePEM: String

  /// Makes an authority with a P-256 key and a day to live.
  package init(name: String) throws {
    self.name = name
    key = try KeyPair(.ec)
    certificate = try TestCertificate(subject: name, key: key, validity: -3600..<86_400)
    try certificate.addExtensions(
      [
        (NID_basic_constraints, "critical,CA:TRUE"),
        (NID_key_usage, "critical,keyCertSign,cRLSign"),
        (NID_subject_key_identifier, "hash"),
      ], issuer: certificate)
    try certificate.sign(issuerName: name, key: key, digest: .sha256)
    certificatePEM = try certificate.pem()
  }

  /// Issues a server certificate.
  ///
  /// - Parameters:
  ///   - names: the subject alternative names; none leaves the extension out.
  ///   - notBefore: seconds from now at which it starts to be valid.
  ///   - notAfter: seconds from now at which it expires.
  package func issue(
    names: [SubjectName] = [.dns("localhost"), .ip("127.0.0.1")],
    commonName: String = "localhost", notBefore: Int = -3600, notAfter: Int = 86_400,
    keyType: KeyType = .ec, digest: Digest = .sha256
  ) throws -> Identity {
    let leafKey = try KeyPair(keyType)
    let leaf = try TestCertificate(
      subject: commonName, key: leafKey, validity: notBefore..<notAfter)
    try leaf.addExtensions(Self.serverExtensions(names), issuer: certificate)
    try leaf.sign(issuerName: name, key: key, digest: digest)
    let pem = try leaf.pem()
    return Identity(
      certificatePEM: pem, privateKeyPEM: try leafKey.pem(), chainPEM: pem + certificatePEM)
  }

  /// Makes a certificate that is signed by its own key, as many small mail servers show.
  package static func selfSigned(
    names: [SubjectName] = [.dns("localhost"), .ip("127.0.0.1")],
    commonName: String = "localhost", notBefore: Int = -3600, notAfter: Int = 86_400,
    keyType: KeyType = .ec
  ) throws -> Identity {
    let key = try KeyPair(keyType)
    let leaf = try TestCertificate(subject: commonName, key: key, validity: notBefore..<notAfter)
    try leaf.addExtensions(serverExtensions(names), issuer: leaf)
    try leaf.sign(issuerName: commonName, key: key, digest: .sha256)
    let pem = try leaf.pem()
    return Identity(certificatePEM: pem, privateKeyPEM: try key.pem(), chainPEM: pem)
  }

  /// Writes the authority's certificate as `NAME.crt` into an existing folder; returns the path.
  package func write(into folder: String, name: String = "ca") throws -> String {
    let path = "\(folder)/\(name).crt"
    try writePEM(certificatePEM, to: path, mode: 0o644)
    return path
  }

  private static func serverExtensions(_ names: [SubjectName]) -> [(Int32, String)] {
    var extensions: [(Int32, String)] = [
      (NID_basic_constraints, "critical,CA:FALSE"),
      (NID_key_usage, "critical,digitalSignature,keyEncipherment"),
      (NID_ext_key_usage, "serverAuth"),
      (NID_subject_key_identifier, "hash"),
    ]
    if !names.isEmpty {
      extensions.append(
        (NID_subject_alt_name, names.map(\.entry).joined(separator: ",")))
    }
    return extensions
  }
}
