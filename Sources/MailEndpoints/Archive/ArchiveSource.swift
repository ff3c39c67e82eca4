// mailmove: an archive to read from.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailWire
import SyncEngine

/// One account of an archive to read from; nothing is locked and nothing changed.
package struct ArchiveSource: ArchiveReading {
  package let place: ArchivePlace
  package let reader: ArchiveReader
  private let id: AccountID

  package var account: AccountID? { id }

  /// A damaged message is shown: whoever asks for it is told.
  package var shown: PlacementChoice { PlacementChoice(vanished: place.vanished) }

  /// Mail that was moved away and back is there under another UID, and is the same mail.
  package var traits: MailboxSnapshot.Traits { [.messagesMayReturn] }

  /// The listing says nothing of HIGHESTMODSEQ, so that every folder is listed: an older copy that
  /// was put back and filled again may have come to the same numbers with other mail (invariant
  /// 13). Its messages are then known by their digests (invariant 14).
  package func mailboxes() async throws -> MailboxListing {
    var listing = try await listing()
    for index in listing.mailboxes.indices {
      listing.mailboxes[index].status?.highestModSeq = nil
    }
    return listing
  }

  /// Opens an archive and chooses the account.
  ///
  /// Throws `SyncError`, also when it is not clear which account is meant.
  package static func connect(_ place: ArchivePlace) async throws -> ArchiveSource {
    let (reader, account) = try await open(place)
    return ArchiveSource(place: place, reader: reader, id: account.id)
  }

  /// How the account that is meant is called, and will be called in another archive.
  ///
  /// Throws `SyncError`, also when it is not clear which account is meant.
  package static func label(at place: ArchivePlace) async throws -> String {
    let (reader, account) = try await open(place)
    try? reader.close()
    return account.label
  }

  private static func open(_ place: ArchivePlace) async throws -> (ArchiveReader, ArchiveAccount) {
    let (reader, accounts) = try await SyncError.fromArchive(place.side) {
      () throws(ArchiveError) in
      let reader = try ArchiveReader.open(at: place.path)
      return (reader, try await reader.accounts())
    }
    let labels = accounts.map(\.label).joined(separator: ", ")
    if let wanted = place.account {
      let twins = PathTwins(accounts.map(\.label))
      guard let found = accounts.first(where: { twins.isMeant($0.label, by: wanted) }) else {
        throw SyncError(
          .archiveMissing, scope: .endpoint, remedy: .stop, side: place.side,
          detail: "no account \(wanted) in it", hint: "it holds: \(labels)")
      }
      return (reader, found)
    }
    guard let only = accounts.first, accounts.count == 1 else {
      throw SyncError(
        .archiveMissing, scope: .endpoint, remedy: .stop, side: place.side,
        detail: accounts.isEmpty ? "it holds no account" : "it holds several accounts",
        hint: accounts.isEmpty ? nil : "choose one with --source-account: \(labels)")
    }
    return (reader, only)
  }

  package func close() async { try? reader.close() }
}
