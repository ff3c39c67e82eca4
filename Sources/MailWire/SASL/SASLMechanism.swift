// mailmove: SASL mechanisms.
// SPDX-License-Identifier: Apache-2.0

/// The client's side of one authentication (RFC 4422): what to send and when to believe the server.
///
/// All bytes are before base64. Nothing here may be sent on anything but a verified TLS connection.
package protocol SASLMechanism: Sendable {
  /// As in `AUTH=…`.
  var name: String { get }
  /// What the client sends first: with the command if the server has SASL-IR, else after its first
  /// and empty challenge.
  mutating func initialResponse() -> [UInt8]
  /// The answer to a challenge that came after the initial response.
  ///
  /// Throws when the exchange must not go on; send `*` then.
  mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8]
  /// Call it when the server says OK: throws unless the server may be believed.
  func verifyFinished() throws(SASLError)
  /// Something made of the password or the token has been given out to be sent: a login that is
  /// refused before that has cost nothing.
  var hasSentProof: Bool { get }
  /// What the server said within the mechanism about why it refused; for errors after its NO.
  var refusal: String? { get }
}

extension SASLMechanism {
  package var hasSentProof: Bool { true }
}

/// Why an authentication must not go on, or did not succeed although the server says so.
package enum SASLError: Error, Equatable, CustomStringConvertible {
  /// The server's challenge breaks the rules of the mechanism.
  case badChallenge(mechanism: String, reason: String)
  /// The server did not prove that it knows the password.
  case serverNotVerified(mechanism: String)
  /// The server refused, in the words of the mechanism.
  case refused(mechanism: String, reason: String)
  /// A user name or password has a character that the mechanism cannot carry.
  case badCredential(mechanism: String)

  package var description: String {
    switch self {
    case .badChallenge(let mechanism, let reason):
      "\(mechanism): the server's challenge is not valid: \(reason)"
    case .serverNotVerified(let mechanism):
      "\(mechanism): the server did not prove that it knows the password; "
        + "it may not be the server it says it is"
    case .refused(let mechanism, let reason):
      "\(mechanism): the server refused: \(reason)"
    case .badCredential(let mechanism):
      "\(mechanism): the user name, the password or the token has a character that cannot be sent"
    }
  }
}

/// A user name and what proves it, for any mechanism.
package struct SASLIdentity: Sendable {
  /// Whose password it is.
  package let user: String
  /// Whose mailbox is opened, if that is someone else (a master user).
  package let authorization: String?

  package init(user: String, authorization: String? = nil) {
    self.user = user
    self.authorization = authorization
  }
}
