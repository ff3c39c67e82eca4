// mailmove: where exported mail goes.
// SPDX-License-Identifier: Apache-2.0

/// Takes messages one after the other; what it has taken need not be on disk before `finish`.
package protocol ExportSink {
  func add(_ message: ExportedMessage) async throws(ArchiveError)

  /// Returns when everything is on disk.
  func finish() async throws(ArchiveError)
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
    let tree = try ExportTree(at: path)
    return switch self {
    case .mbox: MboxSink(tree)
    case .maildir: MaildirSink(tree)
    case .eml: EmlSink(tree)
    }
  }
}
