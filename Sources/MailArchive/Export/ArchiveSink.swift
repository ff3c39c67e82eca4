// mailmove: mail into another archive.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Puts messages into an archive that somebody else opened for writing, and will close.
package struct ArchiveSink: ExportSink {
  private let writer: ArchiveWriter

  package init(_ writer: ArchiveWriter) { self.writer = writer }

  /// Makes an archive, or opens it, has it filled, and ends with all of it on disk.
  ///
  /// Throws `notExported` for what is wrong with this archive.
  package static func filling<Filled: Sendable>(
    _ path: String, _ fill: (ArchiveSink) async throws(ArchiveError) -> Filled
  ) async throws(ArchiveError) -> Filled {
    let writer: ArchiveWriter
    do throws(ArchiveError) { writer = try await ArchiveWriter.open(at: path) } catch {
      throw .notExported(error)
    }
    let filled: Filled
    do throws(ArchiveError) { filled = try await fill(ArchiveSink(writer)) } catch {
      await writer.abandon()
      throw error
    }
    do throws(ArchiveError) { _ = try await writer.close() } catch {
      await writer.abandon()
      throw .notExported(error)
    }
    return filled
  }

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
