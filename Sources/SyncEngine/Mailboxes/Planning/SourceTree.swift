// mailmove: the hierarchy of the mailboxes that are copied.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The mailboxes that are copied and all their parents, listed or not.
///
/// Nodes are in the order of raw names, parents before children. Two mailboxes share a parent only
/// if the raw bytes up to there, delimiters included, are the same.
struct SourceTree: Sendable {
  struct Node: Sendable {
    let parent: Int?
    /// Levels below the top; 0 at the top.
    let depth: Int
    /// The decoded segment.
    let text: String
    /// Index of the mailbox; nil for one that is a parent only.
    var listed: Int?
    /// A mailbox at or below this node, for its raw name.
    let witness: Int
    /// How many of the witness's segments lead here.
    let level: Int
  }

  private(set) var nodes: [Node] = []
  /// Node by index of the mailbox.
  private(set) var nodeOf: [Int: Int] = [:]
  private let tree: ListingTree

  private struct Key: Hashable {
    /// A node, or a root as a negative number.
    let parent: Int
    let delimiter: UInt8?
    let bytes: [UInt8]
  }

  init(_ tree: ListingTree, copied: [Int]) {
    self.tree = tree
    var known: [Key: Int] = [:]
    var roots: [[[UInt8]]: Int] = [:]
    for index in copied {
      let listed = tree.mailboxes[index]
      let root = listed.path.segments.prefix(listed.dropped).map(\.bytes)
      let rootNumber = roots[root] ?? roots.count
      roots[root] = rootNumber
      var parent: Int?
      for (depth, segment) in listed.segments.enumerated() {
        let key = Key(
          parent: parent ?? -1 - rootNumber,
          delimiter: parent == nil ? nil : listed.mailbox.delimiter, bytes: segment.bytes)
        if let node = known[key] {
          parent = node
          continue
        }
        known[key] = nodes.count
        nodes.append(
          Node(
            parent: parent, depth: depth, text: segment.text, listed: nil, witness: index,
            level: listed.dropped + depth + 1))
        parent = nodes.count - 1
      }
      guard var node = parent else { continue }
      if nodes[node].listed != nil {
        // `Inbox/a` beside `INBOX/a`: the same parent, and two mailboxes all the same.
        let twin = nodes[node]
        nodes.append(
          Node(
            parent: twin.parent, depth: twin.depth, text: twin.text, listed: nil, witness: index,
            level: twin.level))
        node = nodes.count - 1
      }
      nodes[node].listed = index
      nodeOf[index] = node
    }
  }

  /// Whether the node is INBOX by name, listed or only as a parent.
  func isInbox(_ node: Int) -> Bool {
    nodes[node].level == 1 && segments(node).first?.bytes == MailboxName.inbox.bytes
  }

  /// The raw name, as far as this node.
  func rawName(_ node: Int) -> [UInt8] {
    if let listed = nodes[node].listed { return tree.mailboxes[listed].mailbox.name.bytes }
    let delimiter = tree.mailboxes[nodes[node].witness].mailbox.delimiter
    let pieces = segments(node).map(\.bytes)
    return delimiter.map { Array(pieces.joined(separator: [$0])) } ?? pieces.flatMap { $0 }
  }

  /// The path for people and for rules.
  func ruleTexts(_ node: Int) -> [String] {
    let all = segments(node)
    let dropped = tree.mailboxes[nodes[node].witness].dropped
    let full = MailboxPath.text(of: all.map(\.text))
    return dropped == 0 ? [full] : [full, MailboxPath.text(of: all.dropFirst(dropped).map(\.text))]
  }

  private func segments(_ node: Int) -> ArraySlice<MailboxPath.Segment> {
    tree.mailboxes[nodes[node].witness].path.segments.prefix(nodes[node].level)
  }
}
