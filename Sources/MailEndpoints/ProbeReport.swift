// mailmove: what a server shows of itself.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

/// What a server shows of itself, without and with a login. Plain values, nothing private.
package struct ProbeReport: Sendable {
  /// The TLS that was agreed on.
  package struct TLS: Sendable {
    /// `TLSv1.3`.
    package let version: String
    package let cipher: String
    /// Negotiated by STARTTLS, not from the first byte.
    package let isStartTLS: Bool

    package init(version: String, cipher: String, isStartTLS: Bool) {
      self.version = version
      self.cipher = cipher
      self.isStartTLS = isStartTLS
    }
  }

  /// The server's own certificate.
  package struct Certificate: Sendable {
    package let subject: String
    /// The names and addresses it is for.
    package let names: [String]
    package let issuer: String
    /// In ISO 8601, UTC.
    package let validFrom: String
    package let validUntil: String
    /// SHA-256 of the certificate, as `tls-pin` takes it.
    package let pin: SHA256Digest

    package init(
      subject: String, names: [String], issuer: String, validFrom: String, validUntil: String,
      pin: SHA256Digest
    ) {
      self.subject = subject
      self.names = names
      self.issuer = issuer
      self.validFrom = validFrom
      self.validUntil = validUntil
      self.pin = pin
    }
  }

  /// A mailbox, and what mailmove takes it for.
  package struct Folder: Sendable {
    /// Decoded, with `/` between levels.
    package let path: String
    /// nil: no role.
    package let role: String?
    /// Why it has that role.
    package let rule: String
    package let messages: Int64?

    package init(path: String, role: String?, rule: String, messages: Int64?) {
      self.path = path
      self.role = role
      self.rule = rule
      self.messages = messages
    }
  }

  /// One field of the server's answer to ID (RFC 2971).
  package struct IDField: Sendable {
    package let name: String
    package let value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  package let tls: TLS
  package let certificate: Certificate
  package let greeting: String
  package var serverID: [IDField] = []
  /// Over TLS, before the login.
  package var capabilities: [String] = []
  /// SASL mechanisms, the one that would be used first.
  package var mechanisms: [String] = []
  /// nil: there was no login.
  package var session: Session?

  /// What is known only after a login.
  package struct Session: Sendable {
    package var capabilities: [String]
    package var limits: TargetLimits
    /// nil where the server does not tell.
    package var quota: Quota?
    package var folders: [Folder]

    package init(
      capabilities: [String], limits: TargetLimits, quota: Quota?, folders: [Folder]
    ) {
      self.capabilities = capabilities
      self.limits = limits
      self.quota = quota
      self.folders = folders
    }
  }

  package init(tls: TLS, certificate: Certificate, greeting: String) {
    self.tls = tls
    self.certificate = certificate
    self.greeting = greeting
  }
}

extension ProbeReport {
  /// What a connection shows before anything is asked.
  init(_ info: TLSInfo, isStartTLS: Bool, greeting: String) {
    let certificate = info.certificate
    self.init(
      tls: .init(version: info.version, cipher: info.cipher, isStartTLS: isStartTLS),
      certificate: .init(
        subject: certificate.subject, names: certificate.names, issuer: certificate.issuer,
        validFrom: certificate.notBefore, validUntil: certificate.notAfter,
        pin: certificate.certificatePin),
      greeting: greeting)
  }

  /// Mechanisms in the order in which a login would choose them.
  static func ranked(_ mechanisms: [String]) -> [String] {
    let preferred = ["SCRAM-SHA-256", "OAUTHBEARER", "XOAUTH2", "PLAIN"]
    func rank(_ mechanism: String) -> (Int, String) {
      (preferred.firstIndex(of: mechanism) ?? preferred.count, mechanism)
    }
    return mechanisms.sorted { rank($0) < rank($1) }
  }
}
