// mailmove: what the journal of an archive says.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// One line of the journal, other than the line that ends a commit (docs/archive-format.md).
package enum JournalEvent: Sendable, Equatable {
  /// The first line of a journal file.
  case open(JournalOpening)
  case account(AccountEvent)
  case folder(FolderEvent)
  case segment(id: Int64, path: String)
  case message(MessageEvent)
  case put(PutEvent)
  case flags(FlagsEvent)
  case gone(PlacementSet, modSeq: Int64?)
  /// Messages that had vanished and are at the source again; takes `gone` back.
  case listed(PlacementSet, modSeq: Int64?)
  case scan(ScanEvent)
  /// The beginning of a run; the keys are the caller's.
  case run(JSONObject)
  /// The result of a run; the keys are the caller's.
  case end(JSONObject)
  case seal(segment: Int64, bytes: Int64, digest: SHA256Digest)
  /// Messages whose bytes were found to be wrong.
  case damage(messages: [Int64], detail: String?)
  /// A message whose bytes were wrong is stored once more.
  case heal(MessagePlace)
  /// Messages that a rule removed.
  case prune(messages: [Int64])
  /// Messages that were copied to another segment.
  case moved([MessagePlace])
  /// A segment that holds nothing any more and may be removed.
  case drop(segment: Int64)
  case hold(id: Int64, query: String, since: String?)
  case release(id: Int64)
  /// An event of a later version; `mustBeKnown` forbids writing to the archive.
  case unknown(name: String, mustBeKnown: Bool)
}

/// The first line of a journal file.
package struct JournalOpening: Sendable, Equatable {
  /// Version of the format.
  package var format: Int64
  /// The identity of the archive.
  package var archive: String
  /// Number of this file.
  package var journal: Int64
  /// SHA-256 of the whole previous file; nil in the first one.
  package var previous: SHA256Digest?
  /// Seconds since 1970-01-01 00:00:00 UTC.
  package var time: Int64
  /// Which program began the file.
  package var tool: String
}

/// A new account, or new properties of one.
package struct AccountEvent: Sendable, Equatable {
  package var id: AccountID
  package var label: String
  package var proto: String?
  package var host: String?
}

/// A new folder, or new properties of one; a new name for the same number is a renaming.
package struct FolderEvent: Sendable, Equatable {
  package var id: FolderID
  package var account: AccountID
  /// In Unicode, with the delimiter between levels.
  package var name: String
  package var delimiter: String?
  /// Special use, such as `\Sent` (RFC 6154).
  package var special: String?
  /// MAILBOXID (RFC 8474) at the source.
  package var mailboxID: String?
  /// The UIDVALIDITY the archive gave the folder when it was made; it never changes.
  package var uidValidity: UInt32
}

/// Where a message's bytes are.
package struct MessagePlace: Sendable, Equatable {
  package var id: Int64
  package var segment: Int64
  /// Offset of the member in the segment.
  package var offset: Int64
  /// Length of the member in the segment.
  package var compressedLength: Int64
  /// Offset of the entry in the text of the member.
  package var at: Int64
  /// Length of the entry in the text of the member.
  package var length: Int64
}

/// A message that was stored.
package struct MessageEvent: Sendable, Equatable {
  package var place: MessagePlace
  /// SHA-256 of the message's exact bytes.
  package var digest: SHA256Digest
  /// Length of the message's exact bytes.
  package var size: Int64
  /// Seconds since 1970-01-01 00:00:00 UTC; what decided in which year's segment it is.
  package var date: Int64?
}

/// Where a message is placed: a folder, and its UID there.
package struct PlacementKey: Sendable, Hashable {
  package var folder: FolderID
  package var uidValidity: UInt32
  package var uid: UInt32

  package init(folder: FolderID, uidValidity: UInt32, uid: UInt32) {
    self.folder = folder
    self.uidValidity = uidValidity
    self.uid = uid
  }
}

/// A message put into a folder.
package struct PutEvent: Sendable, Equatable {
  package var key: PlacementKey
  package var message: Int64
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
}

/// The UID a message had where it came from.
package struct SourceUID: Sendable, Equatable {
  package var uidValidity: Int64
  package var uid: Int64

  package init(uidValidity: Int64, uid: Int64) {
    self.uidValidity = uidValidity
    self.uid = uid
  }
}

/// New flags of one placement: all of them, not a change.
package struct FlagsEvent: Sendable, Equatable {
  package var key: PlacementKey
  package var flags: FlagSet
  package var modSeq: Int64?
}

/// Several UIDs of one folder.
package struct PlacementSet: Sendable, Equatable {
  package var folder: FolderID
  package var uidValidity: UInt32
  package var uids: [UInt32]
}

/// How far a folder of the source was read: what STATUS said there before it was listed.
package struct ScanEvent: Sendable, Equatable {
  package var folder: FolderID
  /// The source's UIDVALIDITY, not the archive's.
  package var uidValidity: Int64
  package var uidNext: Int64
  package var modSeq: Int64?
}
