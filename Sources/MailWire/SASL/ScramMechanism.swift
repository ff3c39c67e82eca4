// mailmove: SCRAM.
// SPDX-License-Identifier: Apache-2.0

/// SCRAM-SHA-256 without channel binding (RFC 5802, RFC 7677): the password is never sent, and the
/// server has to prove that it knows it.
///
/// User name and password are used as they were typed: UTF-8, without SASLprep. For ASCII that is
/// the same; other passwords have to be typed in the form in which they were set.
package struct ScramMechanism: SASLMechanism {
  package let name = "SCRAM-SHA-256"
  package private(set) var refusal: String?

  private enum State: Sendable {
    case waitingForServerFirst
    case waitingForServerFinal(signature: [UInt8])
    case finished
  }

  private let header: [UInt8]
  private let bareFirst: [UInt8]
  private let nonce: [UInt8]
  private let password: Secret
  private var state = State.waitingForServerFirst

  /// `nonce`: at least 18 random bytes in base64, new for every attempt.
  package init(
    _ identity: SASLIdentity, password: Secret, nonce: String
  ) throws(SASLError) {
    let hasNUL = identity.user.utf8.contains(0) || password.withBytes { $0.contains(0) }
    guard !identity.user.isEmpty, !password.isEmpty, !hasNUL else {
      throw .badCredential(mechanism: "SCRAM-SHA-256")
    }
    precondition(
      !nonce.isEmpty && nonce.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2C },
      "a nonce is printable, without a comma")
    let authorization = identity.authorization.map { "a=" + ScramName.escape($0) } ?? ""
    header = Array("n,\(authorization),".utf8)
    bareFirst = Array("n=\(ScramName.escape(identity.user)),r=\(nonce)".utf8)
    self.nonce = Array(nonce.utf8)
    self.password = password
  }

  package var hasSentProof: Bool {
    switch state {
    case .waitingForServerFirst: false
    case .waitingForServerFinal, .finished: true
    }
  }

  package mutating func initialResponse() -> [UInt8] { header + bareFirst }

  package mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    switch state {
    case .waitingForServerFirst:
      let (answer, signature) = try answer(toFirst: challenge)
      state = .waitingForServerFinal(signature: signature)
      return answer
    case .waitingForServerFinal(let signature):
      try verify(final: challenge, signature: signature)
      state = .finished
      return []
    case .finished:
      throw bad("none was expected")
    }
  }

  package func verifyFinished() throws(SASLError) {
    guard case .finished = state else { throw .serverNotVerified(mechanism: name) }
  }

  private func answer(
    toFirst challenge: [UInt8]
  ) throws(SASLError) -> (answer: [UInt8], signature: [UInt8]) {
    let fields = challenge.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard fields.count >= 3, let combined = value("r", fields[0]),
      let salt64 = value("s", fields[1]),
      let count = value("i", fields[2])
    else { throw bad("nonce, salt and iteration count were expected") }
    guard combined.starts(with: nonce), combined.count > nonce.count else {
      throw bad("its nonce does not extend ours")
    }
    guard let salt = Base64.decode(salt64), !salt.isEmpty, salt.count <= 1_024 else {
      throw bad("the salt is not base64")
    }
    guard let iterations = Int32(String(decoding: count, as: UTF8.self)),
      Self.iterations.contains(iterations)
    else { throw bad("the iteration count is not between 4096 and 10,000,000") }
    let salted = password.withBytes {
      KeyedHash.pbkdf2(password: $0, salt: salt, iterations: iterations)
    }
    let withoutProof = Array("c=".utf8) + Base64.encode(header) + Array(",r=".utf8) + combined
    let comma = [UInt8(ascii: ",")]
    let signed = bareFirst + comma + challenge + comma + withoutProof
    let clientKey = KeyedHash.hmac(key: salted, Array("Client Key".utf8))
    let storedKey = SHA256Digest(of: clientKey).bytes
    let clientSignature = KeyedHash.hmac(key: storedKey, signed)
    let proof = zip(clientKey, clientSignature).map { $0 ^ $1 }
    let serverKey = KeyedHash.hmac(key: salted, Array("Server Key".utf8))
    return (
      withoutProof + Array(",p=".utf8) + Base64.encode(proof),
      KeyedHash.hmac(key: serverKey, signed)
    )
  }

  private mutating func verify(
    final challenge: [UInt8], signature: [UInt8]
  ) throws(SASLError) {
    let fields = challenge.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    if let error = fields.first.flatMap({ value("e", $0) }) {
      let reason = VisibleText.of(String(decoding: error.prefix(64), as: UTF8.self))
      refusal = reason
      throw .refused(mechanism: name, reason: reason)
    }
    guard let digits = fields.first.flatMap({ value("v", $0) }), let sent = Base64.decode(digits),
      KeyedHash.areEqual(sent, signature)
    else { throw .serverNotVerified(mechanism: name) }
  }

  /// Attackers could have us compute for hours; below 4096 the RFC does not allow.
  private static let iterations: ClosedRange<Int32> = 4_096...10_000_000

  /// `x=…`; nil for any other attribute, such as the extension `m`, which must not be ignored.
  private func value(_ attribute: Unicode.Scalar, _ field: ArraySlice<UInt8>) -> ArraySlice<UInt8>?
  {
    field.starts(with: [UInt8(ascii: attribute), UInt8(ascii: "=")]) ? field.dropFirst(2) : nil
  }

  private func bad(_ reason: String) -> SASLError {
    .badChallenge(mechanism: name, reason: reason)
  }
}

/// `saslname` (RFC 5802, 7).
enum ScramName {
  static func escape(_ name: String) -> String {
    name.map { $0 == "=" ? "=3D" : $0 == "," ? "=2C" : String($0) }.joined()
  }
}
