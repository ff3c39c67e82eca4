// mailmove: what is at the target, and what is taken.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The mailboxes and the naming rules of the target.
struct TargetTree: Sendable {
  let tree: ListingTree
  let profile: NamingProfile
  let legal: LegalName
  /// The personal prefix.
  let prefix: Spot
  let roles: RoleAssignment
  /// Raw names of existing mailboxes.
  let names: Set<MailboxName>
  /// Existing mailboxes by exact text.
  private var existing: [String: Int] = [:]
  /// Existing mailboxes by key; several when only their letters' case differs.
  private var keys: Set<String> = []
  /// Whether names that differ in case only are one mailbox.
  let foldsCase: Bool

  init(_ listing: MailboxListing) {
    tree = ListingTree(listing)
    profile = NamingProfile(family: listing.family)
    legal = LegalName(profile: profile, delimiter: tree.delimiter)
    roles = RoleAssignment(tree)
    names = Set(tree.mailboxes.map(\.mailbox.name))
    let paths = tree.mailboxes.map { $0.path.texts.joined(separator: Self.separator) }
    // Two names that differ in case only prove that case counts.
    foldsCase = profile.foldsCase && Set(paths.map(\.caseFolded)).count == Set(paths).count
    prefix = Self.spot(of: tree.prefix, from: .root, foldsCase: foldsCase)
    for (index, listed) in tree.mailboxes.enumerated() where listed.space == .personal {
      let path = paths[index]
      // Swift takes composed and decomposed text for equal; the first, by raw bytes, is kept.
      if existing[path] == nil { existing[path] = index }
      keys.insert(Self.spot(of: listed.path.texts, from: .root, foldsCase: foldsCase).key)
    }
  }

  /// The place one level below another.
  func spot(below parent: Spot, _ segment: String) -> Spot {
    Self.spot(of: [segment], from: parent, foldsCase: foldsCase)
  }

  func spot(of segments: [String], from root: Spot = .root) -> Spot {
    Self.spot(of: segments, from: root, foldsCase: foldsCase)
  }

  /// The mailbox that is there, with the same text.
  func mailbox(at spot: Spot) -> ListedMailbox? {
    existing[spot.segments.joined(separator: Self.separator)].map { tree.mailboxes[$0] }
  }

  /// Whether a new mailbox there would get in the way of one with another text, or mail sent there
  /// would be refused.
  func isObstructed(_ spot: Spot) -> Bool {
    guard let index = existing[spot.segments.joined(separator: Self.separator)] else {
      return keys.contains(spot.key)
    }
    return roles.entries[index].map { $0.role.refusesAppend && $0.rule == .attribute } ?? false
  }

  /// The first segments of namespaces that belong to others.
  var foreignRoots: [Spot] {
    let entries =
      (tree.listing.namespaces?.otherUsers ?? []) + (tree.listing.namespaces?.shared ?? [])
    return entries.compactMap { entry in
      guard !entry.prefix.isEmpty else { return nil }
      let isClosed = entry.prefix.last == entry.delimiter
      let name = MailboxName(isClosed ? Array(entry.prefix.dropLast()) : entry.prefix)
      return spot(of: MailboxPath(name, delimiter: entry.delimiter).texts)
    }
  }

  private static func spot(of segments: [String], from root: Spot, foldsCase: Bool) -> Spot {
    var spot = root
    for segment in segments {
      let isTop = spot.segments.isEmpty
      let isInbox = isTop && segment.utf8.count == 5 && segment.lowercased() == "inbox"
      let key = isInbox ? "inbox" : foldsCase ? segment.nfc.caseFolded : segment
      spot = Spot(
        segments: spot.segments + [segment], key: isTop ? key : spot.key + separator + key,
        bytes: spot.bytes + (isTop ? 0 : 1) + ModifiedUTF7.encode(segment).count)
    }
    return spot
  }

  /// No name can contain it (RFC 9051, 5.1).
  private static let separator = "\0"
}
