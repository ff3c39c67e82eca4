// mailmove: mail as mbox files.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// An mboxrd file for each folder, which ends in `.mbox`.
final class MboxSink: ExportSink {
  private let tree: ExportTree

  init(_ tree: ExportTree) { self.tree = tree }

  func add(_ message: ExportedMessage) async throws(ArchiveError) {
    let entry = ArchiveEntry(
      message: MboxState.disowned(message.bytes), digest: message.digest,
      date: message.date ?? InternalDate(secondsSinceEpoch: 0, zoneMinutes: 0),
      source: ArchiveEntry.Source(account: message.account, folder: message.folder),
      flags: message.flags)
    let path = tree.place(of: message) + ".mbox"
    try tree.provideDirectory(ArchiveLayout.directory(of: path))
    try tree.append(entry.mboxText(), to: path)
  }

  func finish() async throws(ArchiveError) { try tree.synchronize() }
}
