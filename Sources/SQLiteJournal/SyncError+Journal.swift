// mailmove: failures of the ledger as errors the engine knows.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import SyncEngine

extension SyncError {
  /// A failure of the ledger: it stops the run, and the file stays as it is.
  static func journal(
    _ cause: Cause, _ detail: String, hint: String? = nil, key: SourceKey? = nil
  ) -> SyncError {
    SyncError(
      cause, scope: .run, remedy: .stop, side: .local, key: key, detail: detail, hint: hint)
  }

  /// The file is no ledger, or no longer one.
  static func journalDamaged(_ path: String, _ detail: String) -> SyncError {
    journal(
      .journalFailed, "\(path): \(detail)",
      hint: "the file was left untouched; restore it from a backup, or move it aside: "
        + "the next run then compares with the target before it copies")
  }

  /// What a system call on a file of the ledger said, by its `errno`.
  static func journal(errno code: Int32, at path: String) -> SyncError {
    let detail = "\(path): \(String(cString: strerror(code)))"
    switch code {
    case ENOSPC, EDQUOT: return journal(.diskFull, detail)
    case EMFILE, ENFILE: return journal(.systemRefused, detail)
    default: return journal(.stateUnwritable, detail)
    }
  }

  /// Anything thrown while the ledger was in use.
  ///
  /// Only SQLite's message is taken over, never a statement with its values (invariant 12).
  static func journal(_ error: any Error, at path: String) -> SyncError {
    guard let failure = error as? DatabaseError else { return from(error) }
    let message = failure.message ?? "SQLite result \(failure.extendedResultCode.rawValue)"
    switch failure.resultCode {
    case .SQLITE_FULL:
      return journal(.diskFull, path)
    case .SQLITE_IOERR where JournalFile.hasNoRoom(path):
      return journal(.diskFull, path)
    case .SQLITE_CANTOPEN where !JournalFile.canOpenMore:
      return journal(errno: EMFILE, at: path)
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
      return journal(.stateUnwritable, "\(path): \(message)")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return journal(.journalLocked, "another program has \(path) open")
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      return journalDamaged(path, message)
    case .SQLITE_CONSTRAINT, .SQLITE_MISUSE, .SQLITE_RANGE, .SQLITE_MISMATCH:
      return journal(.internalFault, message)
    default:
      return journal(.journalFailed, "\(path): \(message)")
    }
  }
}
