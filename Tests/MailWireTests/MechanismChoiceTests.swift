// mailmove: tests of the choice of a mechanism.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MailWire

@Suite struct MechanismChoiceTests {
  @Test(arguments: [
    (
      "AUTH=PLAIN AUTH=SCRAM-SHA-256", CredentialKind.password, false,
      [LoginMethod.scramSHA256, .plain, .loginCommand]
    ),
    ("AUTH=PLAIN LOGINDISABLED", .password, false, [.plain]),
    ("IMAP4rev1", .password, false, [.loginCommand]),
    ("AUTH=CRAM-MD5 auth=plain", .password, true, [.plain]),
    ("AUTH=XOAUTH2 AUTH=OAUTHBEARER AUTH=PLAIN", .token, false, [.oauthBearer, .xoauth2]),
    ("AUTH=XOAUTH2", .token, true, [.xoauth2]),
  ])
  func theSafestWayThatBothKnowComesFirst(
    _ capabilities: String, _ credential: CredentialKind, _ hasAuthorization: Bool,
    _ expected: [LoginMethod]
  ) throws {
    let set = CapabilitySet(capabilities.split(separator: " ").map(String.init))
    #expect(
      try MechanismChoice.order(set, credential: credential, hasAuthorization: hasAuthorization)
        == expected)
  }

  @Test(arguments: LoginMethod.allCases)
  func theOneThatIsChosenIsUsedAndNoOther(_ chosen: LoginMethod) throws {
    let everything = CapabilitySet(
      ["SCRAM-SHA-256", "PLAIN", "XOAUTH2", "OAUTHBEARER"].map { "AUTH=\($0)" })
    #expect(
      try MechanismChoice.order(
        everything, credential: chosen.credential, hasAuthorization: false, chosen: chosen)
        == [chosen])
    let error = #expect(throws: NoLoginMethod.self) {
      try MechanismChoice.order(
        CapabilitySet(["AUTH=CRAM-MD5", "LOGINDISABLED"]), credential: chosen.credential,
        hasAuthorization: false, chosen: chosen)
    }
    #expect(error?.description.contains("offers CRAM-MD5; chosen is \(chosen.name)") == true)
  }

  @Test func whenNothingFitsTheErrorSaysWhatIsOffered() {
    let set = CapabilitySet(["AUTH=XOAUTH2", "AUTH=CRAM-MD5", "LOGINDISABLED"])
    let error = #expect(throws: NoLoginMethod.self) {
      try MechanismChoice.order(set, credential: .password, hasAuthorization: false)
    }
    #expect(error?.description.contains("CRAM-MD5, XOAUTH2") == true)
    #expect(error?.description.contains("OAuth 2.0 token") == true)
    #expect(throws: NoLoginMethod.self) {
      try MechanismChoice.order(.none, credential: .password, hasAuthorization: true)
    }
    #expect(throws: NoLoginMethod.self) {
      try MechanismChoice.order(.none, credential: .token, hasAuthorization: false)
    }
  }
}
