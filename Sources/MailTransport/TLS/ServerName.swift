// mailmove: the name a certificate has to be for.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// A host as certificates know it: a DNS name or an address.
struct ServerName: Hashable {
  /// Without the final dot of a fully qualified name and the zone of an IPv6 address.
  let text: String

  /// Nil for what OpenSSL would take as something else than one host: nothing (no check at all), a
  /// leading dot (any subdomain), a NUL (a shorter name).
  init?(_ host: String) {
    var name = host.prefix { $0 != "%" }
    if name.hasSuffix(".") { name.removeLast() }
    guard !name.isEmpty, !name.hasPrefix("."), name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
    else { return nil }
    text = String(name)
  }

  /// Makes a session send the name (RFC 6066, section 3, for names only) and verify against it.
  ///
  /// - Returns: false if OpenSSL refuses the name.
  func apply(to ssl: OpaquePointer) -> Bool {
    if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), text) == 1 { return true }
    ERR_clear_error()
    SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
    return SSL_set1_host(ssl, text) == 1 && mm_ssl_set_sni(ssl, text) == 1
  }
}
