// mailmove: an entry that is known to come back.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Makes entries and reads each one back before anything is written.
struct EntryProof {
  /// Bytes of a message whose text is not made.
  let largeMessage: Int

  /// The largest message a member can hold with its header lines and quoting.
  private static let messageBytesMax = 1 << 30

  /// The entry of a message.
  ///
  /// Throws `unfaithful` if it cannot be made so that the bytes come back with their digest.
  func entry(
    of message: ArchiveMessage, in folder: ArchiveFolder, accounts: FolderTable, now: Int64
  ) throws(ArchiveError) -> ProvenEntry {
    guard message.bytes.count <= Self.messageBytesMax else {
      throw .unfaithful(detail: "a message of \(message.bytes.count) bytes is too large")
    }
    let account = accounts.accounts[folder.account]?.label ?? ""
    let entry = ArchiveEntry(
      message: message.bytes, digest: message.digest,
      date: message.internalDate ?? InternalDate(secondsSinceEpoch: now, zoneMinutes: 0),
      source: ArchiveEntry.Source(account: account, folder: folder.name), flags: message.flags)
    if message.bytes.count >= largeMessage {
      let large = LargeEntry(entry)
      if try large.restoresMessage() { return .large(large) }
    } else {
      for keepsLineEnds in [false, true] {
        let text = entry.encoded(keepsLineEnds: keepsLineEnds)
        if ArchiveEntry.restores(message.digest, from: text[...]) { return .text(text) }
      }
    }
    throw .unfaithful(detail: "the bytes have another SHA-256 than was said")
  }
}

/// An entry that gives back its message.
enum ProvenEntry {
  case text([UInt8])
  case large(LargeEntry)
}
