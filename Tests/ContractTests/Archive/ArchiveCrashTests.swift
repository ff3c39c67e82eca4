// mailmove: archive and ledger, killed together at every step.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailTestKit
import MailWire
import SyncEngine
import Testing

@testable import MailEndpoints

@Suite("Archive and ledger, killed together at every step") struct ArchiveCrashTests {
  /// Two nights with changes between them, in a folder of their own.
  private struct Nights {
    let folder: TemporaryFolder
    let source: FakeAccount
    let journal = MemoryJournal()

    var path: String { folder.path + "/archive" }

    init(hasModSeq: Bool) throws {
      folder = try TemporaryFolder()
      var habits = FakeAccount.Habits()
      habits.hasModSeq = hasModSeq
      source = FakeAccount(habits: habits)
      for number in 1...5 { source.deliver(Self.letter(number)) }
      // The same message twice in one mailbox, and once in another.
      source.deliver(Self.letter(5))
      source.deliver(Self.letter(5), to: MailboxName(wire: "Work"))
    }

    static func letter(_ number: Int) -> String {
      "Message-ID: <\(number)@example.org>\r\nSubject: \(number)\r\n\r\nbody \(number)\r\n"
    }

    func day() throws {
      try source.change(.inbox) { box in
        box.modSeq += 2
        box.messages[UID(1)]?.flags = FlagSet(system: [.seen, .flagged])
        box.messages[UID(1)]?.modSeq = box.modSeq
        box.messages[UID(2)] = nil
      }
      source.deliver(Self.letter(7))
    }

    /// A run that ends as a killed process does: with nothing given back properly.
    func night(_ crash: CrashPoint = CrashPoint()) async throws -> Report {
      let door = ArchiveDoor(ArchivePlace(path: path, account: nil, side: .target))
      let origin = try EndpointURL("imaps://anna@mail.example.org")
      let run = Run(
        endpoints: RunEndpoints(
          connectSource: { [source] in FakeSource(source) },
          connectTarget: {
            DyingTarget(
              try await ArchiveTarget.connect(
                door, label: "anna@mail.example.org", origin: origin), crash: crash)
          }),
        journal: CrashingJournal(journal) { try crash.pass("journal \($0)") },
        rules: MappingRules(), options: RunOptions(), pacing: Scenario.instant)
      let report = await run.run()
      if crash.isDead {
        try await door.open().abandon()
      } else {
        _ = try await door.close()
      }
      return report
    }

    /// One line for each message: its folder, text and flags, and whether it is gone.
    func contents() async throws -> [String] {
      let reader = try ArchiveReader.open(at: path)
      var lines: [String] = []
      for folder in try await reader.folders() {
        for placement in try await reader.placements(in: folder, includingGone: true) {
          let text = String(decoding: try reader.bytes(of: placement.message), as: UTF8.self)
          let isGone = placement.goneCommit != nil
          lines.append("\(folder.name) \(text) \(placement.flags) \(isGone ? "gone" : "there")")
        }
      }
      try reader.close()
      return lines.sorted()
    }
  }

  private static let limit = TimeLimitTrait.Duration.minutes(5 * Instrumentation.patience)

  @Test(.timeLimit(limit), arguments: [false, true], [1, 2])
  func nothingIsLostOrDoubledAndTheNextRunChangesNothing(hasModSeq: Bool, fatal: Int) async throws {
    let undisturbed = try Nights(hasModSeq: hasModSeq)
    let counting = CrashPoint()
    _ = try await undisturbed.night(fatal == 1 ? counting : CrashPoint())
    try undisturbed.day()
    _ = try await undisturbed.night(fatal == 2 ? counting : CrashPoint())
    let expected = try await undisturbed.contents()
    #expect(expected.count == 8 && expected.count { $0.hasSuffix("gone") } == 1)
    #expect(counting.steps > 8)
    for step in 1...counting.steps {
      let nights = try Nights(hasModSeq: hasModSeq)
      let crash = CrashPoint(at: step)
      if fatal == 1 { _ = try await nights.night(crash) }
      #expect(try await nights.night().failure == nil, "step \(step): \(crash.lastStep)")
      try nights.day()
      if fatal == 2 { _ = try await nights.night(crash) }
      #expect(crash.isDead, "step \(step)")
      #expect(try await nights.night().failure == nil, "step \(step): \(crash.lastStep)")
      #expect(try await nights.contents() == expected, "step \(step): \(crash.lastStep)")
      let again = try await nights.night()
      #expect(again.total(\.copied) == 0 && again.total(\.alreadyThere) == 0)
      #expect(try await nights.contents() == expected, "step \(step): \(crash.lastStep)")
      #expect(try await ArchiveCheck(at: nights.path).run(.messages).findings == [])
      #expect(try await nights.journal.summary().count(.pending) == 0)
    }
  }
}
