// mailmove: an account at a server, whatever it speaks.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

/// Where an account is, how its server has to prove itself, and who logs in.
protocol ServerAccount: Sendable {
  var url: EndpointURL { get }
  var side: SyncError.Side { get }
  /// Logs in in place of the URL's user, whose mail it is (RFC 4616, 2); nil: the user does.
  var masterUser: String? { get }
  /// The only way to log in that may be used; nil: the best that both sides know.
  var mechanism: LoginMethod? { get }
  /// What earlier sessions have learnt about logging in; it goes with every copy of the value.
  var logins: LoginExperience { get }
  /// Takes sentences for people about what could not be done as it should.
  var tell: @Sendable (String) -> Void { get }
  var tls: TLSContext { get }
  var deadlines: Deadlines { get }
}

extension ServerAccount {
  /// Who logs in.
  var user: String { masterUser ?? url.user ?? "" }

  /// Whose mail it is, if that is somebody else than who logs in.
  var authorizationIdentity: String? { masterUser == nil ? nil : url.user }

  /// A failure that makes the endpoint unusable.
  func failure(
    _ cause: SyncError.Cause, remedy: SyncError.Remedy = .stop, detail: String = "",
    hint: String? = nil
  ) -> SyncError {
    SyncError(cause, scope: .endpoint, remedy: remedy, side: side, detail: detail, hint: hint)
  }

  /// Logs in by the best method that both sides know, or by the one that was chosen.
  ///
  /// Throws `ScramRefused` where PLAIN may be tried in a new session.
  ///
  /// - Parameters:
  ///   - methods: the methods that can be tried, best first.
  ///   - run: carries out a SASL exchange.
  ///   - command: logs in by the protocol's own command.
  func logIn(
    _ credential: Credential, methods: () throws(NoLoginMethod) -> [LoginMethod],
    run: (inout any SASLMechanism) throws -> Void, command: () throws -> Void
  ) throws {
    var known: [LoginMethod]
    do { known = try methods() } catch {
      throw failure(.noCommonMechanism, detail: "\(error)")
    }
    let hasPlain = known.contains(.plain)
    if hasPlain, logins.scramIsRefused { known.removeAll { $0 == .scramSHA256 } }
    guard let first = known.first else { return }
    do {
      let mechanism = LoginMechanism(
        identity: SASLIdentity(user: user, authorization: authorizationIdentity), url: url)
      guard var exchange = try mechanism.exchange(first, credential) else { return try command() }
      do { try run(&exchange) } catch let error as SyncError where error.cause == .loginRefused {
        guard first == .scramSHA256, hasPlain, !exchange.hasSentProof else { throw error }
        throw ScramRefused(answer: error)
      }
    } catch let error as SASLError { throw failure(.loginRefused, detail: "\(error)") }
  }
}
