// mailmove: tests of what docs/cli.md and docs/archive.md say about archives.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import MailArchive
import Testing

@testable import MailCommands
@testable import MailJobs

@Suite("The documents on archives")
struct ArchiveDocumentationTests {
  private let page: String
  private let remedies: String

  init() throws {
    let docs = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs")
    page = try String(contentsOf: docs.appendingPathComponent("cli.md"), encoding: .utf8)
    remedies = try String(contentsOf: docs.appendingPathComponent("archive.md"), encoding: .utf8)
  }

  @Test("have every option of every command")
  func options() throws {
    let start = try #require(page.range(of: "## Archives\n"))
    let end = try #require(page.range(of: "\n## ", range: start.upperBound..<page.endIndex))
    let section = page[start.upperBound..<end.lowerBound]
    let inherited = ["--help", "--version"]
    for command in ArchiveCommand.configuration.subcommands {
      let help = MailMoveCommand.helpMessage(for: command)
      let options = Set(help.matches(of: /--[a-z][a-z0-9]+/).map { String($0.output) })
      #expect(options.count > inherited.count)
      for option in options.subtracting(inherited) {
        #expect(section.contains("`\(option)"), "\(option)")
      }
      #expect(page.contains("mailmove archive \(command.configuration.commandName ?? "?") "))
    }
  }

  @Test("have every event and every field, and every way to mend damage")
  func events() async throws {
    let sample = try await ArchiveSample()
    try sample.damageSegment()
    let commands = [
      ["ls", "ARCHIVE"], ["ls", "ARCHIVE", "Work/Old"], ["check", "ARCHIVE"],
      ["export", "ARCHIVE", "OUT", "--format", "mbox"], ["salvage", "ARCHIVE", "OUT2"],
    ]
    var events: Set<String> = []
    for command in commands {
      let said = await sample.run(command + ["--json"])
      for line in said.output.split(separator: "\n") {
        let json = try JSONSerialization.jsonObject(with: Data(line.utf8))
        let object = try #require(json as? [String: Any])
        let event = try #require(object["event"] as? String)
        events.insert(event)
        for field in Self.fields(of: object) {
          #expect(page.contains("`\(field)`"), "\(event).\(field)")
        }
      }
    }
    #expect(events == ["folder", "archive", "message", "check", "export", "salvage"])
    for event in events { #expect(page.contains("| `\(event)` |"), "\(event)") }
    for part in [ArchiveDamage.Part.identity, .journal, .head, .segment, .message, .catalog] {
      #expect(remedies.contains("| `\(part.rawValue)` |"), "\(part)")
    }
  }

  private static func fields(of value: Any) -> [String] {
    if let object = value as? [String: Any] {
      return Array(object.keys) + object.values.flatMap(fields)
    }
    return (value as? [Any])?.flatMap(fields) ?? []
  }
}
