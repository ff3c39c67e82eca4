// mailmove: a message in the archive and where it is.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A message the archive holds once, however many folders it is in.
package struct StoredMessage: Sendable, Equatable {
  package enum State: Int, Sendable {
    case live = 0
    /// A rule removed it; its bytes may still be there.
    case pruned = 1
    /// Its bytes were found to be wrong.
    case damaged = 2
  }

  package let id: Int64
  /// SHA-256 of the exact bytes.
  package let digest: SHA256Digest
  /// Length of the exact bytes.
  package let size: Int64
  package let place: MessagePlace
  /// Path of the segment, relative to the archive.
  package let segmentPath: String
  package let state: State
}

/// A segment of the archive.
package struct ArchiveSegment: Sendable, Equatable {
  package enum State: String, Sendable {
    case open
    case sealed
    case dropped
  }

  package let id: Int64
  /// Relative to the archive.
  package let path: String
  /// Bytes that are committed.
  package let bytes: Int64
  /// SHA-256 of these bytes; nil before the first commit.
  package let digest: SHA256Digest?
  package let messages: Int64
  package let state: State
  /// When a commit last wrote to it: seconds since 1970-01-01 00:00:00 UTC.
  package let touched: Int64?
}

/// An account of the archive.
package struct ArchiveAccount: Sendable, Equatable {
  package let id: AccountID
  package let label: String
  package let proto: String?
  package let host: String?
}

/// A folder of the archive, which looks like an IMAP mailbox: UIDs only go up.
package struct ArchiveFolder: Sendable, Equatable {
  package let id: FolderID
  package let account: AccountID
  /// In Unicode, with the delimiter between levels.
  package internal(set) var name: String
  package let delimiter: String?
  /// Special use, such as `\Sent` (RFC 6154).
  package let special: String?
  /// MAILBOXID (RFC 8474) at the source.
  package let mailboxID: String?
  /// Never changes.
  package let uidValidity: UInt32
  /// The UID the next message gets.
  package internal(set) var uidNext: UInt32
  /// How far the source was read when it was last listed.
  package let scan: ScanEvent?
}

/// A message in a folder.
package struct ArchivePlacement: Sendable, Equatable {
  package let key: PlacementKey
  package let message: StoredMessage
  package let internalDate: InternalDate?
  /// As of the last commit.
  package let flags: FlagSet
  /// Gmail's labels.
  package let labels: [String]
  package let modSeq: Int64?
  /// The commit that put it there.
  package let addedCommit: Int64
  /// The commit that says it vanished at the source; nil while it is there.
  package let goneCommit: Int64?
}
