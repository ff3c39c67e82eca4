// mailmove: a certificate and its key, for a test server.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a test server shows and what it signs with, all in PEM.
package struct Identity: Sendable {
  /// The server's own certificate.
  package let certificatePEM: String
  /// Its private key (PKCS #8, not encrypted).
  package let privateKeyPEM: String
  /// The certificate followed by its issuers; what a server is configured with.
  package let chainPEM: String

  /// Where `write(into:)` put the files.
  package struct Files: Sendable {
    package let certificate: String
    package let privateKey: String
    package let chain: String
  }

  /// Writes `NAME.crt`, `NAME.key` (mode 0600) and `NAME-chain.crt` into an existing folder.
  package func write(into folder: String, name: String = "server") throws -> Files {
    let files = Files(
      certificate: "\(folder)/\(name).crt", privateKey: "\(folder)/\(name).key",
      chain: "\(folder)/\(name)-chain.crt")
    try writePEM(certificatePEM, to: files.certificate, mode: 0o644)
    try writePEM(privateKeyPEM, to: files.privateKey, mode: 0o600)
    try writePEM(chainPEM, to: files.chain, mode: 0o644)
    return files
  }
}

/// Writes a file that nobody could read before its mode was right.
func writePEM(_ text: String, to path: String, mode: mode_t) throws(CertificateError) {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
  guard descriptor >= 0 else { throw CertificateError(what: "cannot write \(path)") }
  defer { close(descriptor) }
  fchmod(descriptor, mode)
  let bytes = Array(text.utf8)
  guard write(descriptor, bytes, bytes.count) == bytes.count else {
    throw CertificateError(what: "cannot write \(path)")
  }
}
