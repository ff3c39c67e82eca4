// mailmove: the mailbox for a role at the target.
// SPDX-License-Identifier: Apache-2.0

/// Where mail with a role goes at the target, and how that is known.
struct TargetRole: Sendable {
  let destination: TargetPath
  /// nil: to be created.
  let existing: ListedMailbox?
  /// One clause for people.
  let reason: String
}

extension TargetTree {
  /// The target's mailbox for a role, whatever it is called.
  ///
  /// In this order: a mailbox with the attribute (one with the source's own path before others),
  /// the provider's own name if it exists, the only mailbox with a trusted name for it, the English
  /// name. nil: the role has no place here, and the mailbox is one like any other.
  func place(for role: MailboxRole, preferring path: [String]) -> TargetRole? {
    let holders = roles.holders(of: role)
    let marked = holders.filter { roles.entries[$0]?.rule == .attribute }
    let namesake = marked.first { tree.mailboxes[$0].texts == path }
    if let index = namesake ?? roles.leader(of: role, among: marked.contains) {
      return existing(index, "the target's folder marked \(roles.entries[index]?.attribute ?? "")")
    }
    guard role.specialUse != nil else { return nil }
    if let name = profile.roleNames[role] {
      let destination = destination(below: prefix, name)
      if let mailbox = mailbox(at: destination), mailbox.mailbox.isSelectable {
        return TargetRole(
          destination: destination, existing: mailbox, reason: "the provider's folder '\(name)'")
      }
    }
    let named = holders.filter {
      let rule = roles.entries[$0]?.rule
      return rule == .trustedName || rule == .hostRule
    }
    if named.count == 1, let index = named.first {
      return existing(index, "the target's folder '\(tree.mailboxes[index].path.text)'")
    }
    let destination = destination(below: prefix, role.defaultName)
    let mailbox = mailbox(at: destination)
    return TargetRole(
      destination: destination, existing: mailbox,
      reason: mailbox == nil
        ? "new folder '\(role.defaultName)'" : "the target's folder '\(role.defaultName)'")
  }

  private func existing(_ index: Int, _ reason: String) -> TargetRole {
    let listed = tree.mailboxes[index]
    return TargetRole(
      destination: destination(of: listed.path.texts), existing: listed, reason: reason)
  }
}
