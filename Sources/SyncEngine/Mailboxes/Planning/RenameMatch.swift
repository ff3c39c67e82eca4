// mailmove: finding mailboxes again that were renamed.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Finds, for each frozen row whose mailbox is gone, the mailbox it has become.
enum RenameMatch {
  /// The frozen rows by source name; a row whose mailbox was renamed goes with the new name and
  /// keeps its target.
  static func apply(
    _ rows: [MappedMailbox], to tree: ListingTree, _ roles: RoleAssignment
  ) -> [MailboxName: MappedMailbox] {
    var kept = Dictionary(rows.map { ($0.source, $0) }, uniquingKeysWith: { first, _ in first })
    guard !kept.isEmpty else { return kept }
    let listed = Set(tree.mailboxes.map(\.mailbox.name))
    let gone = kept.values.filter { !listed.contains($0.source) }.sorted { $0.source < $1.source }
    guard !gone.isEmpty else { return kept }
    let evidence = Evidence(tree)
    let new = tree.mailboxes.indices.filter {
      kept[tree.mailboxes[$0].mailbox.name] == nil && tree.mailboxes[$0].mailbox.isSelectable
    }
    var renames: [(old: MailboxName, new: MailboxName)] = []
    for index in new {
      let listed = tree.mailboxes[index]
      let matches = gone.filter {
        kept[$0.source] != nil && evidence.isSame($0, listed, roles.entries[index])
      }
      guard matches.count == 1, let row = matches.first else { continue }
      rename(row, to: listed, in: &kept)
      renames.append((row.source, listed.mailbox.name))
    }
    // What was below a renamed mailbox went with it.
    guard !renames.isEmpty else { return kept }
    let byName = Dictionary(uniqueKeysWithValues: new.map { (tree.mailboxes[$0].mailbox.name, $0) })
    for row in gone where kept[row.source] != nil {
      for (old, renamed) in renames {
        guard let delimiter = row.sourceDelimiter,
          row.source.bytes.starts(with: old.bytes + [delimiter])
        else { continue }
        let name = MailboxName(renamed.bytes + row.source.bytes.dropFirst(old.bytes.count))
        if kept[name] == nil, let index = byName[name] {
          rename(row, to: tree.mailboxes[index], in: &kept)
          break
        }
      }
    }
    return kept
  }

  private static func rename(
    _ row: MappedMailbox, to new: ListedMailbox, in kept: inout [MailboxName: MappedMailbox]
  ) {
    var row = row
    kept[row.source] = nil
    row.renamedFrom = row.source
    row.reason = "renamed at the source from '\(row.sourcePath)'"
    row.source = new.mailbox.name
    row.sourceDelimiter = new.mailbox.delimiter
    row.sourcePath = new.path.text
    kept[row.source] = row
  }

  private struct Evidence {
    /// Values of UIDVALIDITY that one mailbox alone has; servers give many the same one.
    let distinctive: Set<UIDValidity>

    init(_ tree: ListingTree) {
      let all = tree.mailboxes.compactMap(\.mailbox.status?.uidValidity).filter(\.isKnown)
      distinctive = Set(
        Dictionary(grouping: all, by: { $0 }).filter { $0.value.count == 1 }.keys)
    }

    func isSame(
      _ row: MappedMailbox, _ new: ListedMailbox, _ role: RoleAssignment.Entry?
    ) -> Bool {
      let status = new.mailbox.status
      if let old = row.sourceMailboxID, let id = status?.mailboxID { return old == id }
      if row.roleRule == .attribute, role?.rule == .attribute, row.role == role?.role {
        return true
      }
      guard let old = row.sourceUIDValidity, let validity = status?.uidValidity else {
        return false
      }
      return old == validity && distinctive.contains(validity)
    }
  }
}
