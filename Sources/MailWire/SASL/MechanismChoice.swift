// mailmove: how to log in.
// SPDX-License-Identifier: Apache-2.0

/// There is no way to log in that both sides know.
package struct NoLoginMethod: Error, Equatable, CustomStringConvertible {
  /// What there was to log in with.
  package let credential: CredentialKind
  /// Whether someone else's mailbox was to be opened.
  package let hasAuthorization: Bool
  /// The mechanisms the server offers, sorted.
  package let offered: [String]
  /// The only one that was to be used, if one was chosen.
  package let chosen: LoginMethod?

  package init(
    credential: CredentialKind, hasAuthorization: Bool, offered: [String],
    chosen: LoginMethod? = nil
  ) {
    self.credential = credential
    self.hasAuthorization = hasAuthorization
    self.offered = offered
    self.chosen = chosen
  }

  package var description: String {
    let offer =
      offered.isEmpty ? "no SASL mechanism" : VisibleText.of(offered.joined(separator: ", "))
    if let chosen { return "the server offers \(offer); chosen is \(chosen.name) and no other" }
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
  /// protocol's own login command may be used; `chosen` is the only one that may be used, if one
  /// was chosen. Throws `NoLoginMethod` if nothing fits.
  package static func order(
    offered: [String], allowsLogin: Bool, credential: CredentialKind, hasAuthorization: Bool,
    chosen: LoginMethod? = nil
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
    if let chosen { methods = methods.filter { $0 == chosen } }
    guard !methods.isEmpty else {
      throw NoLoginMethod(
        credential: credential, hasAuthorization: hasAuthorization, offered: names.sorted(),
        chosen: chosen)
    }
    return methods
  }

  /// For IMAP, from the capabilities seen inside TLS.
  package static func order(
    _ capabilities: CapabilitySet, credential: CredentialKind, hasAuthorization: Bool,
    chosen: LoginMethod? = nil
  ) throws(NoLoginMethod) -> [LoginMethod] {
    try order(
      offered: capabilities.mechanisms, allowsLogin: !capabilities.has(.loginDisabled),
      credential: credential, hasAuthorization: hasAuthorization, chosen: chosen)
  }
}
