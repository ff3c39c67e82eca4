// mailmove: samples for tests of journals.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// Small values that tests of any journal are made of.
package enum JournalSamples {
  package static let generation = UIDValidity(77)

  package static func key(_ uid: UInt32, _ generation: UIDValidity = generation) -> SourceKey {
    SourceKey(uidValidity: generation, uid: UID(uid))
  }

  package static func mailbox(_ name: String) -> MappedMailbox {
    var mapped = MappedMailbox(
      source: MailboxName(wire: name), sourceDelimiter: UInt8(ascii: "/"), sourcePath: name,
      decision: .renamed, reason: "by --into")
    mapped.target = MailboxName(wire: "new." + name)
    mapped.targetPath = "new/" + name
    mapped.targetDelimiter = UInt8(ascii: ".")
    mapped.subscribe = true
    return mapped
  }

  package static func entry(_ uid: UInt32, size: Int64 = 1_000, flags: FlagSet = .none) -> Entry {
    Entry(
      uid: UID(uid), size: size,
      internalDate: InternalDate(secondsSinceEpoch: -1_000 + Int64(uid), zoneMinutes: -210),
      flags: flags)
  }

  package static func entries(_ uids: ClosedRange<UInt32>) -> [Entry] { uids.map { entry($0) } }

  /// A stored message with every field set.
  package static func stored(_ uid: UInt32, size: Int64 = 1_234) -> MessageRecord {
    var record = MessageRecord(
      key: key(uid), state: .stored, size: size, listedSize: size + 1,
      digest: SHA256Digest(of: Array("message \(uid)".utf8)),
      fingerprint: Fingerprint(of: Array("Message-ID: <\(uid)@example.org>\r\n\r\n".utf8)),
      internalDate: InternalDate(secondsSinceEpoch: 1_700_000_000, zoneMinutes: 330),
      flags: FlagSet(
        system: [.seen, .draft], keywords: [Keyword("$Forwarded"), Keyword("Grün")]),
      targetUID: UID(uid + 10_000), note: "flags not kept: Junk")
    record.dropped = DroppedMetadata(flags: ["junk"], date: true)
    return record
  }

  package static func skipped(_ uid: UInt32) -> MessageRecord {
    MessageRecord(
      key: key(uid), state: .skipped, size: 9, reason: .messageTooBig, note: "the limit is 8")
  }

  package static func anchor(_ uidNext: UInt32) -> TargetAnchor {
    TargetAnchor(
      mailbox: MailboxName(wire: "new.INBOX"), uidValidity: UIDValidity(1 << 33),
      uidNext: UID(uidNext), toldUIDNext: UID(uidNext), highestModSeq: 5, mailboxID: "F-1")
  }

  package static let checkpoint = SourceCheckpoint(
    uidValidity: generation, uidNext: UID(.max), highestModSeq: 1 << 60, messages: 3,
    size: 30, mailboxID: "F-2")
}
