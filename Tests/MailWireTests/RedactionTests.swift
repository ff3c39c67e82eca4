// mailmove: finding secrets that servers repeat.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import Testing

@Suite struct RedactionTests {
  private func redaction(_ secrets: String...) -> Redaction {
    var redaction = Redaction.none
    for secret in secrets { redaction.add(Secret(secret)) }
    return redaction
  }

  @Test(
    arguments: [
      #"LOGIN anna "Hansi & 2 \"Lieder\"" failed"#, #"NO Hansi & 2 "Lieder""#,
      "PASS HANSI & 2 \"LIEDER\"", "?password=Hansi%20%26%202%20%22Lieder%22",
    ])
  func findsASecretHoweverItIsWritten(text: String) {
    let redaction = redaction(#"Hansi & 2 "Lieder""#)
    #expect(redaction.isRepeated(in: text.utf8))
    #expect(redaction.shown(text) == Redaction.notice)
  }

  @Test(arguments: ["", "a", "ab", "abc", "abcd"], ["", "x", "xy", "xyz"])
  func findsASecretInBase64WhateverStandsAroundIt(before: String, after: String) {
    let text = Base64.encode(Array((before + "correct horse" + after).utf8))
    #expect(redaction("correct horse").isRepeated(in: text))
    #expect(!redaction("battery staple").isRepeated(in: text))
  }

  @Test func leavesAloneWhatRepeatsNothing() {
    #expect(
      redaction("geheim").shown("NO [AUTHENTICATIONFAILED] wrong")
        == "NO [AUTHENTICATIONFAILED] wrong")
    #expect(!Redaction.none.isRepeated(in: Array("anything".utf8)))
    #expect(!redaction("geheim").isRepeated(in: Array("gehei".utf8)))
  }

  @Test func keepsAllTheSecretsItWasGiven() {
    let both = redaction("first token", "second token")
    for text in ["the first token", "the second token"] {
      #expect(both.isRepeated(in: Array(text.utf8)))
    }
  }

  /// To hide every line with an "a" in it would tell that the password is "a".
  @Test func doesNotGiveAwayAVeryShortSecretByHidingWhatHasItByChance() {
    #expect(!redaction("a").isRepeated(in: Array("an answer".utf8)))
    #expect(!redaction("").isRepeated(in: Array("an answer".utf8)))
  }
}
