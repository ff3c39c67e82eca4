// mailmove: what a folder plan places first.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension MappingPlanner {
  /// Namespaces of others, and INBOX: nothing of ours may take those names by chance.
  mutating func claimWhatIsNotOurs() {
    for destination in target.foreignRoots { claims[destination.key] = .reserved }
    claims[target.destination(of: ["INBOX"]).key] = .reserved
    claims[target.destination(below: target.prefix, "INBOX").key] = .reserved
  }

  /// Rows of an earlier run, those of mailboxes that are gone included.
  mutating func placeFrozen() {
    var nodeByName: [[UInt8]: Int] = [:]
    for (index, node) in nodes.nodeOf {
      nodeByName[source.mailboxes[index].mailbox.name.bytes] = node
    }
    for row in frozen.values.sorted(by: { $0.source < $1.source }) {
      guard let name = row.target else { continue }
      let path = MailboxPath(name, delimiter: row.targetDelimiter)
      let destination = target.destination(of: path.texts).named(name)
      let node = nodeByName[row.source.bytes]
      if case .node = claims[destination.key] {
      } else {
        claims[destination.key] = node.map { .node($0) } ?? .gone
      }
      guard let node else { continue }
      let existing = target.mailbox(at: destination)
      placements[node] = Placement(
        destination: destination, existing: existing,
        acceptsChildren: acceptsChildren(existing, isMailbox: true, role: row.role),
        decision: row.decision, reason: row.reason)
      if row.decision == .role, let role = row.role, leaders[role] == nil {
        leaders[role] = nodes.nodes[node].listed
      }
    }
  }

  mutating func placeInbox() {
    guard let node = inbox, placements[node] == nil, moves[node] == nil else { return }
    let isElsewhere = rules.into != nil
    let destination =
      isElsewhere ? target.destination(below: top, "INBOX") : target.destination(of: ["INBOX"])
    let existing = target.mailbox(at: destination)
    claims[destination.key] = .node(node)
    placements[node] = Placement(
      destination: destination, existing: existing,
      acceptsChildren: acceptsChildren(
        existing, isMailbox: nodes.nodes[node].listed != nil, role: .inbox),
      decision: isElsewhere ? .renamed : .role,
      reason: isElsewhere ? "--into" : "INBOX is INBOX everywhere")
  }

  /// Each role's leader goes to the target's mailbox for it; the others are placed below it later.
  mutating func placeRoles() {
    guard mapsRoles else { return }
    let copied = Set(nodes.nodeOf.filter { !isMoved($0.value) }.keys)
    for role in MailboxRole.allCases where role.treatment == .placed && role != .inbox {
      if leaders[role] == nil { leaders[role] = roles.leader(of: role, among: copied.contains) }
      guard let leader = leaders[role], let node = nodes.nodeOf[leader] else { continue }
      if placements[node] == nil {
        placements[node] =
          isQuarantined(role) ? quarantine(leader, node, role) : place(leader, node, role)
      }
      guard let lead = placements[node] else { continue }
      for index in roles.holders(of: role) where index != leader && copied.contains(index) {
        guard let other = nodes.nodeOf[index], placements[other] == nil else { continue }
        if rules.mergesRoles || roles.entries[index]?.rule == .operatorRule {
          placements[other] = Placement(
            destination: lead.destination, existing: lead.existing,
            acceptsChildren: lead.acceptsChildren,
            decision: .merged, reason: reason(index, role) + ", together with the other one")
        } else {
          aliases[other] = (role, node)
        }
      }
    }
  }

  /// What shows all mail goes where archived mail goes: at a server with labels, what it holds
  /// beside the other mailboxes is mail that was archived.
  mutating func placeRemainders() {
    guard mapsRoles else { return }
    for index in roles.holders(of: .all) {
      guard let node = nodes.nodeOf[index], placements[node] == nil, moves[node] == nil,
        let place = target.place(for: .archive, preferring: source.mailboxes[index].texts)
      else { continue }
      let lead = leaders[.archive].flatMap { nodes.nodeOf[$0] }.flatMap { placements[$0] }
      let destination = lead?.destination ?? place.destination
      let isTaken = isTaken(destination)
      if !isTaken { claims[destination.key] = .node(node) }
      let existing = target.mailbox(at: destination)
      let isCreated = existing == nil && !isTaken && target.tree.listing.canCreateWithRole
      let kept = isRemainder(index) ? "mail that is in no other folder" : reason(index, .all)
      placements[node] = Placement(
        destination: destination, existing: existing,
        acceptsChildren: acceptsChildren(existing, isMailbox: true, role: .archive),
        decision: isTaken ? .merged : .role,
        reason: kept + " -> " + (lead == nil ? place.reason : "where archived mail goes"),
        createRole: isCreated ? .archive : nil)
    }
  }

  /// Whether only those messages of a mailbox are copied that no other one holds.
  func isRemainder(_ index: Int) -> Bool {
    let listed = source.mailboxes[index]
    return roles.entries[index]?.role == .all
      && SkipReason.hasRemainder(listed, in: source.listing)
      && nodes.nodeOf[index].map { moves[$0] == nil } ?? false
  }

  /// What the operator said, after roles, so that it may name the same mailbox as a role does.
  mutating func placeMoves() throws(MappingError) {
    for (node, move) in moves.sorted(by: { $0.key < $1.key }) where placements[node] == nil {
      let destination: TargetPath
      switch move.to {
      case .path(let path): destination = try self.destination(typed: path)
      case .role(let role):
        guard let place = target.place(for: role, preferring: []) else { continue }
        destination = place.destination
      }
      let isTaken = isTaken(destination)
      if !isTaken { claims[destination.key] = .node(node) }
      let existing = target.mailbox(at: destination)
      placements[node] = Placement(
        destination: destination, existing: existing,
        acceptsChildren: acceptsChildren(
          existing, isMailbox: nodes.nodes[node].listed != nil, role: nil),
        decision: isTaken ? .merged : .manual, reason: "--map \(move)")
    }
  }

  /// Whether another source has the place, even one that is gone.
  private func isTaken(_ destination: TargetPath) -> Bool {
    switch claims[destination.key] {
    case .node, .gone: true
    case .reserved, nil: false
    }
  }

  /// Whether the operator gave the mailbox a path of its own.
  private func isMoved(_ node: Int) -> Bool {
    switch moves[node]?.to {
    case .path: true
    case .role, nil: false
    }
  }

  private mutating func place(_ leader: Int, _ node: Int, _ role: MailboxRole) -> Placement? {
    let path = source.mailboxes[leader].texts
    guard let place = target.place(for: role, preferring: path) else { return nil }
    let isTaken = isTaken(place.destination)
    if !isTaken { claims[place.destination.key] = .node(node) }
    let exists = place.existing?.mailbox.isSelectable ?? false
    let isCreated = !exists && target.tree.listing.canCreateWithRole && role.specialUse != nil
    return Placement(
      destination: place.destination, existing: place.existing,
      acceptsChildren: acceptsChildren(place.existing, isMailbox: true, role: role),
      decision: isTaken ? .merged : .role,
      reason: "\(reason(leader, role)) -> \(place.reason)", createRole: isCreated ? role : nil)
  }

  /// Whether mail with this role stays away from the target's own mailbox for it.
  func isQuarantined(_ role: MailboxRole) -> Bool {
    rules.quarantinesJunkAndTrash && (role == .junk || role == .trash)
  }

  /// An ordinary mailbox, under a name that means nothing to any server.
  private mutating func quarantine(
    _ leader: Int, _ node: Int, _ role: MailboxRole
  ) -> Placement {
    var number = 1
    var destination = target.destination(below: target.prefix, "Old \(role.defaultName)")
    while claims[destination.key] != nil || target.isObstructed(destination) {
      number += 1
      destination = target.destination(below: target.prefix, "Old \(role.defaultName) (\(number))")
    }
    claims[destination.key] = .node(node)
    let existing = target.mailbox(at: destination)
    return Placement(
      destination: destination, existing: existing,
      acceptsChildren: acceptsChildren(existing, isMailbox: true, role: nil), decision: .renamed,
      reason: "\(reason(leader, role)); --quarantine-junk-trash")
  }

  /// How the role of a source mailbox is known, for people.
  func reason(_ index: Int, _ role: MailboxRole) -> String {
    let name = source.mailboxes[index].segments.last?.text ?? ""
    guard let entry = roles.entries[index] else { return role.rawValue }
    switch entry.rule {
    case .attribute: return "marked \(entry.attribute ?? "")"
    case .operatorRule: return "--map to \(role.rawValue)"
    case .hostRule: return "'\(name)' is this provider's folder for \(role.rawValue)"
    case .trustedName, .plausibleName: return "'\(name)' is a name for \(role.rawValue)"
    case .siblingEvidence:
      return "'\(name)' is \(role.rawValue), because its other meaning is taken"
    case .none: return role.rawValue
    }
  }

  /// A path the operator typed: complete, or from the top of the user's own hierarchy.
  private func destination(typed path: String) throws(MappingError) -> TargetPath {
    let segments = MailboxPath.typed(path)
    var destination = top
    var rest = segments[...]
    if rules.into == nil {
      let complete = target.destination(of: segments)
      if segments == ["INBOX"] || target.mailbox(at: complete) != nil { return complete }
      for start in [top, target.prefix]
      where segments.count > start.segments.count && segments.starts(with: start.segments) {
        destination = start
        rest = segments.dropFirst(start.segments.count)
        break
      }
    }
    for segment in rest {
      let next = target.destination(below: destination, segment)
      if target.mailbox(at: next) == nil { try checkLegal(segment, next, path) }
      destination = next
    }
    return destination
  }

  private func checkLegal(
    _ segment: String, _ destination: TargetPath, _ path: String
  ) throws(MappingError) {
    let isTop = destination.segments.count == target.prefix.segments.count + 1
    let legal = target.legal(segment, isTop: isTop, source: [])
    let isLegal = legal.unicodeScalars.elementsEqual(segment.unicodeScalars)
    let isFlat = target.tree.delimiter == nil && destination.segments.count > 1
    guard isLegal, !isFlat, destination.name.count <= target.profile.pathBytesMax else {
      throw .illegalDestination(path, suggestion: isFlat ? segment : legal)
    }
  }
}

extension MappingRules.Move: CustomStringConvertible {
  /// As on the command line.
  package var description: String {
    switch to {
    case .path(let path): "\(from)=\(path)"
    case .role(let role): "\(from)=\(role.attributes.first ?? role.rawValue)"
    }
  }
}
