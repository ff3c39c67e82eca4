// mailmove: tests of patterns.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SyncEngine

@Suite struct GlobTests {
  @Test(arguments: [
    ("Sent", "Sent", true), ("Sent", "sent", false), ("Sent", "Sent/2019", false),
    ("Sent*", "Sent/2019", true), ("*", "", true), ("*/2019", "A/B/2019", true), ("?", "é", true),
    ("?", "", false), ("inbox", "INBOX", true), ("InBoX/x", "INBOX/x", true),
    ("x/inbox", "x/INBOX", false), ("a\\*b", "a*b", true), ("a\\*b", "axb", false),
    ("*a*b*c*", "xxaxxbxxcxx", true), ("*a*b*c*", "xxaxxcxxbxx", false),
    ("Café", "Cafe\u{301}", true),
    ("a**b", "ab", true), ("", "", true), ("", "a", false), ("a\\", "a\\", true),
  ])
  func matchesAsDocumented(pattern: String, path: String, matches: Bool) {
    #expect(Glob(pattern).matches(path) == matches)
  }

  @Test func manyStarsStayFast() {
    let pattern = String(repeating: "*a", count: 30) + "b"
    #expect(!Glob(pattern).matches(String(repeating: "a", count: 500)))
  }
}
