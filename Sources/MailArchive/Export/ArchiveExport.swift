// mailmove: mail out of an archive.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Copies mail out of an archive, folder by folder, a few messages in memory at a time.
package struct ArchiveExport: Sendable {
  /// Which messages.
  package struct Selection: Sendable, Equatable {
    /// nil: all folders.
    package var folders: Set<FolderID>?
    /// INTERNALDATE at or after this moment: seconds since 1970-01-01 00:00:00 UTC.
    package var since: Int64?
    /// INTERNALDATE before this moment.
    package var before: Int64?
    /// Also those that have vanished at the source.
    package var includesGone: Bool

    package init(
      folders: Set<FolderID>? = nil, since: Int64? = nil, before: Int64? = nil,
      includesGone: Bool = false
    ) {
      self.folders = folders
      self.since = since
      self.before = before
      self.includesGone = includesGone
    }

    /// A message without a date is in no span of time.
    func includes(_ date: InternalDate?) -> Bool {
      if since == nil, before == nil { return true }
      guard let seconds = date?.secondsSinceEpoch else { return false }
      return seconds >= since ?? .min && seconds < before ?? .max
    }
  }

  /// What came out.
  package struct Report: Sendable, Equatable {
    package internal(set) var folders = 0
    package internal(set) var messages: Int64 = 0
    /// Bytes of these messages.
    package internal(set) var bytes: Int64 = 0
    /// Messages that are not whole, and were left out.
    package internal(set) var damages: [ArchiveDamage] = []
    /// What a person should know of what was made, a sentence each.
    package internal(set) var remarks: [String] = []
  }

  private let reader: ArchiveReader
  private static let page = 1_000

  package init(_ reader: ArchiveReader) { self.reader = reader }

  /// Copies; goes on after messages that are damaged.
  package func run(
    _ selection: Selection = Selection(), into sink: any ExportSink
  ) async throws(ArchiveError) -> Report {
    var report = Report()
    for account in try await reader.accounts() {
      for folder in try await reader.folders(of: account.id)
      where selection.folders?.contains(folder.id) != false {
        let before = report.messages
        try await export(folder, of: account, selection, into: sink, &report)
        if report.messages > before { report.folders += 1 }
      }
    }
    try await sink.complete()
    report.remarks = await sink.remarks
    return report
  }

  private func export(
    _ folder: ArchiveFolder, of account: ArchiveAccount, _ selection: Selection,
    into sink: any ExportSink, _ report: inout Report
  ) async throws(ArchiveError) {
    var uid: UInt32 = 0
    while true {
      let placements = try await reader.placements(
        in: folder, after: uid, limit: Self.page, includingGone: selection.includesGone)
      guard let last = placements.last else { return }
      uid = last.key.uid
      for placement in placements where selection.includes(placement.internalDate) {
        let bytes: [UInt8]
        do throws(ArchiveError) { bytes = try reader.bytes(of: placement.message) } catch {
          guard case .damaged(let damage) = error else { throw error }
          report.damages.append(damage)
          continue
        }
        try await sink.take(
          ExportedMessage(
            bytes: bytes, digest: placement.message.digest, date: placement.internalDate,
            flags: placement.flags, account: account.label, folder: folder.name,
            delimiter: folder.delimiter))
        report.messages += 1
        report.bytes += Int64(bytes.count)
      }
    }
  }
}
