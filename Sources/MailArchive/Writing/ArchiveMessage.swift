// mailmove: a message on its way into the archive.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A message to put into a folder, and what is known about it.
package struct ArchiveMessage: Sendable {
  /// The bytes exactly as the source sent them.
  package var bytes: [UInt8]
  /// SHA-256 of the bytes; checked before anything is written.
  package var digest: SHA256Digest
  package var folder: FolderID
  /// Decides in which year's segment the message is kept.
  package var internalDate: InternalDate?
  package var flags: FlagSet
  package var modSeq: Int64?
  /// Gmail's labels.
  package var labels: [String]?
  /// EMAILID (RFC 8474) at the source.
  package var emailID: String?
  /// The unique-id of a POP3 source (RFC 1939, 7).
  package var uidl: String?
  /// What the message was called where it came from.
  package var source: SourceUID?

  package init(
    bytes: [UInt8], digest: SHA256Digest, folder: FolderID, internalDate: InternalDate?,
    flags: FlagSet = .none, modSeq: Int64? = nil, labels: [String]? = nil,
    emailID: String? = nil, uidl: String? = nil, source: SourceUID? = nil
  ) {
    self.bytes = bytes
    self.digest = digest
    self.folder = folder
    self.internalDate = internalDate
    self.flags = flags
    self.modSeq = modSeq
    self.labels = labels
    self.emailID = emailID
    self.uidl = uidl
    self.source = source
  }
}

/// What became of a message that was handed to a writer.
package struct StagedMessage: Sendable, Equatable {
  /// Its place; not durable before a commit says so.
  package let key: PlacementKey
  /// The archive holds the same bytes already, so only the place is new.
  package let isKnown: Bool
  /// The commit that became due with this message, and was made.
  package let commit: CommitReceipt?
}

/// What is on disk after a commit.
package struct CommitReceipt: Sendable, Equatable {
  /// The journal up to and with this commit; worth keeping elsewhere.
  package let position: JournalPosition
  /// The places that became durable, in the order they were staged.
  package let placements: [PlacementKey]
}
