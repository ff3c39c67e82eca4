// mailmove: mail into another archive.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Puts messages into an archive that somebody else opened for writing, and will close.
package struct ArchiveSink: ExportSink {
  private let writer: ArchiveWriter

  package init(_ writer: ArchiveWriter) { self.writer = writer }

  package func add(_ message: ExportedMessage) async throws(ArchiveError) {
    let account = try await writer.account(message.account)
    let folder = try await writer.folder(
      message.folder, in: account, FolderProperties(delimiter: message.delimiter))
    _ = try await writer.stage(
      ArchiveMessage(
        bytes: message.bytes, digest: message.digest, folder: folder.id,
        internalDate: message.date, flags: message.flags))
  }

  package func finish() async throws(ArchiveError) { _ = try await writer.commit() }
}
