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
  }

  private let folder: WorldFolder
  private let state = Mutex(State())

  static let label = "anna@example.org"

  init(in folder: WorldFolder) { self.folder = folder }

  private var path: String { folder.path + "/archive" }
  private var away: String { folder.path + "/away" }
  private var backup: String { folder.path + "/backup" }

  var isMounted: Bool { state.withLock { $0.isMounted } }

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

  func view(_ journal: any Journal) async throws -> ArchiveView {
    try await ArchiveView.connect(
      place, expecting: try await expectation(journal), label: Self.label)
  }

  /// What `archive ls` shows, as an account would hold it.
  func contents() async throws -> [MailboxName: FakeAccount.Box] {
    guard FileManager.default.fileExists(atPath: path + "/" + ArchiveLayout.identity) else {
      return [:]
    }
    let reader = try ArchiveReader.open(at: path)
    defer { try? reader.close() }
    var boxes: [MailboxName: FakeAccount.Box] = [:]
    for (number, folder) in try await reader.folders().enumerated() {
      var box = FakeAccount.Box(uidValidity: UIDValidity(Int64(folder.uidValidity)))
      box.nextUID = folder.uidNext
      for placement in try await reader.placements(in: folder) {
        guard let bytes = try? reader.bytes(of: placement.message) else { continue }
        var message = FakeAccount.StoredMessage(
          bytes: bytes, flags: placement.flags, date: placement.internalDate, author: .mailmove)
        message.token = (number + 1) * 100_000 + Int(placement.key.uid)
        box.messages[UID(placement.key.uid)] = message
      }
      boxes[MailboxName(folder)] = box
    }
    return boxes
  }

  // MARK: What becomes of the disk

  /// Leaves an empty folder where the archive was; false if it is not mounted, or no run has closed
  /// it yet, so that no ledger need know of it.
  func unmount() -> Bool {
    state.withLock { state in
      guard state.isMounted, FileManager.default.fileExists(atPath: path + "/" + ArchiveLayout.head)
      else { return false }
      move(path, to: away)
      try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      state.isMounted = false
      return true
    }
  }

  func mount() -> Bool {
    state.withLock { state in
      guard !state.isMounted else { return false }
      move(away, to: path)
      state.isMounted = true
      return true
    }
  }

  func backUp() -> Bool {
    state.withLock { state in
      guard state.isMounted, FileManager.default.fileExists(atPath: path) else { return false }
      try? FileManager.default.removeItem(atPath: backup)
      try? FileManager.default.copyItem(atPath: path, toPath: backup)
      state.hasBackup = true
      return true
    }
  }

  func restore() -> Bool {
    state.withLock { state in
      guard state.isMounted, state.hasBackup else { return false }
      try? FileManager.default.removeItem(atPath: path)
      try? FileManager.default.copyItem(atPath: backup, toPath: path)
      return true
    }
  }

  private func move(_ path: String, to other: String) {
    try? FileManager.default.removeItem(atPath: other)
    try? FileManager.default.moveItem(atPath: path, toPath: other)
  }
}
