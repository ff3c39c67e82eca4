// mailmove: reading an archive like an account.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailWire
import SyncEngine
import Synchronization

/// Reads one account of an archive; source and target read alike.
///
/// A target shows messages that vanished at the server they came from as well: an archive keeps
/// them. A source shows as many of them as is wanted.
package protocol ArchiveReading: MailSource {
  var place: ArchivePlace { get }
  var reader: ArchiveReader { get throws }
  /// nil when the archive does not have the account yet.
  var account: AccountID? { get async throws }
  /// Which messages there are to be seen.
  var shown: PlacementChoice { get }
  /// What its listings are not good for.
  var traits: MailboxSnapshot.Traits { get }
  /// A message was asked for and its bytes are wrong.
  func note(_ damage: ArchiveDamage, of message: StoredMessage) async throws
}

extension ArchiveReading {
  /// Of a target: a copy that is known to be damaged is none.
  package var shown: PlacementChoice {
    PlacementChoice(vanished: .all, includesDamaged: false)
  }
  package var traits: MailboxSnapshot.Traits { [] }
  package func note(_ damage: ArchiveDamage, of message: StoredMessage) async throws {}
}

extension ArchiveReading {
  package func mailboxes() async throws -> MailboxListing { try await listing() }

  func listing() async throws -> MailboxListing {
    var mailboxes: [Mailbox] = []
    for folder in try await folders() {
      mailboxes.append(Mailbox(folder, try await status(of: folder)))
    }
    return MailboxListing(
      mailboxes: mailboxes, rootDelimiter: UInt8(ascii: "/"), family: .archive)
  }

  package func status(of mailbox: MailboxName) async throws -> MailboxStatus {
    try await status(of: folder(mailbox))
  }

  /// Always all of it: listing an archive costs a query.
  package func snapshot(of mailbox: MailboxName, since checkpoint: SourceCheckpoint?) async throws
    -> MailboxSnapshot
  {
    let folder = try await folder(mailbox)
    let status = try await status(of: folder)
    var entries: [Entry] = []
    var digests: [SHA256Digest] = []
    try await forEachPlacement(in: folder) { placement in
      entries.append(Entry(placement))
      // A target's copies are known by their UIDs in a journal that goes on (`ArchiveExpectation`).
      if place.side == .source { digests.append(placement.message.digest) }
    }
    return MailboxSnapshot(
      status: status, extent: .complete, entries: entries, traits: traits, digests: digests)
  }

  /// Leaves out messages whose bytes are wrong: nothing can be known by them.
  package func headers(of uids: UIDSet, in mailbox: MailboxName) async throws -> [HeadedEntry] {
    let folder = try await folder(mailbox)
    var found: [HeadedEntry] = []
    for range in uids.ranges {
      try await forEachPlacement(in: folder, range) { placement in
        guard case .whole(let bytes) = try await content(of: placement) else { return }
        found.append(HeadedEntry(entry: Entry(placement), header: bytes))
      }
    }
    return found
  }

  package func fetch(_ batch: Batch, from mailbox: MailboxName) async throws -> MessageStream {
    let folder = try await folder(mailbox)
    guard batch.uidValidity == folder.imapValidity else {
      throw SyncError(
        .mailboxChanged, scope: .mailbox, remedy: .retry(after: nil), side: place.side,
        mailbox: mailbox)
    }
    let rest = Mutex(batch.entries[...])
    return MessageStream { [self] in
      while let entry = rest.withLock({ $0.popFirst() }) {
        let key = SourceKey(uidValidity: folder.imapValidity, uid: entry.uid)
        let reader = try reader
        let placement = try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
          try await reader.placement(
            PlacementKey(
              folder: folder.id, uidValidity: folder.uidValidity, uid: entry.uid.rawValue))
        }
        guard let placement else { return .vanished(key) }
        switch try await content(of: placement) {
        case .whole(let bytes):
          return .message(Message(key: key, entry: Entry(placement), bytes: bytes))
        case .pruned: return .vanished(key)
        case .damaged(let error):
          return .unreadable(key, error.at(mailbox: mailbox, key: key))
        }
      }
      return nil
    }
  }

  package func keepAlive() async throws {}

  // MARK: Folders

  func folders() async throws -> [ArchiveFolder] {
    guard let account = try await account else { return [] }
    let reader = try reader
    return try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      try await reader.folders(of: account)
    }
  }

  func folder(_ mailbox: MailboxName) async throws -> ArchiveFolder {
    guard let found = try await folders().first(where: { MailboxName($0) == mailbox }) else {
      throw SyncError(
        .mailboxMissing, scope: .mailbox, remedy: .stop, side: place.side, mailbox: mailbox)
    }
    return found
  }

  func status(of folder: ArchiveFolder) async throws -> MailboxStatus {
    let reader = try reader
    let (extent, position) = try await SyncError.fromArchive(place.side) {
      () throws(ArchiveError) in
      (try await reader.extent(of: folder, showing: shown), try await reader.position())
    }
    return MailboxStatus(
      messages: extent.messages, uidNext: UID(folder.uidNext),
      uidValidity: folder.imapValidity, highestModSeq: position?.commit,
      size: extent.bytes)
  }

  // MARK: Messages

  private static var pageSize: Int { 10_000 }

  /// The messages of a folder, a page at a time, ascending by UID.
  private func forEachPlacement(
    in folder: ArchiveFolder, _ range: ClosedRange<UInt32> = 1...UInt32.max,
    _ body: (ArchivePlacement) async throws -> Void
  ) async throws {
    let reader = try reader
    var last = max(1, range.lowerBound) - 1
    while last < range.upperBound {
      let after = last
      let page = try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
        try await reader.placements(
          in: folder, after: after, limit: Self.pageSize, showing: shown)
      }
      for placement in page where placement.key.uid <= range.upperBound {
        try await body(placement)
      }
      guard page.count == Self.pageSize, let end = page.last else { return }
      last = end.key.uid
    }
  }

  /// What is left of a message: its exact bytes, or why there are none.
  private func content(of placement: ArchivePlacement) async throws -> ArchivedContent {
    guard placement.message.state != .pruned else { return .pruned }
    let reader = try reader
    do throws(ArchiveError) { return .whole(try reader.bytes(of: placement.message)) } catch {
      guard case .damaged(let damage) = error else { throw SyncError(error, side: place.side) }
      try await note(damage, of: placement.message)
      return .damaged(SyncError(damage, scope: .message, remedy: .skip, side: place.side))
    }
  }
}

/// What is left of a message in an archive.
private enum ArchivedContent {
  case whole([UInt8])
  /// A rule removed it.
  case pruned
  case damaged(SyncError)
}

extension SyncError {
  /// Damage that an archive goes on with.
  package init(_ damage: ArchiveDamage, scope: Scope, remedy: Remedy, side: Side) {
    self.init(
      .archiveDamaged, scope: scope, remedy: remedy, side: side, detail: damage.description,
      hint: "'mailmove archive check' tells what is lost; what a source still has is taken again")
  }
}

extension Entry {
  init(_ placement: ArchivePlacement) {
    self.init(
      uid: UID(placement.key.uid), size: placement.message.size,
      internalDate: placement.internalDate, flags: placement.flags)
  }
}

extension ArchiveFolder {
  /// The archive's own UIDVALIDITY, which never changes.
  var imapValidity: UIDValidity { UIDValidity(Int64(uidValidity)) }
}
