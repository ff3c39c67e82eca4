// mailmove: the ways to log in.
// SPDX-License-Identifier: Apache-2.0

/// A way to log in; its raw value is how a setting calls it.
package enum LoginMethod: String, Sendable, CaseIterable {
  case scramSHA256 = "scram-sha-256"
  case plain
  /// The LOGIN command of IMAP, USER and PASS of POP3.
  case loginCommand = "login"
  case xoauth2
  case oauthBearer = "oauthbearer"

  /// What it proves who we are with.
  package var credential: CredentialKind {
    switch self {
    case .scramSHA256, .plain, .loginCommand: .password
    case .xoauth2, .oauthBearer: .token
    }
  }

  /// As protocols write it.
  package var name: String { rawValue.uppercased() }
}

/// What the user gave us to prove who they are.
package enum CredentialKind: Sendable, Equatable {
  case password
  case token
}
