// mailmove: other names after a refused CREATE.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The names to try, in order, after a server refused to create a mailbox for a reason that is
/// about its name: `[CANNOT]`, "invalid name", `BAD [CLIENTBUG]`.
package enum CreateAlternatives {
  /// Other names for the last segment of a target: first with what hardly any server refuses, then
  /// with the strictest set of characters, then also with the whole name in 100 bytes. Parents
  /// stay, because they exist by then. Empty when there is nothing left to try.
  package static func names(for row: MappedMailbox, family: ServerFamily) -> [MailboxName] {
    guard let target = row.target, !target.isInbox else { return [] }
    let path = MailboxPath(target, delimiter: row.targetDelimiter).texts
    guard let last = path.last else { return [] }
    let family = NamingProfile(family: family)
    let strict = LegalName(profile: family.strict, delimiter: row.targetDelimiter)
    let parents = Array(path.dropLast())
    let used = MailboxPath.name(parents + [""], delimiter: row.targetDelimiter).bytes.count
    var names: [MailboxName] = []
    for profile in [family.careful, family.strict] {
      let legal = LegalName(profile: profile, delimiter: row.targetDelimiter)
      let clean = legal(last, source: row.source.bytes)
      names.append(MailboxPath.name(parents + [clean], delimiter: row.targetDelimiter))
    }
    if let clean = names.last, clean.bytes.count > bytesMax {
      let room = max(segmentBytesMin, bytesMax - used)
      let short = strict.shortened(
        strict(last, source: row.source.bytes), to: room, source: row.source.bytes)
      names.append(MailboxPath.name(parents + [short], delimiter: row.targetDelimiter))
    }
    var seen: Set<MailboxName> = [target]
    return names.filter { seen.insert($0).inserted }
  }

  /// The row beside a mailbox that can have none below it: `Parent - Child` in its place.
  ///
  /// - Parameter levels: how many levels there are down to that mailbox.
  package static func beside(_ row: MappedMailbox, levels: Int, family: ServerFamily)
    -> MappedMailbox?
  {
    guard let target = row.target else { return nil }
    let path = MailboxPath(target, delimiter: row.targetDelimiter).texts
    guard levels > 0, levels < path.count else { return nil }
    let legal = LegalName(
      profile: NamingProfile(family: family), delimiter: row.targetDelimiter)
    let joined = legal(
      path[(levels - 1)...].joined(separator: " - "), source: row.source.bytes)
    var moved = row
    moved.target = MailboxPath.name(
      path[..<(levels - 1)] + [joined], delimiter: row.targetDelimiter)
    return moved
  }

  /// Servers have refused names of little more, the same ones elsewhere taken (Yandex).
  private static let bytesMax = 100

  /// Below this a name would be its digest and nothing else.
  private static let segmentBytesMin = 20
}
