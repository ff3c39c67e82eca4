// mailmove: where exported mail goes.
// SPDX-License-Identifier: Apache-2.0

/// Takes messages one after the other; what it has taken need not be on disk before `finish`.
package protocol ExportSink {
  func add(_ message: ExportedMessage) async throws(ArchiveError)

  /// Returns when everything is on disk: its bytes, and the names that lead to them.
  func finish() async throws(ArchiveError)

  /// What a person should know of what was made, a sentence each.
  var remarks: [String] { get async }
}

extension ExportSink {
  package var remarks: [String] { [] }

  /// Adds a message; throws `notExported`, so that it is clear which side failed.
  func take(_ message: ExportedMessage) async throws(ArchiveError) {
    do throws(ArchiveError) { try await add(message) } catch { throw .notExported(error) }
  }

  /// Finishes; throws `notExported`.
  func complete() async throws(ArchiveError) {
    do throws(ArchiveError) { try await finish() } catch { throw .notExported(error) }
  }
}

/// The formats of mail that other programs read.
package enum ExportFormat: String, Sendable, CaseIterable {
  /// A file for each folder (mboxrd), with the flags in header fields.
  case mbox
  /// A Maildir for each folder, one inside the other like the folders; flags in the file names.
  case maildir
  /// A file for each message and nothing else.
  case eml

  /// A sink that makes a new directory; throws `occupied` if something is there.
  package func sink(at path: String) throws(ArchiveError) -> any ExportSink {
    try sink(in: DiskStorage(root: path))
  }

  /// A sink that fills a storage, which must be empty.
  func sink(in storage: any Storage) throws(ArchiveError) -> any ExportSink {
    let tree = try ExportTree(storage)
    return switch self {
    case .mbox: MboxSink(tree)
    case .maildir: MaildirSink(tree)
    case .eml: EmlSink(tree)
    }
  }
}
