// mailmove: making a folder plan.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Makes one plan. What is certain is placed first: frozen rows, INBOX, roles, the operator's word;
/// then the rest, level by level, so that children always follow their parents.
struct MappingPlanner {
  /// Who has a place at the target.
  enum Claim {
    case node(Int)
    /// A mailbox of an earlier run that is gone from the source.
    case gone
    /// Nobody yet, but it is not to be taken by chance.
    case reserved
  }

  let rules: MappingRules
  let source: ListingTree
  let target: TargetTree
  let roles: RoleAssignment
  /// Why mailboxes are not copied, by index.
  let skipped: [Int: SkipReason]
  let nodes: SourceTree
  /// The operator's word, by node.
  let moves: [Int: MappingRules.Move]
  /// Frozen rows by source name, after renames.
  let frozen: [MailboxName: MappedMailbox]
  /// Where the user's own hierarchy begins at the target.
  let top: TargetPath

  /// The node of INBOX, listed or only as a parent.
  let inbox: Int?

  var placements: [Int: Placement] = [:]
  /// Who has a place, by key.
  var claims: [ExactText: Claim] = [:]
  /// Mailboxes that have the role of another one, with the node that leads.
  var aliases: [Int: (role: MailboxRole, leader: Int)] = [:]
  /// The next number to try when a name is taken, by key.
  var nextSuffix: [ExactText: Int] = [:]
  /// The mailbox that leads each role.
  var leaders: [MailboxRole: Int] = [:]

  init(
    source listing: MailboxListing, target: MailboxListing, rules: MappingRules,
    frozen: [MappedMailbox]
  ) {
    let source = ListingTree(listing, liftsInboxChildren: rules.liftsInboxChildren)
    let moved = MoveMatch(rules.moves, source)
    let roles = RoleAssignment(source, operatorRoles: moved.roles)
    var skipped: [Int: SkipReason] = [:]
    for (index, listed) in source.mailboxes.enumerated() {
      if moved.named.contains(index), listed.mailbox.isSelectable { continue }
      skipped[index] = SkipReason.of(
        listed, role: roles.entries[index]?.role, in: listing, rules: rules)
    }
    let nodes = SourceTree(source, copied: source.mailboxes.indices.filter { skipped[$0] == nil })
    inbox = nodes.nodes.indices.first(where: nodes.isInbox)
    let target = TargetTree(target)
    self.rules = rules
    self.source = source
    self.roles = roles
    self.skipped = skipped
    self.nodes = nodes
    moves = MoveMatch.nodes(rules.moves, nodes)
    self.target = target
    self.frozen = RenameMatch.apply(frozen, to: source, roles)
    let container = target.profile.container.map { [$0] } ?? []
    top = target.destination(
      of: container + (rules.into.map(MailboxPath.typed) ?? []), from: target.prefix)
  }

  mutating func plan() throws(MappingError) -> MailboxMap {
    try checkTop()
    claimWhatIsNotOurs()
    placeFrozen()
    placeInbox()
    placeRoles()
    placeRemainders()
    try placeMoves()
    try placeTheRest()
    let rows = rows()
    return MailboxMap(rows: rows, notes: notes(for: rows))
  }

  /// Roles are mapped only where there is one tree to map them to.
  var mapsRoles: Bool { rules.into == nil && target.tree.listing.family != .archive }

  /// Whether mailboxes can be made below a place.
  func acceptsChildren(_ existing: ListedMailbox?, isMailbox: Bool, role: MailboxRole?) -> Bool {
    if target.tree.delimiter == nil { return false }
    if let existing, existing.mailbox.has("\\NoInferiors") { return false }
    if let role, target.profile.rolesWithoutChildren.contains(role) { return false }
    return !isMailbox || target.profile.allowsDualUse
  }

  private func checkTop() throws(MappingError) {
    let path = MailboxPath.text(of: top.segments)
    for segment in rules.into.map(MailboxPath.typed) ?? [] {
      let legal = target.legal(segment, source: [])
      if !legal.unicodeScalars.elementsEqual(segment.unicodeScalars) {
        throw .illegalDestination(segment, suggestion: legal)
      }
    }
    if top.name.count + Self.roomMin > target.profile.pathBytesMax {
      throw .illegalDestination(path, suggestion: String(path.prefix(20)))
    }
  }

  /// Bytes a new segment needs at least: some text and a digest.
  static let roomMin = 40
}
