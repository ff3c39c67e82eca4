// mailmove: killing the real binary.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailArchive
import MailTestKit
import Testing

@Suite("The real binary, killed at random moments", .serialized)
struct KillTests {
  /// What is moved where.
  enum Route: String, CaseIterable, CustomTestStringConvertible {
    case imapToIMAP, imapToIMAPWithoutUIDPLUS, imapToPlainIMAP, imapToArchive, archiveToIMAP
    case pop3ToIMAP, pop3ToArchive, imapEmptied

    var testDescription: String { rawValue }

    var capabilities: String? {
      switch self {
      case .imapToIMAPWithoutUIDPLUS: "IMAP4rev1 AUTH=PLAIN LITERAL+"
      case .imapToPlainIMAP: MigrationTests.plain
      case .imapToIMAP, .imapToArchive, .archiveToIMAP, .pop3ToIMAP, .pop3ToArchive,
        .imapEmptied:
        nil
      }
    }

    var usesPOP3: Bool { self == .pop3ToIMAP || self == .pop3ToArchive }
    var source: Bench.Place { self == .archiveToIMAP ? .archive : .old }
    var target: Bench.Place { self == .imapToArchive || self == .pop3ToArchive ? .archive : .new }

    func options(for count: Int) -> [String] {
      self == .imapEmptied ? ["--delete-source", "--confirm-deletes", "\(count)"] : []
    }
  }

  private static let count = 400
  private static let killsInARound = Torture.isOn ? 12 : 5

  @Test(arguments: Route.allCases)
  func losesNothingAndDoublesNothing(_ route: Route) async throws {
    var random = SeededGenerator.printingSeed()
    // In a long run each route takes its share of the kills.
    let wanted = Torture.kills.map { ($0 + Route.allCases.count - 1) / Route.allCases.count } ?? 1
    var kills = 0
    var rounds = 0
    while kills < wanted {
      rounds += 1
      let killed = try await round(route, &random)
      try #require(killed > 0, "no run lasted long enough to be killed")
      kills += killed
    }
    print("\(route): \(kills) kills in \(rounds) rounds")
  }

  /// Kills one move again and again, then lets it come to its end; returns how often.
  private func round(_ route: Route, _ random: inout SeededGenerator) async throws -> Int {
    var options = DovecotOptions()
    options.capabilities = route.capabilities
    let bench = try Bench(new: options)
    bench.usesPOP3 = route.usesPOP3
    let sample = SampleMailbox(count: Self.count, seed: random.next())
    if route.usesPOP3 {
      let letters = sample.messages.map { message in
        var message = message
        message.mailbox = "INBOX"
        return message
      }
      try LabClient(bench.old).append(letters, to: "INBOX")
    } else {
      try LabClient(bench.old).fill(with: sample)
    }
    let before = try LabSnapshot(of: LabClient(bench.old))
    let bytes = try bench.bytes(bench.old)
    if route == .archiveToIMAP { #expect(try bench.run("sync", to: .archive).exit == 0) }

    let more = route.options(for: Self.count)
    var kills = 0
    for _ in 0..<Self.killsInARound {
      let pause = Double.random(in: 0.05...0.9, using: &random)
      guard try bench.runAndKill(after: pause, more, from: route.source, to: route.target) else {
        break
      }
      kills += 1
    }
    let last = try bench.run("sync", more, from: route.source, to: route.target)
    #expect(last.exit == 0, "\(last.output)\(last.errors)")
    let full = try bench.run("sync", ["--full"], from: route.source, to: route.target)
    #expect(full.exit == 0, "\(full.errors)")
    #expect(full.output.contains("0 messages copied"), "\(full.output)")
    if route == .imapEmptied {
      #expect(try LabSnapshot(of: LabClient(bench.old)).messageCount == 0)
    } else {
      let verified = try bench.run(
        "verify", ["--level", "bytes"], from: route.source, to: route.target)
      #expect(verified.exit == 0, "\(verified.output)")
    }
    if route.target == .archive {
      #expect(try await ArchiveCheck(at: bench.archive).run(.messages).findings == [])
      #expect(try bench.run("sync", from: .archive).exit == 0)
    }
    if route.usesPOP3 {
      #expect(try bench.bytes(bench.new) == bytes, "after \(kills) kills")
    } else {
      let after = try LabSnapshot(of: LabClient(bench.new))
      let difference = after.difference(from: before, renamed: after.renamings(from: before))
      #expect(difference == [], "after \(kills) kills")
    }
    return kills
  }
}
