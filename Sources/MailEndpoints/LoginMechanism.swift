// mailmove: from a login method to its exchange.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Who logs in where: what every mechanism needs besides the credential.
struct LoginMechanism {
  let identity: SASLIdentity
  let url: EndpointURL

  /// The client's side of the exchange; nil for the protocol's own login command.
  func exchange(_ method: LoginMethod, _ credential: Credential) throws(SASLError) -> (
    any SASLMechanism
  )? {
    switch method {
    case .scramSHA256:
      try ScramMechanism(identity, password: credential.secret, nonce: Self.nonce())
    case .plain: try PlainMechanism(identity, password: credential.secret)
    case .oauthBearer:
      try OAuthBearerMechanism(
        identity, token: credential.secret, host: url.host, port: UInt16(url.port))
    case .xoauth2: try XOAuth2Mechanism(identity, token: credential.secret)
    case .loginCommand: nil
    }
  }

  /// 144 random bits, as SCRAM wants them: printable and without a comma.
  private static func nonce() -> String {
    let bytes = (0..<18).map { _ in UInt8.random(in: 0...255) }
    return String(decoding: Base64.encode(bytes), as: UTF8.self)
  }
}
