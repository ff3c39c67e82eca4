// mailmove: a server as chosen, ready to be connected to.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailEndpoints
import MailTransport
import MailWire
import SyncEngine

/// A server as the user chose it: where it is, whom it must prove to be, and how we are let in.
package struct Endpoint: Sendable {
  let place: EndpointPlace
  let url: EndpointURL
  let tls: TLSContext
  /// The master user who logs in, with the URL's user as the authorization identity (RFC 4616);
  /// nil when the URL's user logs in.
  let masterUser: String?
  /// The only way to log in that may be used; nil: the best that both sides know.
  let mechanism: LoginMethod?
  /// The account in an archive; nil when it is clear which one is meant.
  let account: String?
  /// Which of the messages that have vanished an archive gives.
  var vanished = PlacementChoice.Vanished.onlyCopies
  /// nil only for a `probe` without a user, and for an archive.
  var credentials: CredentialProvider?
}

extension Endpoint {
  /// Where it is, as ledgers know it: an archive by the one form of its path.
  var known: EndpointURL {
    url.scheme == .archive ? url.at(path: ArchivePath.resolved(url.path)) : url
  }
}

/// An endpoint whose secret has not been asked for yet.
package struct EndpointDraft: Sendable {
  let endpoint: Endpoint
  let secret: SecretSource

  /// Reads an address and the settings that belong to it. Nothing outside is touched.
  package init(_ address: String, at place: EndpointPlace, settings: Settings) throws(UsageError) {
    let url: EndpointURL
    do { url = try EndpointURL(address) } catch { throw UsageError(error.description) }
    switch url.scheme {
    case .imaps, .imap: break
    case .pop3s, .pop3:
      guard place != .target else {
        throw UsageError(
          "mail can be taken from a POP3 server and not put there",
          hint: "the target is an IMAP server, imaps://user@host, or an archive:/folder")
      }
    case .archive:
      guard place != .alone else {
        throw UsageError(
          "an archive is no server", hint: "look at it with 'mailmove archive ls'")
      }
    }
    secret = try SecretSource(settings, at: place)
    let mechanism = try Self.mechanism(settings, at: place, secret)
    endpoint = Endpoint(
      place: place, url: url, tls: try Self.tls(settings, at: place, url.scheme),
      masterUser: settings.text(.authUser.of(place)), mechanism: mechanism,
      account: settings.text(.account.of(place)),
      vanished: settings.text(.gone).flatMap(PlacementChoice.Vanished.init) ?? .onlyCopies,
      credentials: nil)
  }

  /// Obtains the secret, unless there is no user to log in.
  package func complete(environment: [String: String]) throws -> Endpoint {
    var complete = endpoint
    guard let user = endpoint.masterUser ?? endpoint.url.user else { return complete }
    complete.credentials = try secret.provider(
      for: .init(place: endpoint.place, user: user, host: endpoint.url.host),
      environment: environment)
    return complete
  }

  /// The mechanism that was chosen, if what there is to log in with can be said with it.
  private static func mechanism(
    _ settings: Settings, at place: EndpointPlace, _ secret: SecretSource
  ) throws(UsageError) -> LoginMethod? {
    guard let choice = settings.choice(of: .mechanism.of(place)),
      let method = choice.values.last.flatMap(LoginMethod.init)
    else { return nil }
    guard method.credential == secret.credential else {
      let needed =
        switch method.credential {
        case .password: "a password, and \(place.noun) has a token"
        case .token: "a token, and \(place.noun) has a password"
        }
      throw UsageError("\(choice.origin): '\(method.rawValue)' is for \(needed)")
    }
    return method
  }

  private static func tls(
    _ settings: Settings, at place: EndpointPlace, _ scheme: EndpointURL.Scheme
  ) throws(UsageError) -> TLSContext {
    var policy = TLSPolicy()
    if scheme == .archive { policy.trust = .nobody }
    let authority = Setting.tlsCA.of(place)
    let trust = try settings.only(of: [authority, .tlsPin.of(place)])
    if let trust, trust.setting == authority {
      policy.trust = .caFile(trust.values.last ?? "")
    } else if let trust {
      policy.trust = .pins(trust.values.compactMap { SHA256Digest(pin: $0) })
    }
    let profile = settings.text(.tlsProfile.of(place)).flatMap(TLSPolicy.Profile.init)
    policy.profile = profile ?? policy.profile
    policy.serverName = settings.text(.tlsServerName.of(place))
    do { return try TLSContext(policy) } catch {
      throw UsageError(SafeText.visible(error.message), hint: SafeText.visible(error.hint))
        .at(place.noun)
    }
  }
}
