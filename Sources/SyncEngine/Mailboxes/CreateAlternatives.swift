// mailmove: other names after a refused CREATE.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The names to try, in order, after a server refused to create a mailbox for a reason that is
/// about its name: `[CANNOT]`, "invalid name", `BAD [CLIENTBUG]`.
package enum CreateAlternatives {
  /// Other names for the last segment of a target: first with the strictest set of characters, then
  /// also with the whole name in 100 bytes. Parents stay, because they exist by then. Empty when
  /// there is nothing left to try.
  package static func names(for row: MappedMailbox, family: ServerFamily) -> [MailboxName] {
    guard let target = row.target, !target.isInbox else { return [] }
    let path = MailboxPath(target, delimiter: row.targetDelimiter).texts
    guard let last = path.last else { return [] }
    let profile = NamingProfile(family: family).strict
    let strict = LegalName(profile: profile, delimiter: row.targetDelimiter)
    let parents = Array(path.dropLast())
    let clean = strict(last, source: row.source.bytes)
    let used = MailboxPath.name(parents + [""], delimiter: row.targetDelimiter).bytes.count
    var names = [MailboxPath.name(parents + [clean], delimiter: row.targetDelimiter)]
    if names[0].bytes.count > bytesMax {
      let room = max(segmentBytesMin, bytesMax - used)
      let short = strict.shortened(clean, to: room, source: row.source.bytes)
      names.append(MailboxPath.name(parents + [short], delimiter: row.targetDelimiter))
    }
    return names.filter { $0 != target }
  }

  /// Servers have refused names of little more, the same ones elsewhere taken (Yandex).
  private static let bytesMax = 100

  /// Below this a name would be its digest and nothing else.
  private static let segmentBytesMin = 20
}
