// mailmove: where a secret comes from.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailWire
import SyncEngine
import Synchronization

/// Where the secret of an endpoint comes from.
enum SecretSource: Sendable, Equatable {
  case passwordFile(String)
  case passwordCommand(String)
  /// The name of the variable.
  case passwordVariable(String)
  case passwordPrompt
  case tokenFile(String)
  case tokenCommand(String)

  /// What was chosen for an endpoint; the prompt when nothing was.
  init(_ settings: Settings, at place: EndpointPlace) throws(UsageError) {
    guard let choice = try settings.only(of: Setting.secrets.map { $0.of(place) }) else {
      self = .passwordPrompt
      return
    }
    let value = choice.values.last ?? ""
    switch choice.setting {
    case Setting.passwordFile.of(place): self = .passwordFile(value)
    case Setting.passwordCommand.of(place): self = .passwordCommand(value)
    case Setting.tokenFile.of(place): self = .tokenFile(value)
    case Setting.tokenCommand.of(place): self = .tokenCommand(value)
    default: self = .passwordVariable(choice.setting.variable)
    }
  }

  var kind: CredentialProvider.Kind {
    switch self {
    case .passwordFile, .passwordCommand, .passwordVariable, .passwordPrompt: .password
    case .tokenFile, .tokenCommand: .token
    }
  }

  var credential: CredentialKind {
    switch kind {
    case .password: .password
    case .token: .token
    }
  }

  /// Obtains the secret once, so that a mistake shows before anything is touched, and makes the
  /// provider of it: passwords are remembered for the run, tokens are obtained again.
  func provider(
    for account: Account, environment: [String: String]
  ) throws -> CredentialProvider {
    let first = try obtain(for: account, environment: environment)
    switch kind {
    case .password:
      return CredentialProvider(kind: .password) { .password(first) }
    case .token:
      let box = TokenBox(first)
      return CredentialProvider(kind: .token) {
        if let token = box.take() { return .token(token) }
        do {
          return .token(try obtain(for: account, environment: environment))
        } catch let error as UsageError {
          throw SyncError(
            .passwordUnavailable, scope: .endpoint, remedy: .stop, side: account.place.side,
            detail: error.message, hint: error.hint)
        }
      }
    }
  }

  /// Whose secret it is; the prompt says so.
  struct Account: Sendable {
    let place: EndpointPlace
    let user: String
    let host: String
  }

  private func obtain(for account: Account, environment: [String: String]) throws -> Secret {
    do {
      switch self {
      case .passwordFile(let path), .tokenFile(let path):
        return try SecretFile.read(path, credentials: environment["CREDENTIALS_DIRECTORY"])
      case .passwordCommand(let line), .tokenCommand(let line):
        return try SecretCommand.run(line)
      case .passwordVariable(let name): return Secret(environment[name] ?? "")
      case .passwordPrompt: return try prompted(for: account)
      }
    } catch let error as UsageError {
      throw origin(at: account.place).map { error.at($0) } ?? error
    }
  }

  /// What chose it; nil when nothing did.
  private func origin(at place: EndpointPlace) -> String? {
    switch self {
    case .passwordFile: Setting.passwordFile.of(place).name
    case .passwordCommand: Setting.passwordCommand.of(place).name
    case .passwordVariable(let name): name
    case .passwordPrompt: nil
    case .tokenFile: Setting.tokenFile.of(place).name
    case .tokenCommand: Setting.tokenCommand.of(place).name
    }
  }

  private func prompted(for account: Account) throws -> Secret {
    let question = SafeText.visible("Password of \(account.user) at \(account.host): ")
    switch PasswordPrompt.ask(question) {
    case .password(let secret) where !secret.isEmpty: return secret
    case .password: throw UsageError("no password was given for \(account.place.noun)")
    case .interrupted: throw CancellationError()
    case .noTerminal:
      throw UsageError(
        "there is no password for \(account.place.noun) and no terminal to ask on",
        hint: "use \(Setting.passwordFile.of(account.place).option) FILE, "
          + "\(Setting.passwordCommand.of(account.place).option) COMMAND "
          + "or the variable \(Setting.password.of(account.place).variable)")
    }
  }
}

/// The token that was obtained first, for the first login.
private final class TokenBox: Sendable {
  private let unused: Mutex<Secret?>

  init(_ token: Secret) { unused = Mutex(token) }

  func take() -> Secret? {
    unused.withLock { token in
      defer { token = nil }
      return token
    }
  }
}
