// mailmove: the originals of messages on record.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// What a source lists, as originals of messages on record: under their keys, or under others by
/// now, where only their bytes tell.
struct Originals {
  private let entries: [SourceKey: Entry]
  /// What was read under the key it has.
  private let known: Set<SourceKey>
  let uidValidity: UIDValidity

  init(listed: MailboxSnapshot, records: [MessageRecord]) {
    let validity = listed.uidValidity
    uidValidity = validity
    entries = Dictionary(
      listed.entries.map { (SourceKey(uidValidity: validity, uid: $0.uid), $0) },
      uniquingKeysWith: { first, _ in first })
    known = Set(records.lazy.filter { $0.digest != nil }.map(\.key))
  }

  func isListed(_ record: MessageRecord) -> Bool { entries[record.key] != nil }

  /// What has to be read to know the originals of these.
  func candidates(for records: [MessageRecord]) -> [Entry] {
    let sizes = Set(
      records.lazy.filter { !isListed($0) }.flatMap { [$0.size, $0.listedSize ?? $0.size] })
    let unknown = entries.filter { sizes.contains($0.value.size) && !known.contains($0.key) }
    return records.compactMap { entries[$0.key] } + unknown.values
  }

  /// The originals of these, by the keys on record, among what was read.
  func identities(of records: [MessageRecord], among read: [UID: ContentIdentity])
    -> [SourceKey: ContentIdentity]
  {
    let unknown = Dictionary(
      read.lazy.filter { uid, _ in
        !known.contains(SourceKey(uidValidity: uidValidity, uid: uid))
      }.map { ($0.value.digest, $0.value) }, uniquingKeysWith: { first, _ in first })
    var found: [SourceKey: ContentIdentity] = [:]
    for record in records {
      found[record.key] =
        isListed(record) ? read[record.key.uid] : record.digest.flatMap { unknown[$0] }
    }
    return found
  }
}
