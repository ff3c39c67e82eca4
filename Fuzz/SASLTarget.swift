// mailmove: fuzzing what a server says while we log in.
// SPDX-License-Identifier: Apache-2.0

@testable import MailWire

/// No challenge makes us believe a server that does not know the password, or tell it the password.
enum SASLTarget {
  private static let password = "correct horse battery"
  private static let nonce = "fyko+d2lbbFgONRv9qkxdawL"
  /// Above this a run takes too long; what is refused above the real limit is let through.
  private static let slowIterations = 4_100...10_000_000

  static func run(_ input: FuzzInput) {
    var input = input
    let kind = input.choice(4)
    let challenges = input.lines.prefix(3)
    if let first = challenges.first { checkBase64(first) }
    do throws(SASLError) {
      switch kind {
      case 0, 1:
        guard !challenges.contains(where: isSlow) else { return }
        let mechanism = try scram()
        if kind == 0 {
          check(mechanism, challenges, isHonest: false)
        } else if let first = challenges.first {
          try checkHonest(mechanism, first)
        }
      case 2:
        let bearer = try OAuthBearerMechanism(
          SASLIdentity(user: "alice"), token: Secret(password), host: "imap.example.org",
          port: 993)
        check(bearer, challenges, isHonest: true)
      default:
        let bearer = try XOAuth2Mechanism(SASLIdentity(user: "alice"), token: Secret(password))
        check(bearer, challenges, isHonest: true)
      }
    } catch {
      Finding.unlessVisible(error.description, "an error")
    }
  }

  private static func scram() throws(SASLError) -> ScramMechanism {
    try ScramMechanism(SASLIdentity(user: "alice"), password: Secret(password), nonce: nonce)
  }

  /// - Parameter isHonest: a server that asks nothing may be believed.
  private static func check(
    _ mechanism: some SASLMechanism, _ challenges: ArraySlice<[UInt8]>, isHonest: Bool
  ) {
    var mechanism = mechanism
    _ = mechanism.initialResponse()
    for challenge in challenges {
      do throws(SASLError) {
        let answer = try mechanism.respond(to: expanded(challenge))
        Finding.unless(!contains(answer, password), "an answer holds the password")
      } catch {
        Finding.unlessVisible(error.description, "an error")
        break
      }
    }
    if let refusal = mechanism.refusal { Finding.unlessVisible(refusal, "a refusal") }
    let isBelieved = (try? mechanism.verifyFinished()) != nil
    Finding.unless(
      isBelieved == (isHonest && mechanism.refusal == nil), "a server was wrongly believed")
  }

  /// `@` stands for our nonce, which a fuzzer cannot guess.
  private static func expanded(_ challenge: [UInt8]) -> [UInt8] {
    challenge.flatMap { $0 == UInt8(ascii: "@") ? Array(nonce.utf8) : [$0] }
  }

  /// A server that does know the password is believed, and one whose proof is off by a bit is not.
  private static func checkHonest(
    _ mechanism: ScramMechanism, _ challenge: [UInt8]
  ) throws(SASLError) {
    let first = expanded(challenge)
    var mechanism = mechanism
    let bare = Array(mechanism.initialResponse().dropFirst("n,,".utf8.count))
    guard let answer = try? mechanism.respond(to: first) else { return }
    let fields = first.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard let salt = Base64.decode(fields[1].dropFirst(2)),
      let iterations = Int32(String(decoding: fields[2].dropFirst(2), as: UTF8.self)),
      let proof = answer.lastRange(of: ",p=")
    else {
      Finding.unless(false, "a challenge was answered that has no salt or no count")
      return
    }
    let salted = KeyedHash.pbkdf2(
      password: Array(password.utf8), salt: salt, iterations: iterations)
    let serverKey = KeyedHash.hmac(key: salted, Array("Server Key".utf8))
    let comma = [UInt8(ascii: ",")]
    let withoutProof = Array(answer[..<proof.lowerBound])
    var signature = KeyedHash.hmac(
      key: serverKey, bare + comma + first + comma + withoutProof)
    var deceived = mechanism
    _ = try mechanism.respond(to: Array("v=".utf8) + Base64.encode(signature))
    Finding.unless(
      (try? mechanism.verifyFinished()) != nil, "a server that knows the password is not believed")
    signature[0] ^= 1
    let forged = Array("v=".utf8) + Base64.encode(signature)
    Finding.unless(
      (try? deceived.respond(to: forged)) == nil && (try? deceived.verifyFinished()) == nil,
      "a forged proof is believed")
  }

  private static func checkBase64(_ text: [UInt8]) {
    if let bytes = Base64.decode(text) {
      Finding.unless(Base64.encode(bytes) == text, "base64 is read that is not written so")
    }
    Finding.unless(Base64.decode(Base64.encode(text)) == text, "base64 does not come back")
  }

  private static func isSlow(_ challenge: [UInt8]) -> Bool {
    challenge.split(separator: UInt8(ascii: ",")).contains { field in
      field.starts(with: Array("i=".utf8))
        && Int(String(decoding: field.dropFirst(2), as: UTF8.self))
          .map(slowIterations.contains) == true
    }
  }

  private static func contains(_ bytes: [UInt8], _ text: String) -> Bool {
    bytes.lastRange(of: text) != nil
  }
}

extension [UInt8] {
  /// Where a text stands last.
  fileprivate func lastRange(of text: String) -> Range<Int>? {
    let text = Array(text.utf8)
    guard count >= text.count else { return nil }
    return stride(from: count - text.count, through: 0, by: -1)
      .first { self[$0..<($0 + text.count)].elementsEqual(text) }
      .map { $0..<($0 + text.count) }
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  SASLTarget.run(FuzzInput(start, count))
  return 0
}
