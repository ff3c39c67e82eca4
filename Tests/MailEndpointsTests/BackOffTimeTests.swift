// mailmove: reading how long a server asks to wait.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import Testing

@Suite struct BackOffTimeTests {
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("Request is throttled. Suggested Backoff Time: 299961 milliseconds", 299_961),
      ("Too many requests, try again in 5 minutes", 300_000),
      ("please wait 30 seconds", 30_000),
      ("1 sec, no more", 1_000),
      ("retry in 0 ms", 0),
    ])
  func readsTheTimeAServerNames(text: String, milliseconds: Int) {
    #expect(BackOffTime.read(text) == .milliseconds(milliseconds))
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "", "try again later", "minutes", "in a few minutes", "5 messages",
      "wait 99999999999999999999 minutes", "100000001 seconds",
    ])
  func readsNothingWhereNoTimeIsNamed(text: String) {
    #expect(BackOffTime.read(text) == nil)
  }
}
