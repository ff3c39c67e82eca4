// mailmove: tests of docs/servers.md, "What a hostile server gets".
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import mailmove

@Suite("The page about hostile servers") struct HostilePageTests {
  private static func lines(under heading: String) throws -> [String] {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(
      contentsOf: root.appendingPathComponent("docs/servers.md"), encoding: .utf8)
    let rest = page.components(separatedBy: "\n### \(heading)\n").dropFirst().first ?? ""
    let section = rest.components(separatedBy: "\n#").first ?? ""
    return section.components(separatedBy: "\n").filter { $0.hasPrefix("| ") }
  }

  @Test(
    arguments: zip(
      ["An IMAP server to read from", "An IMAP server to write to", "A POP3 server"],
      [HostileCase.imapSource, HostileCase.imapTarget, HostileCase.pop3Source]))
  func hasExactlyTheServersOfTheTests(heading: String, cases: [HostileCase]) throws {
    let head = ["| the server | what comes of it | exit code |", "| --- | --- | --- |"]
    let wanted = cases.map { "| \($0.server) | \($0.outcome) | \($0.exit.rawValue) |" }
    #expect(try Self.lines(under: heading) == head + wanted)
  }
}
