// mailmove: tests of SASL.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MailWire

@Suite struct SASLTests {
  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  // The exchange of RFC 7677, section 3.
  private static let nonce = "rOprNGfwEbeRWgbNEkqO"
  private static let serverFirst =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
  private static let serverFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

  private static func scram(authorization: String? = nil) throws -> ScramMechanism {
    try ScramMechanism(
      SASLIdentity(user: "user", authorization: authorization), password: Secret("pencil"),
      nonce: nonce)
  }

  @Test func scramGivesTheAnswersOfTheStandard() throws {
    var scram = try Self.scram()
    #expect(scram.initialResponse() == Self.bytes("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"))
    #expect(
      try scram.respond(to: Self.bytes(Self.serverFirst))
        == Self.bytes(
          "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="))
    #expect(throws: SASLError.serverNotVerified(mechanism: "SCRAM-SHA-256")) {
      try scram.verifyFinished()
    }
    #expect(try scram.respond(to: Self.bytes(Self.serverFinal)) == [])
    try scram.verifyFinished()
    #expect(throws: SASLError.self) { try scram.respond(to: []) }
  }

  @Test func scramNamesWhoseMailboxIsOpened() throws {
    var scram = try Self.scram(authorization: "a,b=c")
    #expect(scram.initialResponse() == Self.bytes("n,a=a=2Cb=3Dc,n=user,r=\(Self.nonce)"))
    let answer = try scram.respond(to: Self.bytes(Self.serverFirst))
    #expect(
      answer.starts(with: Self.bytes("c=") + Base64.encode(Self.bytes("n,a=a=2Cb=3Dc,,")).prefix(8))
    )
  }

  @Test(arguments: [
    "", "r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaA==,i=4096",
    "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaA==,i=4095", "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaA==,i=10000001",
    "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaA==,i=99999999999", "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaA==,i=x",
    "m=x,r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaA==,i=4096", "r=rOprNGfwEbeRWgbNEkqOx,s=*,i=4096",
    "r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096", "e=invalid-encoding",
  ])
  func scramRefusesAServerThatBreaksTheRules(_ challenge: String) throws {
    var scram = try Self.scram()
    _ = scram.initialResponse()
    #expect(throws: SASLError.self) { try scram.respond(to: Self.bytes(challenge)) }
    #expect(throws: SASLError.self) { try scram.verifyFinished() }
  }

  @Test(arguments: ["v=AAAA", "v=", "", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5="])
  func scramDoesNotBelieveAServerThatDoesNotKnowThePassword(_ final: String) throws {
    var scram = try Self.scram()
    _ = scram.initialResponse()
    _ = try scram.respond(to: Self.bytes(Self.serverFirst))
    #expect(throws: SASLError.serverNotVerified(mechanism: "SCRAM-SHA-256")) {
      try scram.respond(to: Self.bytes(final))
    }
    #expect(throws: SASLError.self) { try scram.verifyFinished() }
  }

  @Test func scramTellsWhyTheServerRefused() throws {
    var scram = try Self.scram()
    _ = scram.initialResponse()
    _ = try scram.respond(to: Self.bytes(Self.serverFirst))
    #expect(throws: SASLError.refused(mechanism: "SCRAM-SHA-256", reason: "invalid-proof")) {
      try scram.respond(to: Self.bytes("e=invalid-proof"))
    }
    #expect(scram.refusal == "invalid-proof")
  }

  @Test func plainSendsThreeFields() throws {
    var plain = try PlainMechanism(
      SASLIdentity(user: "master", authorization: "jane"), password: Secret("p"))
    #expect(plain.initialResponse() == Self.bytes("jane\0master\0p"))
    #expect(throws: SASLError.self) { try plain.respond(to: []) }
    #expect(throws: SASLError.badCredential(mechanism: "PLAIN")) {
      try PlainMechanism(SASLIdentity(user: "a\0b"), password: Secret("p"))
    }
    #expect(throws: SASLError.badCredential(mechanism: "PLAIN")) {
      try PlainMechanism(SASLIdentity(user: "a"), password: Secret(""))
    }
  }

  @Test func tokensAreSentAndTheirErrorsAnswered() throws {
    let identity = SASLIdentity(user: "user@example.com")
    var bearer = try OAuthBearerMechanism(
      identity, token: Secret("vF9dft4qmT"), host: "server.example.com", port: 143)
    #expect(
      bearer.initialResponse()
        == Self.bytes(
          "n,a=user@example.com,\u{1}host=server.example.com\u{1}port=143\u{1}"
            + "auth=Bearer vF9dft4qmT\u{1}\u{1}"))
    try bearer.verifyFinished()
    let error = Self.bytes(#"{"status":"invalid_token","scope":"example_scope"}"#)
    #expect(try bearer.respond(to: error) == [1])
    #expect(bearer.refusal == "status invalid_token")
    #expect(throws: SASLError.refused(mechanism: "OAUTHBEARER", reason: "status invalid_token")) {
      try bearer.verifyFinished()
    }
    var xoauth2 = try XOAuth2Mechanism(identity, token: Secret("vF9dft4qmT"))
    #expect(
      xoauth2.initialResponse()
        == Self.bytes("user=user@example.com\u{1}auth=Bearer vF9dft4qmT\u{1}\u{1}"))
    #expect(try xoauth2.respond(to: Self.bytes("junk")) == [])
    #expect(xoauth2.refusal == "without a status")
    #expect(throws: SASLError.self) { try xoauth2.respond(to: error) }
  }

  @Test func aTokenCannotEndItsField() {
    #expect(throws: SASLError.badCredential(mechanism: "XOAUTH2")) {
      try XOAuth2Mechanism(SASLIdentity(user: "u"), token: Secret("a\u{1}b"))
    }
    #expect(throws: SASLError.badCredential(mechanism: "OAUTHBEARER")) {
      try OAuthBearerMechanism(SASLIdentity(user: "u"), token: Secret("a\n"), host: "h", port: 1)
    }
  }

  @Test func base64IsStrictBothWays() {
    for (text, digits) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"), ("\u{3FF}", "z78="),
    ] {
      #expect(Base64.encode(Self.bytes(text)) == Self.bytes(digits))
      #expect(Base64.decode(digits.utf8) == Self.bytes(text))
    }
    for digits in [
      "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm 9", "Zm9v\n", "=Zg=",
    ] {
      #expect(Base64.decode(digits.utf8) == nil, "\(digits)")
    }
  }
}
