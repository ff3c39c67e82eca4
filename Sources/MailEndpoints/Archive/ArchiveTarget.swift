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
    let status = try await status(of: folder)
    written.withLock { $0.folders[MailboxName(folder)] = folder }
    return TargetMailbox(
      name: MailboxName(folder), uidValidity: folder.imapValidity,
      uidNext: UID(folder.uidNext), messages: status.messages ?? 0, permanentFlags: .everything,
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
    do throws(ArchiveError) {
      let staged = try await writer.stage(letter)
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
      var vanished: [UInt32] = []
      for uid in uids {
        let key = PlacementKey(
          folder: folder.id, uidValidity: folder.uidValidity, uid: uid.rawValue)
        guard let placement = try await reader.placement(key), placement.goneCommit == nil else {
          continue
        }
        vanished.append(uid.rawValue)
      }
      guard !vanished.isEmpty else { return }
      try await writer.markGone(vanished, in: folder.id)
      _ = try await writer.commit()
    }
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
    if let known = written.withLock({ $0.folders[mailbox.name] }) { return known }
    return try await folder(mailbox.name)
  }
}
