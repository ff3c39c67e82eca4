// mailmove: the last clean end of an archive.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Where the journal ended when a writer last closed the archive.
///
/// Kept elsewhere too, it proves that nothing before it was changed since.
package struct ArchiveHead: Sendable, Equatable {
  package var position: JournalPosition
  /// Seconds since 1970-01-01 00:00:00 UTC.
  package var time: Int64

  package init(position: JournalPosition, time: Int64) {
    self.position = position
    self.time = time
  }

  /// The text of the file `HEAD`.
  package var text: [UInt8] {
    var json = fields
    json.add("check", Self.check(fields))
    return json.text + [0x0A]
  }

  private var fields: JSONObject {
    var json = JSONObject()
    json.add("commit", position.commit)
    json.add("journal", ArchiveLayout.eightDigits(position.file))
    json.add("end", position.end)
    json.add("sha256", position.digest.description)
    json.add("ts", Timestamp.text(of: time))
    return json
  }

  /// Tells a damaged file from one that contradicts the journal.
  private static func check(_ fields: JSONObject) -> String {
    String(SHA256Digest(of: fields.text).description.prefix(16))
  }

  /// Reads the file; nil if it is missing or damaged, which costs a safeguard and nothing else.
  package static func read(from storage: any Storage) throws(ArchiveError) -> ArchiveHead? {
    guard let bytes = try storage.contents(of: ArchiveLayout.head),
      let json = try? JSONParser.object(bytes[...]),
      let commit = json.integer("commit"), commit >= 0, let journal = json.string("journal"),
      let file = Int64(journal), file >= 1, let end = json.integer("end"), end >= 0,
      let digest = json.string("sha256").flatMap({ SHA256Digest(hexadecimal: $0.utf8) }),
      let time = json.string("ts").flatMap(Timestamp.time)
    else { return nil }
    let head = ArchiveHead(
      position: JournalPosition(commit: commit, file: file, end: end, digest: digest), time: time)
    if let check = json.string("check"), check != Self.check(head.fields) { return nil }
    return head
  }
}
