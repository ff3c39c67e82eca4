// mailmove: one line of a mailbox's snapshot.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// What identifies a message at the source for good: its UID within one UIDVALIDITY.
///
/// A source without UIDs numbers its messages itself and keeps that numbering stable.
package struct SourceKey: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let uidValidity: UIDValidity
  package let uid: UID

  package init(uidValidity: UIDValidity, uid: UID) {
    self.uidValidity = uidValidity
    self.uid = uid
  }

  package static func < (lhs: SourceKey, rhs: SourceKey) -> Bool {
    (lhs.uidValidity.rawValue, lhs.uid) < (rhs.uidValidity.rawValue, rhs.uid)
  }

  package var description: String { "UID \(uid)" }
}

/// One line of a mailbox's snapshot: what a listing says about a message, without its bytes.
package struct Entry: Sendable, Equatable {
  package let uid: UID
  /// RFC822.SIZE in octets: a hint, never a gate. 0 when the server did not say; never so large
  /// that the sizes of a mailbox could not be added up.
  package let size: Int64
  /// nil when the server sent none, or one that is no date.
  package let internalDate: InternalDate?
  package let flags: FlagSet

  package init(uid: UID, size: Int64, internalDate: InternalDate?, flags: FlagSet) {
    self.uid = uid
    self.size = min(max(0, size), Self.sizeMax)
    self.internalDate = internalDate
    self.flags = flags
  }

  /// 256 GiB: a thousand times the largest message anybody takes.
  private static let sizeMax: Int64 = 256 << 30
}

/// An entry together with the fingerprints of its header.
package struct HeadedEntry: Sendable, Equatable {
  package let entry: Entry
  package let fingerprint: Fingerprint
  /// Without the Message-ID.
  package let fingerprintBesideID: Fingerprint

  /// - Parameter header: the message, its header, or the fields that a fingerprint is made of.
  package init(entry: Entry, header: [UInt8]) {
    self.entry = entry
    fingerprint = Fingerprint(of: header)
    fingerprintBesideID = .besideID(of: header)
  }
}

/// What a mailbox held at one moment.
package struct MailboxSnapshot: Sendable, Equatable {
  package enum Extent: Sendable, Equatable {
    /// Every message of the mailbox is in `entries`.
    case complete
    /// Only messages that are new or changed since the checkpoint are in `entries`; all messages
    /// have these UIDs.
    case changes(among: UIDSet)
  }

  /// What a source's listings are not good for.
  package struct Traits: OptionSet, Sendable, Equatable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// The same message may come under another key in a later snapshot.
    package static let keysMayChange = Traits(rawValue: 1)
    /// The source has no flags: that an entry has none says nothing.
    package static let withoutFlags = Traits(rawValue: 2)
    /// Handing a message out may mark it or hide it at the source.
    package static let readingIsNoticed = Traits(rawValue: 4)
    /// A message may come back under another key, though a key stands for one message for ever: in
    /// an archive, mail that was moved away and back.
    package static let messagesMayReturn = Traits(rawValue: 8)
  }

  /// Whether a message that is listed under a new key may be an old one.
  package var mayListAnew: Bool {
    !traits.isDisjoint(with: [.keysMayChange, .messagesMayReturn])
  }

  /// UIDVALIDITY, UIDNEXT, HIGHESTMODSEQ and the number of messages when the listing began.
  package let status: MailboxStatus
  package let extent: Extent
  /// Ascending by UID, each UID once.
  package let entries: [Entry]
  /// What makes it doubtful that all messages were listed, for people: fewer than announced,
  /// exactly as many as providers are known to cut at, or a protocol that shows a part only.
  package let listingDoubt: String?
  package let traits: Traits
  /// Messages that nothing tells apart at the source: the next snapshot lists them under other
  /// keys, and only their bytes show which they are.
  package let passing: Set<UID>
  /// SHA-256 of the bytes of each entry, in their order, where the source has that at hand without
  /// reading, as an archive; else empty.
  package let digests: [SHA256Digest]

  /// The keys of all entries.
  package var keys: Set<SourceKey> {
    Set(entries.lazy.map { SourceKey(uidValidity: uidValidity, uid: $0.uid) })
  }

  package init(
    status: MailboxStatus, extent: Extent, entries: [Entry], listingDoubt: String? = nil,
    traits: Traits = [], passing: Set<UID> = [], digests: [SHA256Digest] = []
  ) {
    self.status = status
    self.extent = extent
    self.entries = entries
    self.listingDoubt = listingDoubt
    self.traits = traits
    self.passing = passing
    self.digests = digests.count == entries.count ? digests : []
  }

  /// The same without some of its entries.
  package func without(_ uids: Set<UID>) -> MailboxSnapshot {
    guard !uids.isEmpty else { return self }
    let kept = entries.indices.filter { !uids.contains(entries[$0].uid) }
    return MailboxSnapshot(
      status: status, extent: extent, entries: kept.map { entries[$0] }, listingDoubt: listingDoubt,
      traits: traits, passing: passing, digests: digests.isEmpty ? [] : kept.map { digests[$0] })
  }

  /// The server says that there are more messages than it listed.
  package var isShort: Bool {
    extent == .complete && Int64(entries.count) < status.messages ?? 0
  }

  package var uidValidity: UIDValidity { status.uidValidity ?? .unknown }
}
