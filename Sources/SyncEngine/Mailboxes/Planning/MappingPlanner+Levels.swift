// mailmove: placing what has no role.
// SPDX-License-Identifier: Apache-2.0

extension MappingPlanner {
  /// A name a node would like to have.
  private struct Wish {
    let node: Int
    let base: TargetPath
    let segment: String
    let destination: TargetPath
    /// Whether the segment is the source's own, byte for byte.
    let isUnchanged: Bool
    let isFlattened: Bool
    /// Whether all segments so far are the source's own.
    let isSame: Bool
    let reason: String
    /// Bytes left for the segment.
    let room: Int
  }

  /// The rest, one level of the source after the other. In a level, names that need no change come
  /// first; the others follow in the order of their raw bytes.
  mutating func placeTheRest() throws(MappingError) {
    let depths = depths()
    let levels = Dictionary(grouping: nodes.nodes.indices, by: { depths[$0] })
    for depth in levels.keys.sorted() {
      let wishes = (levels[depth] ?? []).filter { placements[$0] == nil }.map { wish($0) }
      // Of two with one name, one that was there comes before one that is lifted there.
      let unchanged = wishes.filter { $0.isUnchanged && aliases[$0.node] == nil }
        .sorted { (nodes.nodes[$0.node].level, $0.node) < (nodes.nodes[$1.node].level, $1.node) }
      let others = wishes.filter { !($0.isUnchanged && aliases[$0.node] == nil) }
      for wish in unchanged + others { try place(wish) }
    }
  }

  /// The level in which each node has its turn: that of the source, but a second mailbox of a role
  /// comes with the level that it goes to, so that it takes no name from those who live there.
  private func depths() -> [Int] {
    var depths: [Int] = []
    depths.reserveCapacity(nodes.nodes.count)
    for (index, node) in nodes.nodes.enumerated() {
      var depth = node.depth
      if let parent = node.parent { depth = max(depth, depths[parent] + 1) }
      if let alias = aliases[index], placements[alias.leader]?.acceptsChildren == true {
        depth = max(depth, nodes.nodes[alias.leader].depth + 1)
      }
      depths.append(depth)
    }
    return depths
  }

  private func wish(_ node: Int) -> Wish {
    let value = nodes.nodes[node]
    let text = wantedText(value.text)
    if let alias = aliases[node], let leader = placements[alias.leader] {
      let isBelow = leader.acceptsChildren
      return wish(
        node, text, below: isBelow ? leader.destination : top, flattenedFrom: nil, isSame: false,
        reason: "a second folder for \(alias.role.rawValue)")
    }
    guard let parent = value.parent, let place = placements[parent] else {
      let isFlat = target.tree.delimiter == nil && !top.segments.isEmpty
      return wish(
        node, text, below: top, flattenedFrom: isFlat ? top.segments.last : nil,
        isSame: top.segments.count == target.prefix.segments.count, reason: "")
    }
    let parentIsSame = place.decision == .same || parent == inbox && rules.into == nil
    let reason = parentIsSame ? "" : "follows '\(MailboxPath.text(of: place.destination.segments))'"
    if place.acceptsChildren {
      return wish(
        node, text, below: place.destination, flattenedFrom: nil, isSame: parentIsSame,
        reason: reason)
    }
    let isOurs =
      place.destination.segments.count > top.segments.count
      && place.destination.segments.starts(with: top.segments)
    let above = isOurs ? target.destination(above: place.destination) : top
    return wish(
      node, text, below: above, flattenedFrom: place.destination.segments.last, isSame: false,
      reason:
        "the target cannot have folders below '\(MailboxPath.text(of: place.destination.segments))'"
    )
  }

  private func wish(
    _ node: Int, _ text: String, below wanted: TargetPath, flattenedFrom stem: String?,
    isSame: Bool,
    reason: String
  ) -> Wish {
    let base = baseWithRoom(wanted)
    let room = target.profile.pathBytesMax - base.name.count - (base.segments.isEmpty ? 0 : 1)
    let raw = nodes.rawName(node)
    let isTop = base.segments.count == target.prefix.segments.count
    if base != wanted {
      let name = target.legal.shortened(
        target.legal(text, isTop: isTop, source: raw),
        to: min(room, target.profile.segmentBytesMax), source: raw)
      return Wish(
        node: node, base: base, segment: name, destination: target.destination(below: base, name),
        isUnchanged: false, isFlattened: true, isSame: false,
        reason: "the path is too long for the target", room: room)
    }
    let joined = stem.map { "\($0) - \(text)" } ?? text
    var segment = target.legal(joined, isTop: isTop, bytesMax: room, source: raw)
    if stem == nil, !segment.unicodeScalars.elementsEqual(text.unicodeScalars),
      !target.legal.isReserved(text, isTop: isTop),
      target.mailbox(at: target.destination(below: base, text)) != nil
    {
      segment = text
    }
    let original = nodes.nodes[node].text
    let isUnchanged = segment.unicodeScalars.elementsEqual(original.unicodeScalars)
    return Wish(
      node: node, base: base, segment: segment,
      destination: target.destination(below: base, segment),
      isUnchanged: isUnchanged,
      isFlattened: stem != nil, isSame: isSame && isUnchanged,
      reason: stem == nil && !isUnchanged && reason.isEmpty
        ? whyChanged(original, isTop: isTop) : reason,
      room: room)
  }

  private func whyChanged(_ original: String, isTop: Bool) -> String {
    let name = MailboxPath.text(of: [original])
    return target.legal.isReserved(original, isTop: isTop)
      ? "'\(name)' has a meaning of its own" : "'\(name)' is not possible at the target"
  }

  private mutating func place(_ wish: Wish) throws(MappingError) {
    let node = wish.node
    let first = wish.destination
    var destination = first
    var isSuffixed = false
    while claims[destination.key] != nil || target.isObstructed(destination) {
      switch rules.onCollision {
      case .suffix: break
      case .fail: throw collision(node, destination)
      case .merge:
        if case .node(let owner) = claims[destination.key], let other = placements[owner] {
          placements[node] = Placement(
            destination: other.destination, existing: other.existing,
            acceptsChildren: other.acceptsChildren,
            decision: .merged, reason: "--on-collision merge")
          return
        }
      }
      let number = nextSuffix[first.key] ?? 2
      nextSuffix[first.key] = number + 1
      let segment = target.legal.appending(
        " (\(number))", to: wish.segment, bytesMax: wish.room)
      destination = target.destination(below: wish.base, segment)
      isSuffixed = true
    }
    claims[destination.key] = .node(node)
    let existing = target.mailbox(at: destination)
    let isMailbox = nodes.nodes[node].listed != nil
    let decision: MappedMailbox.Decision =
      isSuffixed ? .suffixed : wish.isFlattened ? .flattened : wish.isSame ? .same : .renamed
    placements[node] = Placement(
      destination: destination, existing: existing,
      acceptsChildren: acceptsChildren(existing, isMailbox: isMailbox, role: nil),
      decision: decision, reason: reason(wish, isSuffixed: isSuffixed, first))
  }

  private func reason(_ wish: Wish, isSuffixed: Bool, _ first: TargetPath) -> String {
    if isSuffixed { return "'\(MailboxPath.text(of: first.segments))' is taken" }
    if !wish.reason.isEmpty { return wish.reason }
    if rules.into != nil { return "--into" }
    if let container = target.profile.container {
      return "the target wants it below '\(container)'"
    }
    return "same name"
  }

  private func collision(_ node: Int, _ destination: TargetPath) -> MappingError {
    let path = MailboxPath.text(of: destination.segments)
    var other = path
    if case .node(let owner) = claims[destination.key] {
      other = nodes.ruleTexts(owner).first ?? path
    }
    return .collision(other, nodes.ruleTexts(node).first ?? "", target: path)
  }

  /// The nearest place above that leaves room for one more segment.
  private func baseWithRoom(_ destination: TargetPath) -> TargetPath {
    var base = destination
    while base.name.count + 1 + Self.roomMin > target.profile.pathBytesMax,
      base.segments.count > top.segments.count
    {
      base = target.destination(above: base)
    }
    return base
  }

  /// DavMail writes `/` in a way that nobody reads; the segment then gets what `/` gets.
  private func wantedText(_ text: String) -> String {
    guard source.listing.family == .davMail, text.contains("_xF8FF_") else { return text }
    return text.replacing("_xF8FF_", with: "/")
  }
}
