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

  private static let composed = "Caf\u{E9}"
  private static let decomposed = "Cafe\u{301}"

  /// A pattern, the paths that are there, and which of them it means.
  static let twins: [(String, [String], [Bool])] = [
    (composed, [composed], [true]), (composed, [decomposed], [true]),
    (composed, [composed, decomposed], [true, false]),
    (decomposed, [composed, decomposed], [false, true]),
    ("Caf?", [composed, decomposed], [true, true]),
    ("Caf*", [composed, decomposed, "Caf"], [true, true, true]),
    (
      composed + "/*", [composed + "/a", decomposed + "/a", decomposed + "/b"], [true, false, true]
    ),
    ("\u{212B}", ["\u{C5}", "A\u{30A}"], [true, true]),
    ("\u{212B}", ["\u{C5}", "A\u{30A}", "\u{212B}"], [false, false, true]),
  ]

  @Test(arguments: twins)
  func meansThePathToTheByteWhereThereIsOne(pattern: String, paths: [String], means: [Bool]) {
    let twins = PathTwins(paths)
    for (path, expected) in zip(paths, means) {
      #expect(Glob(pattern).means(path, twins: twins.twins(of: path)) == expected, "\(path)")
      if !pattern.contains(where: "*?".contains) {
        #expect(twins.isMeant(path, by: pattern) == expected, "\(path)")
      }
    }
  }
}
