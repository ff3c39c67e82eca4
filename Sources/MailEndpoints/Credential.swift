// mailmove: what lets us in.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// What proves to a server who we are.
package enum Credential: Sendable {
  case password(Secret)
  /// An OAuth 2.0 access token (RFC 7628).
  case token(Secret)

  var kind: CredentialKind {
    switch self {
    case .password: .password
    case .token: .token
    }
  }

  var secret: Secret {
    switch self {
    case .password(let secret), .token(let secret): secret
    }
  }
}

/// Knows where a credential comes from, and gets it anew whenever it is needed.
package struct CredentialProvider: Sendable {
  package enum Kind: Sendable {
    case password, token

    var credential: CredentialKind {
      switch self {
      case .password: .password
      case .token: .token
      }
    }
  }

  /// Known before anything is obtained, so that the mechanism can be chosen.
  package let kind: Kind
  /// Called at each login, and again when the server says that a token has expired.
  ///
  /// Throws `SyncError` with the cause `passwordUnavailable`. It may wait for a command or a file,
  /// so it is called where waiting is allowed: on the connection's own thread.
  package let obtain: @Sendable () async throws -> Credential

  package init(kind: Kind, obtain: @escaping @Sendable () async throws -> Credential) {
    self.kind = kind
    self.obtain = obtain
  }
}

extension CredentialProvider {
  /// Obtains a credential and logs in with it.
  ///
  /// A refused login is never tried again, because that locks accounts; only a token that may have
  /// expired is obtained once more, and tried again if it is a different one. Some servers say that
  /// they are unavailable where they cannot take a token.
  func logIn(_ attempt: (Credential) throws -> Void) async throws {
    let first = try await obtain()
    do {
      try attempt(first)
    } catch let error as SyncError
      where error.cause == .loginRefused || error.cause == .serverUnavailable
    {
      guard case .token(let used) = first else { throw error }
      guard case .token(let fresh) = try await obtain(),
        used.withBytes({ old in fresh.withBytes { $0 != old } })
      else { throw error.thatMayBeTheToken }
      do { try attempt(.token(fresh)) } catch let error as SyncError {
        throw error.thatMayBeTheToken
      }
    }
  }
}

extension SyncError {
  /// The same with a hint for somebody who logs in with a token, not with a password.
  fileprivate var thatMayBeTheToken: SyncError {
    let hint: String
    switch cause {
    case .loginRefused: hint = Self.tokenHint
    case .serverUnavailable:
      hint = "the token may be refused, which some servers say so: \(Self.tokenHint)"
    default: return self
    }
    return SyncError(
      cause, scope: scope, remedy: remedy, side: side, detail: detail, hint: specificHint ?? hint)
  }

  private static let tokenHint =
    "check that the token is for this user and server, has the scope for IMAP or POP3, and has not "
    + "expired"
}
