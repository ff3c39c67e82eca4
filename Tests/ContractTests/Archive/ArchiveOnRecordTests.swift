// mailmove: an archive that a ledger knows.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailArchive
import MailTestKit
import MailWire
import SyncEngine
import Synchronization
import Testing

@testable import MailEndpoints

@Suite("An archive that a ledger knows") struct ArchiveOnRecordTests {
  private let folder: TemporaryFolder
  private let marks = Notes()

  /// What a door told.
  private final class Notes: Sendable {
    private let all = Mutex<[(mark: ArchiveMark, isContinuous: Bool)]>([])
    func note(_ mark: ArchiveMark, _ isContinuous: Bool) {
      all.withLock { $0.append((mark, isContinuous)) }
    }
    var last: ArchiveMark? { all.withLock { $0.last?.mark } }
    var continuity: [Bool] { all.withLock { $0.map(\.isContinuous) } }
  }

  init() throws { folder = try TemporaryFolder() }

  private var path: String { folder.path + "/archive" }

  private func door(
    at path: String? = nil, _ mark: ArchiveMark?, isKnown: Bool = true
  ) -> ArchiveDoor {
    ArchiveDoor(
      ArchivePlace(path: path ?? self.path, account: nil, side: .target),
      expecting: isKnown ? ArchiveExpectation(mark: mark, ledger: "/state/a.sqlite") : nil
    ) { [marks] mark, isContinuous in marks.note(mark, isContinuous) }
  }

  /// A night that puts a message into the archive; returns what is known of the archive after it.
  @discardableResult
  private func night(_ text: String, isFirst: Bool = false) async throws -> ArchiveMark {
    let door = door(marks.last, isKnown: !isFirst)
    let writer = try await door.open()
    let account = try await writer.account("anna@example.org")
    let inbox = try await writer.folder("INBOX", in: account)
    let bytes = Array("Subject: \(text)\r\n\r\n".utf8)
    _ = try await writer.stage(
      ArchiveMessage(
        bytes: bytes, digest: SHA256Digest(of: bytes), folder: inbox.id, internalDate: nil))
    _ = try await door.close()
    return try #require(marks.last)
  }

  private func error(_ body: () async throws -> Void) async throws -> SyncError {
    var caught: SyncError?
    do { try await body() } catch { caught = error as? SyncError }
    return try #require(caught)
  }

  @Test(arguments: [true, false])
  func isNeverBegunAnewWhereItIsMissing(isEmptyFolder: Bool) async throws {
    let mark = try await night("one", isFirst: true)
    try FileManager.default.removeItem(atPath: path)
    if isEmptyFolder {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
    }
    for known in [mark, nil] {
      let ofRun = try await error { _ = try await door(known).open() }
      let ofView = try await error {
        _ = try await ArchiveView.connect(
          ArchivePlace(path: path, account: nil, side: .target),
          expecting: ArchiveExpectation(mark: known, ledger: "/state/a.sqlite"), label: "a")
      }
      for error in [ofRun, ofView] {
        #expect(error.cause == .archiveNotMounted && error.hint.contains("/state/a.sqlite"))
      }
    }
    let left = try? FileManager.default.contentsOfDirectory(atPath: path)
    #expect(left == (isEmptyFolder ? [] : nil))
  }

  @Test func isNotTakenForAnother() async throws {
    let mark = try await night("one", isFirst: true)
    let other = ArchiveMark(uuid: "another", commit: mark.commit, digest: mark.digest)
    let error = try await error { _ = try await door(other).open() }
    #expect(error.cause == .archiveNotMounted && error.detail.contains("another archive"))
  }

  @Test func isKnownAsOlderWhenACopyIsPutBack() async throws {
    let copy = folder.path + "/copy"
    try await night("one", isFirst: true)
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    try await night("two")
    #expect(!marks.continuity.contains(false))
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.moveItem(atPath: copy, toPath: path)
    try await night("three")
    #expect(marks.continuity.suffix(2) == [false, true])
  }

  @Test func isTheSameAfterOthersHaveWrittenToIt() async throws {
    let mark = try await night("one", isFirst: true)
    for text in ["two", "three"] { try await night(text) }
    let door = door(mark)
    _ = try await door.open()
    #expect(marks.continuity.last == true)
    _ = try await door.close()
    let forged = ArchiveMark(
      uuid: mark.uuid, commit: mark.commit, digest: String(repeating: "0", count: 64))
    let another = self.door(forged)
    _ = try await another.open()
    #expect(marks.continuity.last == false)
    _ = try await another.close()
  }

  @Test func isTheSameElsewhere() async throws {
    let mark = try await night("one", isFirst: true)
    let elsewhere = folder.path + "/elsewhere"
    try FileManager.default.moveItem(atPath: path, toPath: elsewhere)
    let door = door(at: elsewhere, mark)
    _ = try await door.open()
    _ = try await door.close()
    #expect(marks.continuity.last == true && marks.last?.uuid == mark.uuid)
  }
}
