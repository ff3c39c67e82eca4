// mailmove: runs that meet damage in an archive.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailArchive
import MailTestKit
import MailWire
import SyncEngine
import Testing

@testable import MailEndpoints

@Suite("A run that meets damage in its archive") struct ArchiveDamageTests {
  @Test func takesAgainWhatIsOnRecordAsDamaged() async throws {
    let story = try ArchiveStory()
    _ = try await story.night()
    let before = try await story.lines()
    try story.damage(segment: 1)
    try await story.recordDamage()
    let report = try await story.night()
    #expect(report.failure == nil && report.total(\.damaged) == 0 && report.damages == [])
    #expect(report.total(\.copied) == 5)
    #expect(story.warnings.all == [])
    #expect(try await story.lines() == before)
    let check = try await story.check()
    #expect(check.findings == [] && check.healed.count == 1)
    #expect(try await ArchiveCheck(at: story.path).run(.messages).findings == [])
    let again = try await story.night()
    #expect(again.total(\.copied) == 0 && again.mailboxes.allSatisfy { $0.wasUnchanged })
    #expect(try await story.lines() == before)
  }

  @Test(arguments: [VerifyLevel.headers, .bytes])
  func isComparedAndWhatCannotBeReadIsToldOnce(_ level: VerifyLevel) async throws {
    let story = try ArchiveStory(letters: 2)
    _ = try await story.night()
    try story.damage(segment: 1)
    #expect(try await story.compare(level) == [.missing, .missing])
  }

  @Test func takesDamagedMailAgainInItsPlaceUnderAnotherUIDValidity() async throws {
    let story = try ArchiveStory(letters: 2)
    #expect(try await story.night().total(\.copied) == 2)
    let whole = try await story.lines()
    story.source.renumber(.inbox)
    try story.damage(segment: 1)
    try await story.recordDamage()
    _ = try await story.night()
    let lines = try await story.lines()
    #expect(lines == whole)
    let next = try await story.night()
    #expect(next.total(\.copied) == 0 && next.total(\.damaged) == 0)
    #expect(try await story.lines() == whole)
  }

  /// Where keys may change, a mail that is wanted again is not known by the record of an equal one
  /// whose copy is as damaged.
  @Test func takesDamagedMailAgainThoughAnEqualOneIsGone() async throws {
    let story = try ArchiveStory(hasModSeq: false, letters: 1, traits: .keysMayChange)
    story.deliver(0)
    #expect(try await story.night().total(\.copied) == 2)
    story.source.expunge([UID(1)], in: .inbox)
    try story.damage(segment: 1)
    try await story.recordDamage()
    #expect(try await story.night().total(\.copied) == 1)
    #expect(try await story.lines().contains("INBOX body 0 there"))
  }

  /// An older archive is put back, in which one mail cannot be read: that may be the lost one.
  @Test func takesAtOnceAgainWhatMayBeInAnOlderArchive() async throws {
    let story = try ArchiveStory(letters: 1)
    #expect(try await story.night().total(\.copied) == 1)
    story.source.expunge([UID(1)], in: .inbox)
    try story.damage(segment: 1)
    try await story.recordDamage()
    try story.backUp()
    story.deliver(1)
    #expect(try await story.night().total(\.copied) == 1)
    try story.putBack()
    #expect(try await story.night().total(\.copied) == 1)
    let lines = try await story.lines()
    #expect(lines.contains("INBOX body 1 there"))
    #expect(try await story.night().total(\.copied) == 0)
    #expect(try await story.lines() == lines)
  }

  @Test func goesOnTellingWhatTheSourceDoesNotHave() async throws {
    let story = try ArchiveStory()
    _ = try await story.night()
    try story.damage(segment: 1)
    try await story.recordDamage()
    let gone = try story.hide([2])
    for _ in 1...2 {
      let report = try await story.night()
      #expect(report.failure == nil && report.total(\.damaged) == 1)
    }
    #expect(try await story.check().isClean == false)
    try story.show(gone)
    #expect(try await story.night().total(\.damaged) == 0)
    #expect(try await story.lines().allSatisfy { $0.hasSuffix("there") })
    #expect(try await story.check().isClean)
  }

  @Test func goesOnTellingOfAFolderThatTheSourceHasNoLonger() async throws {
    let story = try ArchiveStory(letters: 0)
    let work = MailboxName(wire: "Work")
    story.source.create(work)
    story.deliver(1, to: work)
    _ = try await story.night()
    try story.damage(segment: 1)
    try await story.recordDamage()
    story.source.remove(work)
    for _ in 1...2 {
      let report = try await story.night()
      #expect(report.failure == nil && report.total(\.damaged) == 1)
    }
  }

  @Test func noticesDamageBeforeItGoesOnWriting() async throws {
    let story = try ArchiveStory()
    _ = try await story.night()
    try story.damage(segment: 1)
    story.deliver(9)
    let report = try await story.night()
    #expect(report.failure == nil && report.total(\.copied) == 1)
    #expect(report.damages.count == 1)
    // What is lost is on record by now, so the next run takes it again.
    let next = try await story.night()
    #expect(next.total(\.copied) == 5 && next.damages == [] && next.total(\.damaged) == 0)
    #expect(try await story.check().isClean)
    #expect(try await story.lines().count == 6)
  }

  @Test(arguments: ["HEAD", "SHA256SUMS", "catalog.sqlite"])
  func noticesDamageOfWhatItMakesAgain(file: String) async throws {
    let story = try ArchiveStory()
    _ = try await story.night()
    if file == "SHA256SUMS" {
      let line = String(repeating: "0", count: 64) + "  segments/2020/00000001.mbox.gz\n"
      try Data(line.utf8).write(to: URL(fileURLWithPath: story.path + "/" + file))
    } else {
      try story.change(file) { bytes in bytes[0] ^= 1 }
    }
    #expect(try await story.night().damages.count == 1)
    #expect(try await story.night().damages == [])
    #expect(try await story.check().isClean)
  }

  @Test(arguments: [false, true])
  func aNewJobWorksBesideOneDamagedMail(isOnRecord: Bool) async throws {
    let story = try ArchiveStory()
    _ = try await story.night()
    let before = try await story.lines()
    try story.damage(segment: 1)
    if isOnRecord { try await story.recordDamage() }
    story.journal = MemoryJournal()
    let report = try await story.night()
    #expect(report.failure == nil && report.total(\.pending) == 0)
    #expect(report.damages.isEmpty == isOnRecord)
    for _ in 1...2 { _ = try await story.night() }
    #expect(try await story.lines() == before)
    #expect(try await story.check().isClean)
  }

  @Test func equalMessagesStayAsManyAsTheyAre() async throws {
    let story = try ArchiveStory(letters: 2)
    story.deliver(1)
    story.deliver(1, to: MailboxName(wire: "Work"))
    _ = try await story.night()
    let before = try await story.lines()
    try story.damage(segment: 1)
    try await story.recordDamage()
    story.deliver(1)
    _ = try await story.night()
    #expect(try await story.lines() == (before + ["INBOX body 1 there"]).sorted())
    #expect(try await story.night().total(\.copied) == 0)
    #expect(try await story.check().isClean)
  }

  @Test func takesAFileThatCameFromACopyForWhole() async throws {
    let story = try ArchiveStory()
    _ = try await story.night()
    try story.damage(segment: 1)
    try await story.recordDamage()
    _ = try story.hide([1])
    try story.damage(segment: 1)
    let report = try await story.night()
    #expect(report.total(\.damaged) == 0 && report.total(\.copied) == 0)
    #expect(try await story.check().isClean)
  }

  @Test func killedAtAnyStepItMakesNoSecondCopy() async throws {
    func prepared() async throws -> ArchiveStory {
      let story = try ArchiveStory(letters: 3)
      _ = try await story.night()
      try story.damage(segment: 1)
      try await story.recordDamage()
      return story
    }
    let counting = CrashPoint()
    let whole = try await prepared()
    _ = try await whole.night(dyingAt: counting)
    let expected = try await whole.lines()
    #expect(expected.count == 3 && counting.steps > 4)
    for step in 1...counting.steps {
      let story = try await prepared()
      let crash = CrashPoint(at: step)
      _ = try? await story.night(dyingAt: crash)
      for _ in 1...2 {
        let report = try await story.night()
        #expect(report.failure == nil, "step \(step): \(crash.lastStep)")
      }
      #expect(try await story.lines() == expected, "step \(step): \(crash.lastStep)")
      #expect(try await story.check().isClean, "step \(step): \(crash.lastStep)")
    }
  }
}
