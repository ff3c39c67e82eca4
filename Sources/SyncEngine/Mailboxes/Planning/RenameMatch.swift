// mailmove: finding mailboxes again that were renamed.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Finds, for each frozen row whose mailbox has no longer its name, the mailbox it has become.
///
/// A name proves nothing: another mailbox may have it by now (invariant 14). Two mailboxes may even
/// have swapped their names.
struct RenameMatch {
  private let tree: ListingTree
  private let roles: RoleAssignment
  private let evidence: MailboxEvidence
  private var rows: [MappedMailbox]
  /// The row each listed mailbox belongs to, by index, once that is certain.
  private var rowOf: [Int: Int] = [:]

  /// The frozen rows by source name; a row whose mailbox was renamed goes with the new name and
  /// keeps its target, and says what it was called before.
  static func apply(
    _ rows: [MappedMailbox], to tree: ListingTree, _ roles: RoleAssignment
  ) -> [MailboxName: MappedMailbox] {
    var match = RenameMatch(rows, tree, roles)
    return match.matched()
  }

  private init(_ rows: [MappedMailbox], _ tree: ListingTree, _ roles: RoleAssignment) {
    self.tree = tree
    self.roles = roles
    evidence = MailboxEvidence(tree.mailboxes.map(\.mailbox), rows)
    self.rows = rows.map { row in
      var row = row
      // Only a rename that is found now has to be put on record.
      row.renamedFrom = nil
      return row
    }
  }

  private mutating func matched() -> [MailboxName: MappedMailbox] {
    let indexOf = Dictionary(
      tree.mailboxes.indices.map { (tree.mailboxes[$0].mailbox.name, $0) },
      uniquingKeysWith: { first, _ in first })
    // A mailbox that has kept its name and is not known to be another one stays what it was.
    var free: [Int] = []
    for (number, row) in rows.enumerated() {
      guard let index = indexOf[row.source] else {
        free.append(number)
        continue
      }
      if rowOf[index] == nil, !evidence.isAnother(tree.mailboxes[index].mailbox, than: row) {
        rowOf[index] = number
      } else {
        free.append(number)
      }
    }
    free = follow(free.sorted { rows[$0].source < rows[$1].source }, indexOf)
    // What was not found under another name keeps its own, if nobody else has it now.
    for number in free {
      guard let index = indexOf[rows[number].source], rowOf[index] == nil else { continue }
      rowOf[index] = number
    }
    return byName(indexOf)
  }

  /// Gives the mailboxes without a row those rows that are free; returns the rows left.
  private mutating func follow(_ free: [Int], _ indexOf: [MailboxName: Int]) -> [Int] {
    var free = free
    var renames: [(old: MailboxName, new: MailboxName)] = []
    for (index, listed) in tree.mailboxes.enumerated()
    where rowOf[index] == nil && listed.mailbox.isSelectable {
      let matches = free.filter { number in
        evidence.isSame(listed.mailbox, as: rows[number])
          || indexOf[rows[number].source] == nil && hasRole(listed, index, of: rows[number])
      }
      guard matches.count == 1, let number = matches.first else { continue }
      rowOf[index] = number
      free.removeAll { $0 == number }
      renames.append((rows[number].source, listed.mailbox.name))
    }
    // What was below a renamed mailbox went with it.
    for number in free where indexOf[rows[number].source] == nil {
      guard let delimiter = rows[number].sourceDelimiter else { continue }
      let source = rows[number].source
      for (old, renamed) in renames where source.bytes.starts(with: old.bytes + [delimiter]) {
        let name = MailboxName(renamed.bytes + source.bytes.dropFirst(old.bytes.count))
        guard let index = indexOf[name], rowOf[index] == nil,
          tree.mailboxes[index].mailbox.isSelectable
        else { continue }
        rowOf[index] = number
        free.removeAll { $0 == number }
        break
      }
    }
    return free
  }

  private func hasRole(_ listed: ListedMailbox, _ index: Int, of row: MappedMailbox) -> Bool {
    let role = roles.entries[index]
    return row.roleRule == .attribute && role?.rule == .attribute && row.role == role?.role
  }

  private func byName(_ indexOf: [MailboxName: Int]) -> [MailboxName: MappedMailbox] {
    var kept: [MailboxName: MappedMailbox] = [:]
    for (index, number) in rowOf {
      let listed = tree.mailboxes[index]
      kept[listed.mailbox.name] = renamed(rows[number], to: listed)
    }
    let placed = Set(rowOf.values)
    for number in rows.indices where !placed.contains(number) {
      let row =
        indexOf[rows[number].source].flatMap { rowOf[$0] } == nil
        ? rows[number] : displaced(rows[number], beside: kept)
      kept[row.source] = row
    }
    return kept
  }

  private func renamed(_ row: MappedMailbox, to new: ListedMailbox) -> MappedMailbox {
    guard row.source != new.mailbox.name else { return row }
    var row = row
    row.renamedFrom = row.source
    row.reason = "renamed at the source from '\(row.sourcePath)'"
    row.source = new.mailbox.name
    row.sourceDelimiter = new.mailbox.delimiter
    row.sourcePath = new.path.text
    return row
  }

  /// A mailbox that is gone, and whose name belongs to another one now: it keeps its target, under
  /// a name that no server can list.
  private func displaced(
    _ row: MappedMailbox, beside others: [MailboxName: MappedMailbox]
  ) -> MappedMailbox {
    var row = row
    let old = row.source
    var number = 1
    repeat {
      row.source = MailboxName(old.bytes + [0] + Array(String(number).utf8))
      number += 1
    } while others[row.source] != nil || rows.contains { $0.source == row.source }
    row.renamedFrom = old
    row.reason = "gone from the source, where another folder has its name now"
    return row
  }
}
