// mailmove: tests of docs/hostile-servers.md.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import MailJobs

@Suite("The page about hostile servers") struct HostilePageTests {
  private static func lines(under heading: String) throws -> [String] {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(
      contentsOf: root.appendingPathComponent("docs/hostile-servers.md"), encoding: .utf8)
    let rest = page.components(separatedBy: "\n## \(heading)\n").dropFirst().first ?? ""
    let section = rest.components(separatedBy: "\n#").first ?? ""
    return section.components(separatedBy: "\n").filter { $0.hasPrefix("| ") }
  }

  @Test(arguments: HostileCase.Side.allCases)
  func hasExactlyTheServersOfTheTests(side: HostileCase.Side) throws {
    let head = ["| the server | what comes of it | exit code |", "| --- | --- | --- |"]
    let wanted = HostileCase.all.filter { $0.side == side }.map {
      "| \($0.server) | \($0.outcome) | \($0.exit.rawValue) |"
    }
    #expect(try Self.lines(under: side.heading) == head + wanted)
  }
}

extension HostileCase.Side {
  fileprivate var heading: String {
    switch self {
    case .imapSource: "An IMAP server to read from"
    case .imapTarget: "An IMAP server to write to"
    case .pop3Source: "A POP3 server"
    }
  }
}
