// mailmove: PLAIN.
// SPDX-License-Identifier: Apache-2.0

/// PLAIN (RFC 4616): the password as it is, inside TLS.
package struct PlainMechanism: SASLMechanism {
  package let name = "PLAIN"
  package let refusal: String? = nil
  private let message: Secret

  /// Throws if a name or the password is empty where it may not be, or has a NUL in it.
  package init(_ identity: SASLIdentity, password: Secret) throws(SASLError) {
    let authorization = Array((identity.authorization ?? "").utf8)
    let user = Array(identity.user.utf8)
    let bytes = password.withBytes { $0 }
    guard !user.isEmpty, !bytes.isEmpty, !(authorization + user + bytes).contains(0) else {
      throw .badCredential(mechanism: "PLAIN")
    }
    message = Secret(authorization + [0] + user + [0] + bytes)
  }

  package mutating func initialResponse() -> [UInt8] { message.withBytes { $0 } }

  package mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    throw .badChallenge(mechanism: name, reason: "none was expected")
  }

  package func verifyFinished() throws(SASLError) {}
}
