// mailmove: what a scripted server says about its mailbox.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// A mailbox with UIDVALIDITY 7, as a script shows it.
enum ScriptedMailbox {
  static let validity = UIDValidity(7)
  static let date = InternalDate(secondsSinceEpoch: 1_000_000_000, zoneMinutes: 60)

  /// The answer to SELECT or EXAMINE.
  static func opened(
    exists: Int = 0, uidNext: UInt32? = 1, permanentFlags: String = #"\Answered \Seen \*"#,
    more: [String] = []
  ) -> [String] {
    ["* \(exists) EXISTS", "* OK [UIDVALIDITY \(validity)] valid"]
      + (uidNext.map { ["* OK [UIDNEXT \($0)] next"] } ?? [])
      + ["* OK [PERMANENTFLAGS (\(permanentFlags))] kept"] + more + ["OK [READ-WRITE] open"]
  }

  /// One FETCH response with a body.
  static func fetched(_ number: Int, uid: UInt32, body: String) -> String {
    "* \(number) FETCH (UID \(uid) FLAGS (\\Seen) RFC822.SIZE \(body.utf8.count) "
      + "BODY[] {\(body.utf8.count)}\r\n\(body))"
  }

  /// One FETCH response of a listing.
  static func listed(_ number: Int, uid: UInt32) -> String {
    "* \(number) FETCH (UID \(uid) FLAGS () INTERNALDATE \"\(date)\" RFC822.SIZE 10)"
  }

  static func message(
    _ uid: UInt32, _ text: String, flags: FlagSet = .none, date: InternalDate? = date
  ) -> Message {
    let bytes = Array("Subject: \(uid)\r\n\r\n\(text)\r\n".utf8)
    return Message(
      key: SourceKey(uidValidity: UIDValidity(1), uid: UID(uid)),
      entry: Entry(
        uid: UID(uid), size: Int64(bytes.count), internalDate: date, flags: flags), bytes: bytes)
  }

  static func entry(_ uid: UInt32) -> Entry {
    Entry(uid: UID(uid), size: 10, internalDate: date, flags: .none)
  }

  static func batch(_ uids: UInt32...) -> Batch {
    Batch(uidValidity: validity, entries: uids.map(entry))
  }

  static func mapped(_ name: String, role: MailboxRole? = nil) -> MappedMailbox {
    var row = MappedMailbox(
      source: MailboxName(wire: name), sourceDelimiter: UInt8(ascii: "/"), sourcePath: name,
      decision: .same, reason: "a test says so")
    row.target = MailboxName(wire: name)
    row.targetDelimiter = UInt8(ascii: "/")
    row.targetPath = name
    row.createRole = role
    return row
  }
}
