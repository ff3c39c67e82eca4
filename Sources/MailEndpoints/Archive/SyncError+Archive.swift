// mailmove: what an archive's errors mean for a run.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailWire
import SyncEngine

extension SyncError {
  /// An archive's error; what the disk could not write ends the run, and the next one recovers.
  package init(_ error: ArchiveError, side: Side) {
    let (cause, scope, remedy, hint) = Self.meaning(of: error)
    self.init(
      cause, scope: scope, remedy: remedy, side: side, detail: Self.detail(of: error), hint: hint)
  }

  private static func meaning(of error: ArchiveError) -> (Cause, Scope, Remedy, String?) {
    switch error {
    case .notFound: (.archiveMissing, .endpoint, .stop, nil)
    case .notAnArchive:
      (
        .archiveMissing, .endpoint, .stop,
        "give another folder; if this was an archive, 'mailmove archive salvage' reads its mail"
      )
    case .displaced:
      (
        .archiveNotMounted, .endpoint, .stop,
        "see that the right archive is there, then run the same command again; what this run did "
          + "not put on record is moved then"
      )
    case .occupied: (.archiveMissing, .endpoint, .stop, "give another folder")
    case .locked: (.archiveLocked, .endpoint, .stop, nil)
    case .newer: (.archiveNewer, .endpoint, .stop, nil)
    case .damaged: (.archiveDamaged, .endpoint, .stop, nil)
    case .catalogDamaged:
      (
        .archiveDamaged, .endpoint, .stop,
        "remove \(ArchiveLayout.catalog); it is made again from the journal"
      )
    case .diskFull, .notExported(.diskFull): (.diskFull, .run, .stop, nil)
    case .notExported: (.exportFailed, .run, .stop, nil)
    case .readOnly: (.archiveFailed, .run, .stop, "check the owner and the mount of the folder")
    case .io, .catalog, .closed: (.archiveFailed, .run, .stop, nil)
    case .noSuchMessage, .noSuchFolder, .folderFull: (.mailboxRefused, .mailbox, .stop, nil)
    case .unfaithful: (.messageRefused, .message, .skip, nil)
    }
  }

  /// What the sentence of the cause does not say yet.
  private static func detail(of error: ArchiveError) -> String {
    switch error {
    case .notFound(let path), .locked(let path), .diskFull(let path): path
    case .notAnArchive(let path, let detail): "\(path): \(detail)"
    case .newer(let detail): detail
    case .damaged(let damage): "\(damage)"
    case .catalog(let detail), .catalogDamaged(let detail): "its catalog: \(detail)"
    case .notExported(let error): detail(of: error)
    case .displaced, .readOnly, .io, .noSuchMessage, .noSuchFolder, .folderFull, .unfaithful,
      .occupied, .closed:
      error.description
    }
  }

  /// Runs something on an archive and throws its errors as ours.
  package static func fromArchive<Result>(
    _ side: Side, _ body: () async throws(ArchiveError) -> Result
  ) async throws(SyncError) -> Result {
    do throws(ArchiveError) { return try await body() } catch { throw SyncError(error, side: side) }
  }
}
