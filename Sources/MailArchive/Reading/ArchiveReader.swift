// mailmove: reading an archive.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import MailWire

/// Reads an archive; takes no lock and changes nothing.
///
/// What it shows is the archive as of one commit, or, from a writer's own reader, as of the last
/// one. Every function throws `ArchiveError`.
package final class ArchiveReader: Sendable {
  package let identity: ArchiveIdentity
  package let storage: any Storage
  private let catalog: Catalog
  private let cache = MemberCache()

  /// Bytes of text in one member that are believed.
  private static let memberTextMax = Int(UInt32.max)
  /// Bytes of an entry from which on it is held once only, which takes longer to read.
  private let largeEntry: Int64
  /// Those that a writer makes without their text: only they have always kept their line ends.
  static let largeEntryUsually = Int64(CommitLimits().largeMessage)

  init(
    identity: ArchiveIdentity, storage: any Storage, catalog: Catalog,
    largeEntry: Int64 = largeEntryUsually
  ) {
    self.identity = identity
    self.storage = storage
    self.catalog = catalog
    self.largeEntry = largeEntry
  }

  /// Opens an archive for reading, also while a writer is at work.
  ///
  /// Without a usable catalog it reads the journal, which takes a moment for a large archive.
  ///
  /// - Parameter catalog: the SQLite file, if it is not in the archive.
  package static func open(
    at path: String, catalog: String? = nil
  ) throws(ArchiveError) -> ArchiveReader {
    let storage = DiskStorage(root: path)
    return try open(storage, catalog: .file(catalog ?? storage.full(ArchiveLayout.catalog)))
  }

  /// The same on any storage.
  static func open(
    _ storage: any Storage, catalog: Catalog.Place, largeEntry: Int64 = largeEntryUsually
  ) throws(ArchiveError) -> ArchiveReader {
    let identity = try ArchiveIdentity.read(from: storage)
    let opening = CatalogOpening(storage: storage, archive: identity.uuid, place: catalog)
    return ArchiveReader(
      identity: identity, storage: storage, catalog: try opening.openForReading(),
      largeEntry: largeEntry)
  }

  private func ask<T: Sendable>(
    _ query: @escaping @Sendable (Database) throws -> T
  ) async throws(ArchiveError) -> T {
    let result: Result<T, any Error>
    do { result = .success(try await catalog.database.read(query)) } catch {
      result = .failure(error)
    }
    return try ArchiveError.fromCatalog { try result.get() }
  }

  // MARK: What there is

  package func accounts() async throws(ArchiveError) -> [ArchiveAccount] {
    try await ask { db in try CatalogQuery.accounts(db) }
  }

  /// The folders of an account, or of all accounts, in the order they were made.
  package func folders(
    of account: AccountID? = nil
  ) async throws(ArchiveError) -> [ArchiveFolder] {
    try await ask { db in try CatalogQuery.folders(of: account, db) }
  }

  /// Number and bytes of the messages in a folder; those that vanished at the source count only if
  /// that is asked for.
  package func extent(
    of folder: ArchiveFolder, includingGone: Bool = false
  ) async throws(ArchiveError) -> FolderExtent {
    try await extent(of: folder, showing: includingGone ? .everything : .present)
  }

  /// Number and bytes of the messages in a folder that a choice shows.
  package func extent(
    of folder: ArchiveFolder, showing choice: PlacementChoice
  ) async throws(ArchiveError) -> FolderExtent {
    try await ask { db in try CatalogQuery.extent(of: folder, choice, db) }
  }

  package func segments() async throws(ArchiveError) -> [ArchiveSegment] {
    try await ask { db in try CatalogQuery.segments(db) }
  }

  /// The commit that this reader shows; nil if the catalog cannot tell.
  package func position() async throws(ArchiveError) -> JournalPosition? {
    try await ask { db in try CatalogMeta.position(in: db) }
  }

  /// Messages of a folder with UIDs above `uid`, ascending; at most `limit` of them.
  package func placements(
    in folder: ArchiveFolder, after uid: UInt32 = 0, limit: Int = 10_000,
    includingGone: Bool = false
  ) async throws(ArchiveError) -> [ArchivePlacement] {
    try await placements(
      in: folder, after: uid, limit: limit, showing: includingGone ? .everything : .present)
  }

  /// The same of those that a choice shows.
  package func placements(
    in folder: ArchiveFolder, after uid: UInt32, limit: Int, showing choice: PlacementChoice
  ) async throws(ArchiveError) -> [ArchivePlacement] {
    try await ask { db in
      try CatalogQuery.placements(in: folder, after: uid, limit: limit, choice, db)
    }
  }

  /// UIDs of a folder that have vanished at the source, ascending; of a writer's own reader only.
  package func vanished(in folder: ArchiveFolder) async throws(ArchiveError) -> [UInt32] {
    try await ask { db in try CatalogQuery.vanished(in: folder, db) }
  }

  /// UIDs of a folder whose bytes are on record as wrong, ascending.
  package func damaged(in folder: ArchiveFolder) async throws(ArchiveError) -> [UInt32] {
    try await ask { db in try CatalogQuery.damaged(in: folder, db) }
  }

  /// Whether damage of a segment is on record, and perhaps healed.
  package func knowsDamage(of segment: ArchiveSegment) async throws(ArchiveError) -> Bool {
    try await ask { db in try CatalogQuery.knowsDamage(of: segment, db) }
  }

  /// One message of a folder; nil if there never was one with that UID.
  package func placement(_ key: PlacementKey) async throws(ArchiveError) -> ArchivePlacement? {
    try await ask { db in try CatalogQuery.placement(key, db) }
  }

  /// The UID of a message of a POP3 source by its unique-id; nil if it is not here.
  package func uid(of uidl: String, in folder: FolderID) async throws(ArchiveError) -> UInt32? {
    try await ask { db in try CatalogQuery.uid(of: uidl, in: folder, db) }
  }

  /// Messages in the order they were stored, behind the one with the number `id`.
  package func messages(
    after id: Int64 = 0, limit: Int = 10_000
  ) async throws(ArchiveError) -> [StoredMessage] {
    try await ask { db in try CatalogQuery.messages(after: id, limit: limit, db) }
  }

  /// The number of the message with exactly these bytes, if it is here and whole.
  package func message(
    with digest: SHA256Digest, size: Int64
  ) async throws(ArchiveError) -> Int64? {
    try await ask { db in try CatalogQuery.message(with: digest, size: size, db) }
  }

  /// A message by the SHA-256 of its bytes, whole or not; nil if it never was here.
  package func storedMessage(
    with digest: SHA256Digest
  ) async throws(ArchiveError) -> StoredMessage? {
    try await ask { db in try CatalogQuery.storedMessage(with: digest, db) }
  }

  /// Every place that the message with the number `id` was put into, vanished ones too.
  package func placements(
    ofMessage id: Int64
  ) async throws(ArchiveError) -> [ArchivePlacement] {
    try await ask { db in try CatalogQuery.placements(ofMessage: id, db) }
  }

  // MARK: Bytes

  /// The exact bytes of a message.
  ///
  /// Throws `damaged` if they are not what was stored, never returns other bytes.
  package func bytes(of message: StoredMessage) throws(ArchiveError) -> [UInt8] {
    let entry = try entry(of: message)
    guard entry.digest == message.digest, Int64(entry.message.count) == message.size else {
      throw damaged(message, "another message is in its place")
    }
    return entry.message
  }

  /// A message with what the segment itself says about it.
  package func entry(of message: StoredMessage) throws(ArchiveError) -> ArchiveEntry {
    let place = message.place
    let isLarge = place.at == 0 && place.length >= largeEntry
    let text = try isLarge ? largeMemberText(of: message) : memberText(of: message)
    guard let at = Int(exactly: place.at), let length = Int(exactly: place.length),
      at >= 0, length >= 0, at <= text.count, length <= text.count - at
    else { throw damaged(message, "its member is too short") }
    do {
      if isLarge { return try ArchiveEntry.decode(first: consume text) }
      return try ArchiveEntry.decode(text[at..<(at + length)])
    } catch {
      throw damaged(message, "its entry is \(error)")
    }
  }

  private func memberText(of message: StoredMessage) throws(ArchiveError) -> [UInt8] {
    let place = message.place
    let key = MemberCache.Key(segment: place.segment, offset: place.offset)
    if let text = cache.text(for: key) { return text }
    let text = try memberText(of: message) { length in
      let bytes = try storage.read(message.segmentPath, at: place.offset, count: length)
      return try GzipMember(whole: bytes[...], limit: Self.memberTextMax)
    }
    cache.remember(text, for: key)
    return text
  }

  private func largeMemberText(of message: StoredMessage) throws(ArchiveError) -> [UInt8] {
    try memberText(of: message) { length in
      try GzipMember(length: length, limit: Self.memberTextMax) { offset, count in
        try storage.read(
          message.segmentPath, at: message.place.offset + Int64(offset), count: count)
      }
    }
  }

  private func memberText(
    of message: StoredMessage, read: (_ length: Int) throws -> GzipMember
  ) throws(ArchiveError) -> [UInt8] {
    guard try storage.status(of: message.segmentPath) != nil else {
      throw damaged(message, "its segment is missing")
    }
    guard let length = Int(exactly: message.place.compressedLength), length > 0,
      message.place.offset >= 0
    else { throw damaged(message, "its place makes no sense") }
    do {
      let member = try read(length)
      guard member.kind == .mail else { throw GzipMember.Failure.foreign }
      return member.text
    } catch let error as ArchiveError {
      throw error
    } catch {
      throw damaged(message, "its member is \(error)")
    }
  }

  private func damaged(_ message: StoredMessage, _ detail: String) -> ArchiveError {
    .damaged(
      ArchiveDamage(
        .message, path: message.segmentPath, offset: message.place.offset,
        "message \(message.id): \(detail)"))
  }

  /// Closes the catalog; a writer's own reader must not do that.
  package func close() throws(ArchiveError) { try catalog.close() }
}
