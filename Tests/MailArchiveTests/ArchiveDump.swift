// mailmove: all that an archive holds, for comparing.
// SPDX-License-Identifier: Apache-2.0

import MailWire

@testable import MailArchive

/// Everything a reader can say about an archive; making one reads every message.
struct ArchiveDump: Equatable, Sendable {
  struct Line: Equatable, Sendable {
    let folder: String
    let key: PlacementKey
    let digest: SHA256Digest
    let flags: String
    let date: InternalDate?
    let labels: [String]
    let isGone: Bool
  }

  var commit: Int64
  let folders: [ArchiveFolder]
  let lines: [Line]

  init(_ reader: ArchiveReader) async throws {
    commit = try await reader.position()?.commit ?? 0
    folders = try await reader.folders()
    var lines: [Line] = []
    for folder in folders {
      var last: UInt32 = 0
      while true {
        // A small page, so that paging is part of every test.
        let page = try await reader.placements(
          in: folder, after: last, limit: 7, includingGone: true)
        guard let end = page.last else { break }
        last = end.key.uid
        for placement in page {
          let bytes = try reader.bytes(of: placement.message)
          lines.append(
            Line(
              folder: folder.name, key: placement.key, digest: SHA256Digest(of: bytes),
              flags: placement.flags.journalText, date: placement.internalDate,
              labels: placement.labels, isGone: placement.goneCommit != nil))
        }
      }
    }
    self.lines = lines
  }

  /// Opens an archive in memory without changing it.
  init(reading image: DiskImage) async throws {
    let reader = try ArchiveReader.open(MemoryStorage(image), catalog: .memory)
    self = try await ArchiveDump(reader)
    try reader.close()
  }
}
