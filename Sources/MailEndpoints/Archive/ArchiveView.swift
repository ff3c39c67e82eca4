// mailmove: looking at an archive that is a target.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailWire
import SyncEngine

/// One account of an archive to look at before or after a run; makes nothing and takes no lock.
///
/// An archive or an account that is not there yet has no mailboxes.
package struct ArchiveView: ArchiveReading, TargetView {
  package let place: ArchivePlace
  private let opened: ArchiveReader?
  package let account: AccountID?

  package var reader: ArchiveReader {
    get throws {
      guard let opened else {
        throw SyncError(.archiveMissing, scope: .endpoint, remedy: .stop, side: place.side)
      }
      return opened
    }
  }

  /// Throws `SyncError`, `archiveNotMounted` where the one that a ledger is about is not there.
  ///
  /// - Parameter label: the account's name in the archive.
  package static func connect(
    _ place: ArchivePlace, expecting expected: ArchiveExpectation? = nil, label: String
  ) async throws -> ArchiveView {
    try expected?.insist(on: place)
    let reader: ArchiveReader
    do throws(ArchiveError) { reader = try ArchiveReader.open(at: place.path) } catch {
      guard case .notFound = error else { throw SyncError(error, side: place.side) }
      return ArchiveView(place: place, opened: nil, account: nil)
    }
    let accounts = try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      try await reader.accounts()
    }
    return ArchiveView(
      place: place, opened: reader, account: accounts.first { $0.label.isExactly(label) }?.id)
  }

  package func limits() async -> TargetLimits { TargetLimits() }

  package func quota() async throws -> Quota? { nil }

  package func close() async { try? opened?.close() }
}
