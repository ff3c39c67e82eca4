// mailmove: what is at the target, and what is taken.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The mailboxes and the naming rules of the target.
struct TargetTree: Sendable {
  let tree: ListingTree
  let profile: NamingProfile
  let legal: LegalName
  /// The personal prefix.
  let prefix: TargetPath
  let roles: RoleAssignment
  /// Raw names of existing mailboxes.
  let names: Set<MailboxName>
  /// Existing mailboxes by exact text.
  private var existing: [ExactText: Int] = [:]
  /// Existing mailboxes by text that is the same to read; the first by raw bytes.
  private var alike: [String: Int] = [:]
  /// Existing mailboxes by key; several when only their letters' case differs.
  private var keys: Set<ExactText> = []
  private let maker: TargetPathMaker

  init(_ listing: MailboxListing) {
    tree = ListingTree(listing)
    roles = RoleAssignment(tree)
    profile = Self.profile(tree, roles)
    legal = LegalName(profile: profile, delimiter: tree.delimiter)
    names = Set(tree.mailboxes.map(\.mailbox.name))
    let paths = tree.mailboxes.map { $0.path.texts.joined(separator: TargetPathMaker.separator) }
    // Two names that differ in case only, or are the same to read, prove that bytes count.
    let foldsCase =
      profile.foldsCase && Set(paths.map(\.caseFolded)).count == Set(paths).count
    let foldsForms =
      profile.foldsForms && Set(paths.map { ExactText($0) }).count == Set(paths).count
    maker = TargetPathMaker(
      delimiter: tree.delimiter, foldsCase: foldsCase, foldsForms: foldsForms)
    prefix = maker.destination(of: tree.prefix, from: .root)
    for (index, listed) in tree.mailboxes.enumerated() where listed.space == .personal {
      let path = paths[index]
      if existing[ExactText(path)] == nil { existing[ExactText(path)] = index }
      if alike[path] == nil { alike[path] = index }
      keys.insert(maker.destination(of: listed.path.texts, from: .root).key)
    }
  }

  /// What the family allows. Where every mailbox without a role says that it can have none below it
  /// (mbox files), so will those that are made.
  private static func profile(_ tree: ListingTree, _ roles: RoleAssignment) -> NamingProfile {
    var profile = NamingProfile(family: tree.listing.family)
    let ordinary = tree.mailboxes.indices.filter { index in
      let listed = tree.mailboxes[index]
      return roles.entries[index] == nil && !listed.isInbox && listed.mailbox.isSelectable
        && listed.space == .personal
    }
    let isFlat = ordinary.allSatisfy { tree.mailboxes[$0].mailbox.has("\\NoInferiors") }
    if !ordinary.isEmpty, isFlat { profile.allowsDualUse = false }
    return profile
  }

  /// The place one level below another.
  func destination(below parent: TargetPath, _ segment: String) -> TargetPath {
    maker.destination(below: parent, segment)
  }

  /// The place one level above another.
  func destination(above destination: TargetPath) -> TargetPath {
    let above = self.destination(of: destination.segments.dropLast())
    return mailbox(at: above).map { above.named($0.mailbox.name) } ?? above
  }

  func destination(of segments: [String], from root: TargetPath = .root) -> TargetPath {
    maker.destination(of: segments, from: root)
  }

  /// The mailbox that is there: of the same name byte for byte, else of one that differs only in
  /// how letters with marks are put together.
  func mailbox(at destination: TargetPath) -> ListedMailbox? {
    index(at: destination).map { tree.mailboxes[$0] }
  }

  private func index(at destination: TargetPath) -> Int? {
    existing[ExactText(destination.text)] ?? (maker.foldsForms ? alike[destination.text] : nil)
  }

  /// Whether a new mailbox there would get in the way of one with another text, or mail sent there
  /// would be refused.
  func isObstructed(_ destination: TargetPath) -> Bool {
    guard let index = index(at: destination) else {
      return keys.contains(destination.key)
    }
    return roles.entries[index].map { $0.role.refusesAppend && $0.rule == .attribute } ?? false
  }

  /// The first segments of namespaces that belong to others.
  var foreignRoots: [TargetPath] {
    let entries =
      (tree.listing.namespaces?.otherUsers ?? []) + (tree.listing.namespaces?.shared ?? [])
    return entries.compactMap { entry in
      guard !entry.prefix.isEmpty else { return nil }
      let isClosed = entry.prefix.last == entry.delimiter
      let name = MailboxName(isClosed ? Array(entry.prefix.dropLast()) : entry.prefix)
      return destination(of: MailboxPath(name, delimiter: entry.delimiter).texts)
    }
  }
}
