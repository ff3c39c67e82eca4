// mailmove: the one way into an archive that is written.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import SyncEngine

/// Holds the one writer of an archive for all lanes of a run, from the first that needs it to the
/// end of the run.
package actor ArchiveDoor {
  package nonisolated let place: ArchivePlace
  /// nil where no ledger knows of an archive there; then one is made.
  private let expected: ArchiveExpectation?
  private let note: Noting
  private var writer: ArchiveWriter?
  /// Damage that was met and was not on record, as far as the archive was used.
  package private(set) var damages: [ArchiveDamage] = []
  private var isOpening = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// A commit's bytes at most: half of what a lane may hold, so that the source need not wait.
  private static let commitBytes = 16 << 20

  /// Is told how far the archive is, before anything is asked of it and after everything; and
  /// whether it has all that was put into it earlier.
  package typealias Noting =
    @Sendable (_ mark: ArchiveMark, _ isContinuous: Bool) async throws -> Void

  /// How the writer is had.
  typealias Opening =
    @Sendable (_ limits: CommitLimits) async throws(ArchiveError) -> ArchiveWriter
  private let opening: Opening

  package init(
    _ place: ArchivePlace, expecting expected: ArchiveExpectation? = nil,
    note: @escaping Noting = { _, _ in }
  ) {
    self.init(place, expecting: expected, note: note) { limits throws(ArchiveError) in
      try await ArchiveWriter.open(
        at: place.path, createIfMissing: expected == nil, limits: limits)
    }
  }

  init(
    _ place: ArchivePlace, expecting expected: ArchiveExpectation? = nil,
    note: @escaping Noting = { _, _ in }, opening: @escaping Opening
  ) {
    self.place = place
    self.expected = expected
    self.note = note
    self.opening = opening
  }

  /// The writer; opens the archive, or makes it, for the first one who asks.
  ///
  /// Throws `archiveNotMounted` where the one that a ledger is about is not there.
  func open() async throws -> ArchiveWriter {
    while isOpening { await withCheckedContinuation { waiting.append($0) } }
    if let writer { return writer }
    isOpening = true
    defer {
      isOpening = false
      for continuation in waiting { continuation.resume() }
      waiting = []
    }
    try expected?.insist(on: place)
    let opening = opening
    let opened = try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      var limits = CommitLimits()
      limits.bytes = Self.commitBytes
      return try await opening(limits)
    }
    do {
      let isContinuous = try await expected?.isContinued(by: opened, place) ?? true
      try await note(try await mark(of: opened), isContinuous)
    } catch {
      await opened.abandon()
      throw error
    }
    writer = opened
    return opened
  }

  private func mark(of writer: ArchiveWriter) async throws(SyncError) -> ArchiveMark {
    try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      ArchiveMark(try await writer.identity(), try await writer.position())
    }
  }

  /// Ends the work on the archive: commits, seals, writes the head. nil if it was never opened.
  ///
  /// Throws `SyncError`; the lock is given back in any case.
  package func close() async throws -> ArchiveHead? {
    guard let writer else { return nil }
    self.writer = nil
    let identity = try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      try await writer.identity()
    }
    let closed: Result<ArchiveHead, ArchiveError>
    do throws(ArchiveError) { closed = .success(try await writer.close()) } catch {
      closed = .failure(error)
    }
    damages = await writer.damages()
    let head = try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      try closed.get()
    }
    try await note(ArchiveMark(identity, head.position), true)
    return head
  }
}
