// mailmove: OAuth 2.0 tokens.
// SPDX-License-Identifier: Apache-2.0

/// OAUTHBEARER (RFC 7628).
package struct OAuthBearerMechanism: SASLMechanism {
  package let name = "OAUTHBEARER"
  package private(set) var refusal: String?
  private let message: Secret

  /// Throws if the token or a name has a character that would end its field.
  package init(
    _ identity: SASLIdentity, token: Secret, host: String, port: UInt16
  ) throws(SASLError) {
    let bytes = token.withBytes { $0 }
    guard TokenFields.areSafe([Array(identity.user.utf8), Array(host.utf8), bytes]) else {
      throw .badCredential(mechanism: "OAUTHBEARER")
    }
    let name = ScramName.escape(identity.authorization ?? identity.user)
    message = Secret(
      Array("n,a=\(name),\u{1}host=\(host)\u{1}port=\(port)\u{1}auth=Bearer ".utf8) + bytes
        + [1, 1])
  }

  package mutating func initialResponse() -> [UInt8] { message.withBytes { $0 } }

  /// The only challenge is an error; the answer lets the server end with NO.
  package mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    guard refusal == nil else { throw .badChallenge(mechanism: name, reason: "a second error") }
    refusal = TokenFields.reason(in: challenge)
    return [1]
  }

  package func verifyFinished() throws(SASLError) {
    if let refusal { throw .refused(mechanism: name, reason: refusal) }
  }
}

/// XOAUTH2, the older form that Google and Microsoft describe.
package struct XOAuth2Mechanism: SASLMechanism {
  package let name = "XOAUTH2"
  package private(set) var refusal: String?
  private let message: Secret

  /// Throws if the token or the name has a character that would end its field.
  package init(_ identity: SASLIdentity, token: Secret) throws(SASLError) {
    let bytes = token.withBytes { $0 }
    let user = identity.authorization ?? identity.user
    guard TokenFields.areSafe([Array(user.utf8), bytes]) else {
      throw .badCredential(mechanism: "XOAUTH2")
    }
    message = Secret(Array("user=\(user)\u{1}auth=Bearer ".utf8) + bytes + [1, 1])
  }

  package mutating func initialResponse() -> [UInt8] { message.withBytes { $0 } }

  /// The only challenge is an error; the empty answer lets the server end with NO.
  package mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    guard refusal == nil else { throw .badChallenge(mechanism: name, reason: "a second error") }
    refusal = TokenFields.reason(in: challenge)
    return []
  }

  package func verifyFinished() throws(SASLError) {
    if let refusal { throw .refused(mechanism: name, reason: refusal) }
  }
}

/// What both token mechanisms share.
enum TokenFields {
  /// Nothing empty, no control characters: a 0x01 would end a field.
  static func areSafe(_ fields: [[UInt8]]) -> Bool {
    fields.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
  }

  /// The `status` of the error (RFC 7628, 3.2.2). Nothing else of it is repeated.
  static func reason(in challenge: [UInt8]) -> String {
    let text = String(decoding: challenge.prefix(4_096), as: UTF8.self)
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
    guard let key = parts.firstIndex(of: "status"), key + 2 < parts.count else {
      return "without a status"
    }
    return "status " + VisibleText.of(String(parts[key + 2].prefix(64)))
  }
}
