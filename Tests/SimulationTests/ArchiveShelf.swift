// mailmove: an archive on a disk that comes and goes.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailArchive
import MailTestKit
import MailWire
import SyncEngine
import Synchronization

@testable import MailEndpoints

/// A real archive in a folder that is mounted, unmounted, backed up and put back.
final class ArchiveShelf: Sendable {
  private struct State {
    var isMounted = true
    var hasBackup = false
    /// Where it is, and where the job looks for it: perhaps by a symbolic link.
    var home: String
    var path: String
    var moves = 0
  }

  private let folder: WorldFolder
  private let state: Mutex<State>

  static let label = "anna@example.org"

  init(in folder: WorldFolder) {
    self.folder = folder
    let home = folder.path + "/archive"
    state = Mutex(State(home: home, path: home))
  }

  /// Where the job looks for it.
  var path: String { state.withLock { $0.path } }
  /// Where it is.
  var home: String { state.withLock { $0.home } }
  private var away: String { folder.path + "/away" }
  private var backup: String { folder.path + "/backup" }

  var isMounted: Bool { state.withLock { $0.isMounted } }

  /// There is an archive that a run has closed, so that a ledger may know of it.
  var isThere: Bool {
    isMounted && FileManager.default.fileExists(atPath: path + "/" + ArchiveLayout.head)
  }

  /// Something was written where the archive is not mounted.
  var isBegunAnew: Bool {
    let names = try? FileManager.default.contentsOfDirectory(atPath: path)
    return !isMounted && names?.isEmpty == false
  }

  private var place: ArchivePlace { ArchivePlace(path: path, account: nil, side: .target) }

  /// What the ledger knows of the archive, as the program asks it before a run.
  private func expectation(_ journal: any Journal) async throws -> ArchiveExpectation? {
    try await journal.archiveMark().map { ArchiveExpectation(mark: $0, ledger: "the ledger") }
  }

  /// - Parameter record: where the mark of the archive goes on record, perhaps for the last time.
  func door(_ journal: any Journal, record: any Journal) async throws -> ArchiveDoor {
    ArchiveDoor(place, expecting: try await expectation(journal)) { mark, isContinuous in
      try await record.note(mark, isContinuous: isContinuous)
    }
  }

  func target(_ door: ArchiveDoor) async throws -> ArchiveTarget {
    try await ArchiveTarget.connect(
      door, label: Self.label, origin: try EndpointURL("imaps://anna@mail.example.org"))
  }

  /// The account in it, as a run reads it that gives it back.
  func source() async throws -> ArchiveSource {
    try await ArchiveSource.connect(ArchivePlace(path: path, account: nil, side: .source))
  }

  func view(_ journal: any Journal) async throws -> ArchiveView {
    try await ArchiveView.connect(
      place, expecting: try await expectation(journal), label: Self.label)
  }

  /// What is in an archive.
  struct Contents: Sendable {
    /// What `archive ls` shows, as an account would hold it.
    var boxes: [MailboxName: FakeAccount.Box] = [:]
    var unreadable: [Unreadable] = []
    var segments: [String: ArchiveSegment] = [:]
  }

  /// A message whose bytes cannot be had any more.
  struct Unreadable: Sendable {
    let mailbox: MailboxName
    let digest: SHA256Digest
    let segment: String
    let isOnRecord: Bool
  }

  func contents() async throws -> Contents {
    guard FileManager.default.fileExists(atPath: path + "/" + ArchiveLayout.identity) else {
      return Contents()
    }
    let reader = try ArchiveReader.open(at: path)
    defer { try? reader.close() }
    var contents = Contents()
    for segment in try await reader.segments() { contents.segments[segment.path] = segment }
    for (number, folder) in try await reader.folders().enumerated() {
      var box = FakeAccount.Box(uidValidity: UIDValidity(Int64(folder.uidValidity)))
      box.nextUID = folder.uidNext
      for placement in try await reader.placements(in: folder) {
        guard let bytes = try? reader.bytes(of: placement.message) else {
          let stored = placement.message
          contents.unreadable.append(
            Unreadable(
              mailbox: MailboxName(folder), digest: stored.digest, segment: stored.segmentPath,
              isOnRecord: stored.state == .damaged))
          continue
        }
        var message = FakeAccount.StoredMessage(
          bytes: bytes, flags: placement.flags, date: placement.internalDate, author: .mailmove)
        message.token = (number + 1) * 100_000 + Int(placement.key.uid)
        box.messages[UID(placement.key.uid)] = message
      }
      contents.boxes[MailboxName(folder)] = box
    }
    return contents
  }

  // MARK: What becomes of the disk

  /// Leaves an empty folder where the archive was; false if it is not mounted, or no run has closed
  /// it yet, so that no ledger need know of it.
  func unmount() -> Bool {
    guard isThere else { return false }
    return state.withLock { state in
      move(state.home, to: away)
      try? FileManager.default.createDirectory(
        atPath: state.home, withIntermediateDirectories: true)
      state.isMounted = false
      return true
    }
  }

  func mount() -> Bool {
    state.withLock { state in
      guard !state.isMounted else { return false }
      move(away, to: state.home)
      state.isMounted = true
      return true
    }
  }

  func backUp() -> Bool {
    state.withLock { state in
      guard state.isMounted, FileManager.default.fileExists(atPath: state.home) else {
        return false
      }
      try? FileManager.default.removeItem(atPath: backup)
      try? FileManager.default.copyItem(atPath: state.home, toPath: backup)
      state.hasBackup = true
      return true
    }
  }

  func restore() -> Bool {
    state.withLock { state in
      guard state.isMounted, state.hasBackup else { return false }
      try? FileManager.default.removeItem(atPath: state.home)
      try? FileManager.default.copyItem(atPath: backup, toPath: state.home)
      return true
    }
  }

  /// Moves it elsewhere and tells the job, which gets the new path or that of a link.
  func moveHouse(asLink: Bool) -> Bool {
    guard isThere else { return false }
    return state.withLock { state in
      state.moves += 1
      let home = folder.path + "/archive-\(state.moves)"
      move(state.home, to: home)
      (state.home, state.path) = (home, home)
      guard asLink else { return true }
      state.path = folder.path + "/link-\(state.moves)"
      try? FileManager.default.createSymbolicLink(
        atPath: state.path, withDestinationPath: home)
      return true
    }
  }

  private func move(_ path: String, to other: String) {
    try? FileManager.default.removeItem(atPath: other)
    try? FileManager.default.moveItem(atPath: path, toPath: other)
  }
}
