// mailmove: mail out of segments that nothing else is left of.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Reads the segments of an archive without its journal and catalog, through damage, and takes
/// every message whose own SHA-256 is right.
///
/// Folder, flags and date are those when a message was archived, since later changes are in the
/// journal. A message that was pruned and not reclaimed comes back, too.
package struct Salvage: Sendable {
  /// What was found.
  package struct Report: Sendable, Equatable {
    package internal(set) var segments = 0
    package internal(set) var messages: Int64 = 0
    /// Bytes of these messages.
    package internal(set) var bytes: Int64 = 0
    /// Messages that were found again in another place, and taken once.
    package internal(set) var repeats: Int64 = 0
    /// Where something was lost.
    package internal(set) var damages: [ArchiveDamage] = []
    /// What a person should know of what was made, a sentence each.
    package internal(set) var remarks: [String] = []
  }

  /// Compact, since there may be millions.
  private struct Digest: Hashable {
    let words: (UInt64, UInt64, UInt64, UInt64)

    init(_ digest: SHA256Digest) {
      func word(_ index: Int) -> UInt64 {
        digest.bytes[(index * 8)..<(index * 8 + 8)].reduce(0) { $0 << 8 | UInt64($1) }
      }
      words = (word(0), word(1), word(2), word(3))
    }

    static func == (lhs: Digest, rhs: Digest) -> Bool { lhs.words == rhs.words }
    func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
  }

  /// Bytes of text that a member is believed to have.
  private static let memberTextMax = 2 << 30

  private let storage: any Storage

  /// - Parameter path: the archive; it need not be one any more, as long as it has `segments/`.
  package init(at path: String) { self.init(DiskStorage(root: path)) }

  init(_ storage: any Storage) { self.storage = storage }

  /// Throws `notFound` if there is no segment at all; goes on after everything that is damaged.
  package func run(into sink: any ExportSink) async throws(ArchiveError) -> Report {
    let paths = try SegmentRecovery.files(in: storage)
    guard !paths.isEmpty else { throw .notFound(path: storage.name) }
    var report = Report()
    var seen: Set<Digest> = []
    for path in paths {
      report.segments += 1
      let bytes: [UInt8]
      do throws(ArchiveError) { bytes = try storage.contents(of: path) ?? [] } catch {
        report.damages.append(ArchiveDamage(.segment, path: path, "it cannot be read: \(error)"))
        continue
      }
      var scan = SegmentScan(bytes, path: path, limit: Self.memberTextMax)
      while let text = scan.nextText() {
        for range in ArchiveEntry.ranges(in: text) {
          guard let entry = scan.entry(text[range]) else { continue }
          guard seen.insert(Digest(entry.digest)).inserted else {
            report.repeats += 1
            continue
          }
          try await sink.take(Self.message(of: entry))
          report.messages += 1
          report.bytes += Int64(entry.message.count)
        }
      }
      report.damages += scan.damages
    }
    try await sink.complete()
    report.remarks = await sink.remarks
    return report
  }

  /// An entry does not say what is between the levels of a folder; nearly everywhere it is this.
  private static func message(of entry: ArchiveEntry) -> ExportedMessage {
    ExportedMessage(
      bytes: entry.message, digest: entry.digest, date: entry.date, flags: entry.flags,
      account: entry.source.account, folder: entry.source.folder, delimiter: "/")
  }
}
