// mailmove: how to log in.
// SPDX-License-Identifier: Apache-2.0

/// A way to log in.
package enum LoginMethod: Sendable, Equatable {
  case scramSHA256
  case plain
  case oauthBearer
  case xoauth2
  /// The LOGIN command of IMAP, USER and PASS of POP3.
  case loginCommand
}

/// What the user gave us to prove who they are.
package enum CredentialKind: Sendable, Equatable {
  case password
  case token
}

/// There is no way to log in that both sides know.
package struct NoLoginMethod: Error, Equatable, CustomStringConvertible {
  /// What there was to log in with.
  package let credential: CredentialKind
  /// Whether someone else's mailbox was to be opened.
  package let hasAuthorization: Bool
  /// The mechanisms the server offers, sorted.
  package let offered: [String]

  package var description: String {
    let offer =
      offered.isEmpty ? "no SASL mechanism" : VisibleText.of(offered.joined(separator: ", "))
    let needed =
      switch credential {
      case .password:
        hasAuthorization
          ? "SCRAM-SHA-256 or PLAIN (an authorization user needs SASL)"
          : "SCRAM-SHA-256, PLAIN or the LOGIN command"
      case .token: "OAUTHBEARER or XOAUTH2"
      }
    let hint =
      credential == .password
      ? "if the provider has given up passwords, use an OAuth 2.0 token"
      : "if the provider does not take tokens, use a password or an app password"
    return "the server offers \(offer); needed is \(needed); \(hint)"
  }
}

/// Which ways to log in can be tried, best first. Decides only; tries nothing.
package enum MechanismChoice {
  /// For any protocol: `offered` are the names of mechanisms; `allowsLogin` says whether the
  /// protocol's own login command may be used. Throws `NoLoginMethod` if nothing fits.
  package static func order(
    offered: [String], allowsLogin: Bool, credential: CredentialKind, hasAuthorization: Bool
  ) throws(NoLoginMethod) -> [LoginMethod] {
    let names = Set(offered.map { $0.uppercased() })
    var methods: [LoginMethod] = []
    switch credential {
    case .password:
      if names.contains("SCRAM-SHA-256") { methods.append(.scramSHA256) }
      if names.contains("PLAIN") { methods.append(.plain) }
      if allowsLogin, !hasAuthorization { methods.append(.loginCommand) }
    case .token:
      if names.contains("OAUTHBEARER") { methods.append(.oauthBearer) }
      if names.contains("XOAUTH2") { methods.append(.xoauth2) }
    }
    guard !methods.isEmpty else {
      throw NoLoginMethod(
        credential: credential, hasAuthorization: hasAuthorization, offered: names.sorted())
    }
    return methods
  }

  /// For IMAP, from the capabilities seen inside TLS.
  package static func order(
    _ capabilities: CapabilitySet, credential: CredentialKind, hasAuthorization: Bool
  ) throws(NoLoginMethod) -> [LoginMethod] {
    try order(
      offered: capabilities.mechanisms, allowsLogin: !capabilities.has(.loginDisabled),
      credential: credential, hasAuthorization: hasAuthorization)
  }
}
