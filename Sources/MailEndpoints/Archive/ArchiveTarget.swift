// mailmove: an archive to put mail into.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailWire
import SyncEngine
import Synchronization

/// One account of an archive to put mail into.
///
/// A receipt is given when the archive's journal has the message on disk, which is at a commit; the
/// sync ledger records after it. So a run that dies in between finds its messages in the archive.
package final class ArchiveTarget: ArchiveReading, MailTarget {
  package let place: ArchivePlace
  package let reader: ArchiveReader
  private let writer: ArchiveWriter
  private let id: AccountID
  private let written = Mutex(Written())

  /// What was staged and is not yet known to be on disk, in order.
  private struct Written {
    var results: [AppendResult] = []
    var folders: [MailboxName: ArchiveFolder] = [:]
    /// Damaged copies whose places may be taken by a message with their bytes.
    var renewals: [Renewal: [ArchivePlacement]] = [:]
  }

  private struct Renewal: Hashable {
    let folder: FolderID
    let digest: SHA256Digest
  }

  package var account: AccountID? { id }

  /// Throws `SyncError`.
  ///
  /// - Parameters:
  ///   - label: the account's name in the archive.
  ///   - origin: where its mail comes from.
  package static func connect(_ door: ArchiveDoor, label: String, origin: EndpointURL) async throws
    -> ArchiveTarget
  {
    let writer = try await door.open()
    return try await SyncError.fromArchive(door.place.side) { () throws(ArchiveError) in
      let id = try await writer.account(
        label, proto: origin.scheme.protocolName, host: origin.host)
      _ = try await writer.commit()
      return ArchiveTarget(
        place: door.place, reader: try await writer.reader(), writer: writer, id: id)
    }
  }

  private init(
    place: ArchivePlace, reader: ArchiveReader, writer: ArchiveWriter, id: AccountID
  ) {
    self.place = place
    self.reader = reader
    self.writer = writer
    self.id = id
  }

  /// Many messages in one commit compress better and cost fewer writes to the disk.
  package var gathersFor: Duration { .milliseconds(500) }

  /// Staging is most of what a run does with an archive.
  package var executor: (any TaskExecutor)? { writer.executor }

  package func limits() async -> TargetLimits { TargetLimits() }

  package func quota() async throws -> Quota? { nil }

  package func open(_ mailbox: MappedMailbox, lastKnown: MailboxName?) async throws
    -> TargetMailbox
  {
    guard let planned = mailbox.target else {
      preconditionFailure("a mailbox that is left out is never opened")
    }
    let name = lastKnown ?? planned
    let isNew = try await !folders().contains { MailboxName($0) == name }
    let properties = FolderProperties(
      delimiter: (mailbox.targetDelimiter ?? mailbox.sourceDelimiter).map {
        String(Unicode.Scalar($0))
      },
      special: mailbox.role?.attributes.first, mailboxID: mailbox.sourceMailboxID)
    let folder = try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      let folder = try await writer.folder(name.folderName, in: id, properties)
      _ = try await writer.commit()
      return folder
    }
    // A place whose bytes are damaged counts: they may be put there again.
    let extent = try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      try await reader.extent(of: folder, showing: .everything)
    }
    written.withLock { $0.folders[MailboxName(folder)] = folder }
    return TargetMailbox(
      name: MailboxName(folder), uidValidity: folder.imapValidity,
      uidNext: UID(folder.uidNext), messages: extent.messages, permanentFlags: .everything,
      wasCreated: isNew)
  }

  package func append(_ message: Message, to mailbox: TargetMailbox) async throws
    -> [AppendResult]
  {
    let folder = try await openFolder(mailbox)
    let dated = Appendable(message, .everything)
    let letter = ArchiveMessage(
      bytes: message.bytes, digest: message.digest, folder: folder.id, internalDate: dated.date,
      flags: message.entry.flags,
      source: SourceUID(
        uidValidity: message.key.uidValidity.rawValue, uid: Int64(message.key.uid.rawValue)))
    let renewed = renewal(of: letter)
    do throws(ArchiveError) {
      if let renewed { try await bringUpToDate(renewed, with: letter.flags) }
      let staged = try await writer.stage(letter, renewing: renewed?.key)
      let receipt = Receipt(uid: UID(staged.key.uid), concessions: dated.concessions)
      written.withLock {
        $0.results.append(AppendResult(key: message.key, verdict: .stored(receipt)))
      }
      return staged.commit == nil ? [] : takeResults()
    } catch {
      let refusal = SyncError(error, side: place.side)
      guard refusal.scope == .message else { throw refusal }
      return [AppendResult(key: message.key, verdict: .refused(refusal))]
    }
  }

  /// Takes a place that a damaged copy of the message has.
  private func renewal(of letter: ArchiveMessage) -> ArchivePlacement? {
    written.withLock {
      $0.renewals[Renewal(folder: letter.folder, digest: letter.digest)]?.popLast()
    }
  }

  /// Gives a place that stays what its message has now.
  private func bringUpToDate(
    _ placement: ArchivePlacement, with flags: FlagSet
  ) async throws(ArchiveError) {
    if placement.flags != flags { try await writer.setFlags(flags, of: placement.key) }
    if placement.goneCommit != nil {
      try await writer.markListed([placement.key.uid], in: placement.key.folder)
    }
  }

  package func settle() async throws -> [AppendResult] {
    try await commit()
    return takeResults()
  }

  package func store(_ changes: [FlagChange], in mailbox: TargetMailbox) async throws
    -> [FlagRefusal]
  {
    let folder = try await openFolder(mailbox)
    try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      for change in changes {
        let key = PlacementKey(
          folder: folder.id, uidValidity: folder.uidValidity, uid: change.uid.rawValue)
        guard let flags = try await reader.placement(key)?.flags else { continue }
        let wanted = flags.union(change.add).subtracting(change.remove)
        if wanted != flags { try await writer.setFlags(wanted, of: key) }
      }
      _ = try await writer.commit()
    }
    return []
  }

  /// An archive's folders are all there is to see.
  package func subscribe(to mailbox: TargetMailbox) async throws {}

  package var notesVanished: Bool { true }

  /// Those that are gone already, or unknown, are passed over.
  package func noteVanished(_ uids: [UID], in mailbox: TargetMailbox) async throws {
    let folder = try await openFolder(mailbox)
    try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      let there = try await placements(uids, in: folder).filter { $0.goneCommit == nil }
      guard !there.isEmpty else { return }
      try await writer.markGone(there.map(\.key.uid), in: folder.id)
      _ = try await writer.commit()
    }
  }

  /// Those that are not gone, or unknown, are passed over.
  package func noteListed(_ uids: [UID], in mailbox: TargetMailbox) async throws {
    let folder = try await openFolder(mailbox)
    try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      let gone = try await placements(uids, in: folder).filter { $0.goneCommit != nil }
      guard !gone.isEmpty else { return }
      try await writer.markListed(gone.map(\.key.uid), in: folder.id)
      _ = try await writer.commit()
    }
  }

  package func condition(of mailbox: MailboxName, uidValidity: UIDValidity) async throws
    -> TargetCondition
  {
    guard let folder = try await knownFolder(mailbox), folder.imapValidity == uidValidity else {
      return TargetCondition()
    }
    return try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      TargetCondition(
        vanished: Set(try await reader.vanished(in: folder).map { UID($0) }),
        damaged: Set(try await reader.damaged(in: folder).map { UID($0) }))
    }
  }

  package func renew(_ uids: [UID], in mailbox: TargetMailbox) async throws {
    let folder = try await openFolder(mailbox)
    let places = try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      try await placements(uids, in: folder)
    }
    let renewals = Dictionary(grouping: places) {
      Renewal(folder: folder.id, digest: $0.message.digest)
    }
    written.withLock { $0.renewals.merge(renewals) { _, new in new } }
  }

  /// Puts damage on record, so that a message is stored again when it comes.
  package func note(_ damage: ArchiveDamage, of message: StoredMessage) async throws {
    try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      try await writer.note(damage, of: message)
      _ = try await writer.commit()
    }
  }

  private func placements(
    _ uids: [UID], in folder: ArchiveFolder
  ) async throws(ArchiveError) -> [ArchivePlacement] {
    var found: [ArchivePlacement] = []
    for uid in uids {
      let key = PlacementKey(
        folder: folder.id, uidValidity: folder.uidValidity, uid: uid.rawValue)
      if let placement = try await reader.placement(key) { found.append(placement) }
    }
    return found
  }

  /// Leaves the writer to the others; what is staged is committed with them or not at all.
  package func close() async {}

  private func commit() async throws {
    _ = try await SyncError.fromArchive(place.side) { () throws(ArchiveError) in
      try await writer.commit()
    }
  }

  private func takeResults() -> [AppendResult] {
    written.withLock { written in
      defer { written.results = [] }
      return written.results
    }
  }

  private func openFolder(_ mailbox: TargetMailbox) async throws -> ArchiveFolder {
    if let known = try await knownFolder(mailbox.name) { return known }
    return try await folder(mailbox.name)
  }

  /// A folder by its name; all of them are asked for once, since every mailbox of a run asks.
  private func knownFolder(_ name: MailboxName) async throws -> ArchiveFolder? {
    if let known = written.withLock({ $0.folders[name] }) { return known }
    for folder in try await folders() {
      written.withLock { $0.folders[MailboxName(folder)] = folder }
    }
    return written.withLock { $0.folders[name] }
  }
}
