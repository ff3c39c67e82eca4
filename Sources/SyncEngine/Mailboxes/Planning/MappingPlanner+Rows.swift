// mailmove: from placements to rows.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension MappingPlanner {
  /// One row for each listed mailbox, and the frozen rows of those that are gone.
  func rows() -> [MappedMailbox] {
    let hasSubscriptions = source.mailboxes.contains { $0.mailbox.isSubscribed == true }
    var rows: [MappedMailbox] = []
    var listed: Set<MailboxName> = []
    for (index, mailbox) in source.mailboxes.enumerated() {
      listed.insert(mailbox.mailbox.name)
      if let row = frozen[mailbox.mailbox.name] {
        rows.append(row)
      } else {
        rows.append(row(index, mailbox, hasSubscriptions: hasSubscriptions))
      }
    }
    rows += frozen.values.filter { !listed.contains($0.source) }
    return rows.sorted { $0.source < $1.source }
  }

  private func row(
    _ index: Int, _ listed: ListedMailbox, hasSubscriptions: Bool
  ) -> MappedMailbox {
    let entry = roles.entries[index]
    var row = MappedMailbox(
      source: listed.mailbox.name,
      sourceDelimiter: listed.mailbox.delimiter, sourcePath: listed.path.text, role: entry?.role,
      roleRule: entry?.rule ?? .none, decision: .skipped, reason: skipped[index]?.text ?? "")
    row.sourceUIDValidity = listed.mailbox.status?.uidValidity
    row.sourceMailboxID = listed.mailbox.status?.mailboxID
    guard let node = nodes.nodeOf[index], let placement = placements[node] else { return row }
    if takesNamesAsTheyAre {
      row.decision = isRemainder(index) ? .remainder : .same
      row.reason = "an archive takes every name as it is"
      row.target = row.source
      row.targetDelimiter = row.sourceDelimiter
      row.targetPath = row.sourcePath
      row.existsAtTarget = target.names.contains(row.source)
      return row
    }
    let delimiter = target.tree.delimiter
    row.decision = isRemainder(index) ? .remainder : placement.decision
    row.reason = placement.reason
    row.createRole = placement.createRole
    row.target =
      MailboxName(placement.destination.name)
    row.targetDelimiter = placement.existing?.mailbox.delimiter ?? delimiter
    row.targetPath = MailboxPath.text(of: placement.destination.segments)
    row.existsAtTarget = placement.existing?.mailbox.isSelectable ?? false
    row.subscribe =
      hasSubscriptions ? listed.mailbox.isSubscribed == true : !row.existsAtTarget
    return row
  }

  /// An archive keeps the source's own names, so that it can be restored anywhere; the operator's
  /// word still counts.
  private var takesNamesAsTheyAre: Bool {
    target.tree.listing.family == .archive && rules.moves.isEmpty && rules.into == nil
  }
}
