// mailmove: an archive to read from that was put back to an earlier state.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailTestKit
import MailWire
import SyncEngine
import Testing

/// Invariants 13 and 14 for an archive as the source.
@Suite("An archive that was put back, as the source") struct ArchiveSourceReplacedTests {
  /// An archive whose sixth message was given back to an account; then yesterday's copy of it, that
  /// holds another message of the same size and date under the same UID.
  private func refilled(more: Int = 0) async throws -> ArchiveStory {
    let story = try ArchiveStory()
    _ = try await story.night()
    try story.backUp()
    for last in [5, 6] {
      if last == 6 {
        try story.putBack()
        try story.source.change(.inbox) { $0.messages[UID(6)] = nil }
      }
      story.deliver(last)
      story.journal = MemoryJournal()
      #expect(try await story.night().failure == nil)
      guard last == 5 else { continue }
      let report = try await story.restore()
      #expect(report.failure == nil && report.total(\.copied) == 6)
    }
    for number in 0..<more {
      story.deliver(7 + number)
      _ = try await story.night()
    }
    return story
  }

  /// With the same number of commits, and with more than are on record.
  @Test(arguments: [0, 2])
  func anotherMessageUnderAKnownUIDIsGivenBack(more: Int) async throws {
    let story = try await refilled(more: more)
    let report = try await story.restore()
    #expect(report.failure == nil && report.total(\.copied) == 1 + more)
    #expect(try story.restoredLines() == (0..<(7 + more)).map { "INBOX body \($0)" })
    let again = try await story.restore()
    #expect(again.failure == nil && again.total(\.copied) == 0)
  }

  @Test(arguments: [VerifyLevel.metadata, .headers, .bytes])
  func aComparisonSeesIt(level: VerifyLevel) async throws {
    let story = try await refilled()
    #expect(try await story.compareRestored(level) == [.unaccounted])
    _ = try await story.restore()
    #expect(try await story.compareRestored(level) == [])
  }

  @Test func whatOnlyMovedToAnotherUIDIsNotGivenBackAgain() async throws {
    let story = try ArchiveStory(letters: 1)
    _ = try await story.night()
    try story.backUp()
    for order in [[1, 2], [2, 1]] {
      if order == [2, 1] {
        try story.putBack()
        try story.source.change(.inbox) { $0.messages = $0.messages.filter { $0.key == UID(1) } }
      }
      for number in order { story.deliver(number) }
      story.journal = MemoryJournal()
      _ = try await story.night()
      #expect(try await story.restore().failure == nil)
    }
    #expect(try story.restoredLines() == ["INBOX body 0", "INBOX body 1", "INBOX body 2"])
    #expect(try await story.compareRestored(.bytes) == [])
  }

  @Test func anOlderCopyAsItWasChangesNothing() async throws {
    let story = try ArchiveStory()
    _ = try await story.night()
    try story.backUp()
    story.deliver(5)
    _ = try await story.night()
    _ = try await story.restore()
    try story.putBack()
    for _ in 1...2 {
      let report = try await story.restore()
      #expect(report.failure == nil && report.total(\.copied) == 0)
    }
    #expect(try story.restoredLines().count == 6)
  }
}
