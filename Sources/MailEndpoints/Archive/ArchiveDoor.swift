// mailmove: the one way into an archive that is written.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import SyncEngine

/// Holds the one writer of an archive for all lanes of a run, from the first that needs it to the
/// end of the run.
package actor ArchiveDoor {
  package nonisolated let place: ArchivePlace
  private var writer: ArchiveWriter?
  private var isOpening = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// A commit's bytes at most: half of what a lane may hold, so that the source need not wait.
  private static let commitBytes = 16 << 20

  /// How the writer is had.
  typealias Opening =
    @Sendable (_ limits: CommitLimits) async throws(ArchiveError) -> ArchiveWriter
  private let opening: Opening

  package init(_ place: ArchivePlace) {
    self.init(place) { limits throws(ArchiveError) in
      try await ArchiveWriter.open(at: place.path, limits: limits)
    }
  }

  init(_ place: ArchivePlace, opening: @escaping Opening) {
    self.place = place
    self.opening = opening
  }

  /// The writer; opens the archive, or makes it, for the first one who asks.
  func open() async throws -> ArchiveWriter {
    while isOpening { await withCheckedContinuation { waiting.append($0) } }
    if let writer { return writer }
    isOpening = true
    defer {
      isOpening = false
      for continuation in waiting { continuation.resume() }
      waiting = []
    }
    let opening = opening
    let opened = try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      var limits = CommitLimits()
      limits.bytes = Self.commitBytes
      return try await opening(limits)
    }
    writer = opened
    return opened
  }

  /// Ends the work on the archive: commits, seals, writes the head. nil if it was never opened.
  ///
  /// Throws `SyncError`; the lock is given back in any case.
  package func close() async throws -> ArchiveHead? {
    guard let writer else { return nil }
    self.writer = nil
    return try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      try await writer.close()
    }
  }
}
