// mailmove: mail as mbox files.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// An mboxrd file for each folder, which ends in `.mbox`.
final class MboxSink: ExportSink {
  private let tree: ExportTree
  private var begun: Set<String> = []
  private var current: (path: String, file: any StorageFile)?

  init(_ tree: ExportTree) { self.tree = tree }

  func add(_ message: ExportedMessage) async throws(ArchiveError) {
    let entry = ArchiveEntry(
      message: message.bytes, digest: message.digest,
      date: message.date ?? InternalDate(secondsSinceEpoch: 0, zoneMinutes: 0),
      source: ArchiveEntry.Source(account: message.account, folder: message.folder),
      flags: message.flags)
    try file(tree.place(of: message) + ".mbox").append(entry.mboxText())
  }

  func finish() async throws(ArchiveError) {
    endCurrent()
    tree.synchronize()
  }

  /// One file is open at a time, however many folders there are.
  private func file(_ path: String) throws(ArchiveError) -> any StorageFile {
    if let current, current.path == path { return current.file }
    endCurrent()
    try tree.provideDirectory(ArchiveLayout.directory(of: path))
    let file = try tree.storage.open(path, creating: begun.insert(path).inserted)
    current = (path, file)
    return file
  }

  private func endCurrent() {
    current?.file.close()
    current = nil
  }
}
