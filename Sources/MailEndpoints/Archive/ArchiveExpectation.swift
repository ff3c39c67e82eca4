// mailmove: which archive a ledger is about.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailWire
import SyncEngine

/// What a ledger knows of the archive that its job fills: without it nothing is begun anew.
package struct ArchiveExpectation: Sendable {
  /// nil where a ledger of an earlier format only knows that there was one.
  package let mark: ArchiveMark?
  /// Path of the ledger's file.
  package let ledger: String

  package init(mark: ArchiveMark?, ledger: String) {
    self.mark = mark
    self.ledger = ledger
  }

  /// Throws `archiveNotMounted` unless the archive that is meant is at the place.
  package func insist(on place: ArchivePlace) throws(SyncError) {
    let found: ArchiveIdentity
    do throws(ArchiveError) { found = try ArchiveIdentity.read(at: place.path) } catch {
      guard case .notFound = error else { throw SyncError(error, side: place.side) }
      throw notMounted(
        place, "there is no archive at \(place.path)",
        hint: "is its disk mounted? If it was moved, give its new path; to begin a new one, move "
          + "\(ledger) away first")
    }
    guard let mark, found.uuid != mark.uuid else { return }
    throw notMounted(
      place, "another archive is at \(place.path): it is \(found.uuid), not \(mark.uuid)",
      hint: "is the right disk mounted? If the archive was moved, give its new path; to fill the "
        + "one that is there, move \(ledger) away first")
  }

  /// Whether an archive is the one that is meant with everything that was put into it; false for
  /// an older copy that was put back.
  func isContinued(
    by writer: ArchiveWriter, _ place: ArchivePlace
  ) async throws(SyncError) -> Bool {
    guard let mark, let digest = SHA256Digest(hexadecimal: mark.digest.utf8) else { return true }
    return try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      try await writer.holds(commit: mark.commit, digest: digest)
    }
  }

  private func notMounted(
    _ place: ArchivePlace, _ detail: String, hint: String
  ) -> SyncError {
    SyncError(
      .archiveNotMounted, scope: .endpoint, remedy: .stop, side: place.side, detail: detail,
      hint: hint)
  }
}

extension ArchiveMark {
  /// The end of a commit of an archive.
  package init(_ identity: ArchiveIdentity, _ position: JournalPosition) {
    self.init(
      uuid: identity.uuid, commit: position.commit, digest: position.digest.description)
  }
}
