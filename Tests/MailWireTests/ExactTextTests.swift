// mailmove: tests of text that is its bytes.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import Testing

@Suite struct ExactTextTests {
  private let composed = "Caf\u{E9}"
  private let decomposed = "Cafe\u{301}"

  @Test func whatIsTheSameToReadIsNotTheSame() {
    #expect(composed == decomposed)
    #expect(ExactText(composed) != ExactText(decomposed))
    #expect(ExactText(composed) == ExactText("Caf" + "\u{E9}"))
    #expect(!composed.isExactly(decomposed) && composed.isExactly(composed))
    #expect(Set([composed, decomposed].map { ExactText($0) }).count == 2)
  }

  @Test func aLongTextIsItsBytesToo() {
    let long = String(repeating: "x", count: 5_000)
    let known: [ExactText: Int] = [ExactText(long + composed): 1, ExactText(long): 2]
    #expect(known[ExactText(long + "Caf\u{E9}")] == 1)
    #expect(known[ExactText(long + decomposed)] == nil)
  }
}
