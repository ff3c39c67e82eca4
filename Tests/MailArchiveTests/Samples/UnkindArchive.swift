// mailmove: an archive full of unkind mail.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire

@testable import MailArchive

/// An archive of different messages that are unkind to its format.
struct UnkindArchive: Sendable {
  let entries: [ArchiveEntry]

  /// Puts messages into two accounts with two folders each, 2019 to 2022.
  ///
  /// - Parameter group: bytes of text in one member.
  init(
    count: Int, group: Int = 4_096, segment: Int64 = 1 << 30, on storage: any Storage,
    catalog: Catalog.Place = .memory
  ) async throws {
    var options = ArchiveOptions()
    options.group = group
    options.segment = segment
    let writer = try await ArchiveWriter.open(
      storage, catalog: catalog, options: options, clock: { ArchiveScript.now })
    entries = Self.messages(count)
    for (index, entry) in entries.enumerated() {
      let account = try await writer.account(entry.source.account)
      let folder = try await writer.folder(
        entry.source.folder, in: account, FolderProperties(delimiter: "/"))
      _ = try await writer.stage(
        ArchiveMessage(
          bytes: entry.message, digest: entry.digest, folder: folder.id,
          internalDate: entry.date, flags: entry.flags))
      if index % 40 == 39 { _ = try await writer.commit() }
    }
    _ = try await writer.close()
  }

  /// On a disk.
  init(count: Int, at path: String) async throws {
    try await self.init(
      count: count, on: DiskStorage(root: path), catalog: .file(path + "/catalog.sqlite"))
  }

  private static func messages(_ count: Int) -> [ArchiveEntry] {
    var mail = UnkindMail()
    var seen: Set<SHA256Digest> = []
    var entries: [ArchiveEntry] = []
    while entries.count < count {
      let entry = mail.entry()
      guard seen.insert(entry.digest).inserted else { continue }
      let index = entries.count
      entries.append(
        ArchiveEntry(
          message: entry.message, digest: entry.digest,
          date: InternalDate(
            secondsSinceEpoch: 1_550_000_000 + Int64(index % 4) * 31_556_952 + Int64(index),
            zoneMinutes: 60),
          source: ArchiveEntry.Source(
            account: index % 5 == 0 ? "other" : "me@example.org",
            folder: index % 3 == 0 ? "INBOX" : "INBOX/Ünkind"),
          flags: entry.flags))
    }
    return entries
  }
}

/// Remembers what it is given.
actor MemorySink: ExportSink {
  private(set) var messages: [ExportedMessage] = []
  private(set) var isFinished = false

  func add(_ message: ExportedMessage) async throws(ArchiveError) { messages.append(message) }

  func finish() async throws(ArchiveError) { isFinished = true }
}
