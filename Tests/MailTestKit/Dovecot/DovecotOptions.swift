// mailmove: what a throw-away Dovecot is to be like.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The knobs of `DovecotLab`; the defaults are a fast, modern server with one user.
package struct DovecotOptions: Sendable {
  /// How mail is stored (Dovecot's `mail_location`).
  package enum Storage: String, Sendable { case maildir, sdbox, mdbox, mbox }

  /// Who may log in.
  package struct User: Sendable, Hashable {
    package var name: String
    package var password: String

    package init(name: String, password: String) {
      self.name = name
      self.password = password
    }
  }

  /// A mailbox that exists from the start and carries a special-use attribute (RFC 6154).
  package struct SpecialMailbox: Sendable {
    /// As users read it: UTF-8, below the prefix.
    package var name: String
    /// Such as `\Sent`.
    package var role: String

    package init(_ name: String, role: String) {
      self.name = name
      self.role = role
    }
  }

  /// Who ends the server.
  package enum Lifetime: Sendable {
    /// Ends with `stop()`, with the last reference, and with this process however that ends.
    case withProcess
    /// Ends with `stop()` or `DovecotLab.stop(folder:)` alone, and outlives this process.
    case untilStopped
  }

  /// The hierarchy separator, `.` or `/`.
  package var delimiter: Character = "/"
  /// What personal mailboxes are below: empty or, as on old servers, `INBOX.`.
  package var prefix = ""
  package var storage = Storage.mdbox
  package var users = [User(name: "hanna", password: "geheim genug")]
  /// May log in as any user: `user*master`, or SASL PLAIN with an authorization identity.
  package var masterUser: User?
  package var authMechanisms = ["plain", "login", "scram-sha-256"]
  /// Replaces the list of capabilities the server tells after login.
  package var capabilities: String?
  /// Such as `*:storage=100K`.
  package var quotaRule: String?
  /// The longest keyword the server takes, in characters; Dovecot's own limit when nil.
  package var keywordLengthMax: Int?
  package var specialMailboxes: [SpecialMailbox] = []
  /// Whether mail is forced to the disk before the server says OK.
  package var fsync = false
  package var connectionsPerUserMax = 100
  /// Lines added to the end of the configuration.
  package var extraConfiguration = ""
  /// Signs the server's certificate; one of its own when nil.
  package var authority: CertificateAuthority?
  /// Shown instead of a certificate for localhost signed by `authority`.
  package var identity: Identity?
  /// Where the server's folder is made; memory when nil and there is some.
  package var parentFolder: String?
  /// The server's folder itself, which must not exist; a new one in `parentFolder` when nil.
  package var folder: String?
  package var lifetime = Lifetime.withProcess

  package init() {}

  /// The five usual special-use mailboxes under their English names.
  package static let englishSpecialMailboxes = [
    SpecialMailbox("Sent", role: "\\Sent"), SpecialMailbox("Drafts", role: "\\Drafts"),
    SpecialMailbox("Trash", role: "\\Trash"), SpecialMailbox("Junk", role: "\\Junk"),
    SpecialMailbox("Archive", role: "\\Archive"),
  ]
}
