// mailmove: a certificate, for people and for pins.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Glibc
import MailWire

/// What a certificate says (RFC 5280), with control characters escaped.
package struct CertificateInfo: Sendable, Hashable {
  /// The distinguished name in RFC 2253 form: `CN=mail.example.org,O=…`.
  package let subject: String
  /// Who signed it, in the same form.
  package let issuer: String
  /// The DNS names and addresses it is for; empty in certificates that only have a common name.
  package let names: [String]
  /// First moment it is valid, as `2026-11-24T03:56:38Z`.
  package let notBefore: String
  /// Last moment it is valid, in the same form.
  package let notAfter: String
  /// Such as `RSA` or `EC`.
  package let keyType: String
  /// The size of the public key in bits.
  package let keyBits: Int
  /// Such as `sha256WithRSAEncryption`.
  package let signature: String
  /// SHA-256 of the certificate in DER: changes with every renewal.
  package let certificatePin: SHA256Digest
  /// SHA-256 of its public key (SubjectPublicKeyInfo in DER): survives a renewal with the same key.
  package let keyPin: SHA256Digest

  /// Reads an `X509`, which stays the caller's.
  init(_ certificate: OpaquePointer) {
    subject = Self.text(X509_get_subject_name(certificate))
    issuer = Self.text(X509_get_issuer_name(certificate))
    names = Self.alternativeNames(certificate)
    notBefore = Self.text(time: X509_get0_notBefore(certificate))
    notAfter = Self.text(time: X509_get0_notAfter(certificate))
    // Nil for a key of a kind that OpenSSL does not know; a stranger chooses it.
    let key = X509_get0_pubkey(certificate)
    ERR_clear_error()
    keyType = key.flatMap { EVP_PKEY_get0_type_name($0) }.map { String(cString: $0) } ?? "unknown"
    keyBits = key.map { Int(EVP_PKEY_get_bits($0)) } ?? 0
    let algorithm = X509_get_signature_nid(certificate)
    signature = OBJ_nid2ln(algorithm).map { String(cString: $0) } ?? "unknown"
    certificatePin = Self.digest { i2d_X509(certificate, $0) }
    let keyInfo = X509_get_X509_PUBKEY(certificate)
    keyPin = Self.digest { i2d_X509_PUBKEY(keyInfo, $0) }
  }

  /// Whether a pin is for this certificate or its key.
  package func matches(_ pin: SHA256Digest) -> Bool { pin == certificatePin || pin == keyPin }

  /// For error messages: the first names, or the subject of a certificate without any.
  var namesForMessage: String {
    if names.isEmpty { return subject }
    let shown = names.prefix(5).joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
  }

  private static func digest(
    _ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
  ) -> SHA256Digest {
    var der: UnsafeMutablePointer<UInt8>?
    let length = encode(&der)
    defer { mm_free(der) }
    return SHA256Digest(of: UnsafeRawBufferPointer(start: der, count: max(0, Int(length))))
  }

  private static func text(_ name: OpaquePointer?) -> String {
    guard let memory = BIO_new(BIO_s_mem()) else { return "" }
    defer { BIO_free(memory) }
    X509_NAME_print_ex(memory, name, 0, mm_name_flags())
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = BIO_read(memory, &bytes, Int32(bytes.count))
    return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
  }

  private static func text(time: UnsafePointer<ASN1_TIME>?) -> String {
    var parts = tm()
    guard ASN1_TIME_to_tm(time, &parts) == 1 else { return "an unreadable time" }
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
      + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
  }

  private static func alternativeNames(_ certificate: OpaquePointer) -> [String] {
    guard let names = mm_subject_names(certificate) else { return [] }
    defer { mm_subject_names_free(names) }
    return (0..<mm_subject_names_count(names)).compactMap { index in
      var length = 0
      var isAddress: Int32 = 0
      guard let start = mm_subject_name_at(names, index, &length, &isAddress) else { return nil }
      let bytes = UnsafeBufferPointer(start: start, count: length)
      return isAddress != 0 ? address(bytes) : escaped(bytes)
    }
  }

  private static func address(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    guard bytes.count == 4 || bytes.count == 16,
      inet_ntop(family, bytes.baseAddress, &text, socklen_t(text.count)) != nil
    else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static func escaped(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    var text = ""
    VisibleText.append(bytes, to: &text)
    return text
  }
}
