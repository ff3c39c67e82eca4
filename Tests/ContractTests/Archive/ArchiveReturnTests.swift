// mailmove: mail that leaves the lists of its account and comes back.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailTestKit
import MailWire
import SyncEngine
import Testing

@testable import MailEndpoints

@Suite("Mail that vanishes and comes back") struct ArchiveReturnTests {
  private static let todo = MailboxName(wire: "Todo")

  @Test(arguments: [false, true], [false, true])
  func whatWasHiddenForANightIsThereAgain(hasModSeq: Bool, inFull: Bool) async throws {
    let story = try ArchiveStory(hasModSeq: hasModSeq)
    #expect(try await story.night().failure == nil)
    let hidden = try story.hide([1, 2, 3, 4])
    #expect(try await story.night().failure == nil)
    #expect(try await story.lines().count { $0.hasSuffix("gone") } == 4)
    try story.show(hidden)
    var options = RunOptions()
    options.listsInFull = inFull
    let report = try await story.night(options)
    #expect(report.failure == nil && report.total(\.copied) == 0)
    #expect(try await story.lines().filter { $0.hasSuffix("there") }.count == 5)
    let journal = try await ArchiveReader.open(at: story.path).position()
    #expect(try await story.night().total(\.copied) == 0)
    #expect(try await ArchiveReader.open(at: story.path).position() == journal)
    #expect(try await story.check().findings == [])
  }

  @Test func aNewLedgerTakesUpWhatIsThereBeforeWhatVanished() async throws {
    let story = try ArchiveStory(letters: 2)
    _ = try await story.night()
    try story.move(0, from: .inbox, to: Self.todo)
    _ = try await story.night()
    try story.move(0, from: Self.todo, to: .inbox)
    let hidden = try story.hide([2])
    _ = try await story.night()
    try story.show(hidden)
    story.journal = MemoryJournal()
    for _ in 1...2 {
      let report = try await story.night()
      #expect(report.failure == nil && report.total(\.copied) == 0)
      #expect(
        try await story.lines() == [
          "INBOX body 0 gone", "INBOX body 0 there", "INBOX body 1 there", "Todo body 0 gone",
        ])
    }
  }

  @Test func aNightWithoutAChangeListsNothing() async throws {
    let story = try ArchiveStory()
    _ = try await story.night()
    let hidden = try story.hide([2])
    _ = try await story.night()
    try story.show(hidden)
    _ = try await story.night()
    let report = try await story.night()
    #expect(report.mailboxes.allSatisfy { $0.wasUnchanged })
  }

  @Test func mailThatWasMovedComesBackOnce() async throws {
    let story = try ArchiveStory(letters: 2)
    _ = try await story.night()
    for _ in 1...3 {
      try story.move(0, from: .inbox, to: Self.todo)
      _ = try await story.night()
      try story.move(0, from: Self.todo, to: .inbox)
      _ = try await story.night()
    }
    #expect(try await story.restore().failure == nil)
    #expect(try story.restoredLines() == ["INBOX body 0", "INBOX body 1"])
  }

  @Test func whatIsNowhereElseComesBackOnceWhereItWasLast() async throws {
    let story = try ArchiveStory(letters: 1)
    _ = try await story.night()
    try story.move(0, from: .inbox, to: Self.todo)
    _ = try await story.night()
    try story.move(0, from: Self.todo, to: .inbox)
    try story.source.change(.inbox) { $0.messages = [:] }
    _ = try await story.night()
    #expect(try await story.lines().allSatisfy { $0.hasSuffix("gone") })
    _ = try await story.restore()
    #expect(try story.restoredLines() == ["Todo body 0"])
  }

  @Test(arguments: [
    (PlacementChoice.Vanished.none, 1), (.onlyCopies, 2), (.all, 4),
  ])
  func theRestIsAMatterOfChoice(vanished: PlacementChoice.Vanished, count: Int) async throws {
    let story = try ArchiveStory(letters: 2)
    _ = try await story.night()
    try story.move(0, from: .inbox, to: Self.todo)
    _ = try await story.night()
    try story.move(0, from: Self.todo, to: .inbox)
    _ = try story.hide([2])
    _ = try await story.night()
    _ = try await story.restore(vanished)
    #expect(try story.restoredLines().count == count)
    let again = try await story.restore(vanished)
    #expect(again.total(\.copied) == 0 && again.failure == nil)
  }

  @Test func aSecondRestoreDoublesNothing() async throws {
    let story = try ArchiveStory(letters: 2)
    _ = try await story.night()
    try story.move(0, from: .inbox, to: Self.todo)
    _ = try await story.night()
    #expect(try await story.restore().failure == nil)
    let before = try story.restoredLines()
    try story.move(0, from: Self.todo, to: .inbox)
    _ = try await story.night()
    let message = try story.hide([2])
    _ = try await story.night()
    #expect(try await story.restore().failure == nil)
    // It came back to the folder under another UID of the archive.
    #expect(try story.restoredLines().count { $0 == "INBOX body 0" } == 1)
    try story.show(message)
    story.deliver(1)
    try story.source.change(.inbox) { $0.messages[UID(2)] = nil }
    _ = try await story.night()
    #expect(try await story.restore().failure == nil)
    #expect(try story.restoredLines().count { $0 == "INBOX body 1" } == 1)
    #expect(Set(before).isSubset(of: try story.restoredLines()))
  }
}
