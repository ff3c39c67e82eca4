// mailmove: what a folder plan has to say.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension MappingPlanner {
  func notes(for rows: [MappedMailbox]) -> [MappingNote] {
    roleNotes() + nameNotes() + skipNotes() + targetNotes(rows)
  }

  private func roleNotes() -> [MappingNote] {
    var notes = roles.distrusted.map { MappingNote.distrustedAttribute($0) }
    for (index, readings) in roles.ambiguous.sorted(by: { $0.key < $1.key })
    where isOpen(index) {
      notes.append(.ambiguousName(path(index), readings.first, readings.second))
    }
    for role in MailboxRole.allCases where role.treatment == .placed {
      guard let leader = leaders[role] else { continue }
      let others = roles.holders(of: role).filter { $0 != leader && skipped[$0] == nil }
      if !others.isEmpty {
        notes.append(.severalWithRole(role, leader: path(leader), others: others.map(path)))
      }
    }
    let filled = Set(roles.entries.values.map(\.role))
    for (index, listed) in source.mailboxes.enumerated()
    where isOpen(index) && roles.entries[index] == nil && listed.segments.count == 1 {
      guard let last = listed.segments.last, last.bytes.count < 256,
        let role = RoleNames.suggestion(for: MatchingForm(last.text)), !filled.contains(role),
        roles.ambiguous[index] == nil
      else { continue }
      notes.append(.looksLikeRole(path(index), role))
    }
    return notes
  }

  private func nameNotes() -> [MappingNote] {
    var notes: [MappingNote] = []
    for (index, listed) in source.mailboxes.enumerated() where skipped[index] == nil {
      if !listed.path.isExact {
        notes.append(.repairedName(path(index)))
      } else if let last = listed.segments.last, let guess = MisreadText.guess(last.text) {
        notes.append(.misreadName(path(index), guess))
      }
    }
    if source.listing.family == .exchange { notes.append(.slashNamesAreHidden) }
    return notes
  }

  private func skipNotes() -> [MappingNote] {
    var notes: [MappingNote] = []
    for (index, listed) in source.mailboxes.enumerated() where skipped[index] == .virtual(.all) {
      notes.append(
        .onlyCopyMayBeHere(
          path(index), messages: listed.messages, onlyHere: onlyThere(listed.messages)))
    }
    let nonMail = skipped.filter { $0.value == .nonMail }.keys.sorted()
    if !nonMail.isEmpty { notes.append(.skippedAsNonMail(nonMail.map(path))) }
    let shared = skipped.values.filter { $0 == .shared }.count
    if shared > 0 { notes.append(.skippedAsShared(shared)) }
    return notes
  }

  /// How many messages of a view of everything are in none of the other mailboxes, at least: mail
  /// with two labels is counted twice there, and Junk and Trash are not in the view at all.
  private func onlyThere(_ messages: Int64?) -> Int64? {
    guard let messages else { return nil }
    var elsewhere: Int64 = 0
    for (index, listed) in source.mailboxes.enumerated() where listed.mailbox.isSelectable {
      let role = roles.entries[index]?.role
      if role?.isVirtual == true || role == .junk || role == .trash { continue }
      guard let count = listed.messages else { return nil }
      elsewhere = elsewhere.addingReportingOverflow(count).partialValue
    }
    return max(0, messages.subtractingReportingOverflow(elsewhere).partialValue)
  }

  private func targetNotes(_ rows: [MappedMailbox]) -> [MappingNote] {
    var notes: [MappingNote] = []
    let purged = [MailboxRole.junk, .trash].filter { !isQuarantined($0) }.compactMap { role in
      leaders[role].flatMap { nodes.nodeOf[$0] }.flatMap { placements[$0] }.map {
        MailboxPath.text(of: $0.destination.segments)
      }
    }
    if !purged.isEmpty { notes.append(.purgedByAge(purged)) }
    if let allowed = target.profile.mailboxCountMax {
      let new = Set(rows.filter { !$0.existsAtTarget }.compactMap(\.target)).count
      let own = target.tree.mailboxes.indices.filter { target.roles.entries[$0] == nil }.count
      if new > 0, own + new > allowed {
        notes.append(.tooManyMailboxes(needed: own + new, allowed: allowed))
      }
    }
    return notes
  }

  /// Whether there is still something to decide about a mailbox.
  private func isOpen(_ index: Int) -> Bool {
    guard skipped[index] == nil, let node = nodes.nodeOf[index] else { return false }
    return moves[node] == nil && frozen[source.mailboxes[index].mailbox.name] == nil
  }

  private func path(_ index: Int) -> String { source.mailboxes[index].path.text }
}
