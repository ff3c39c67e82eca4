// mailmove: which mailboxes the operator's rules name.
// SPDX-License-Identifier: Apache-2.0

/// The mailboxes that `--map` rules name.
struct MoveMatch {
  /// Mailboxes that a rule names, by index; they are copied whatever else is true of them.
  private(set) var named: Set<Int> = []
  /// Those that a rule sends to a role.
  private(set) var roles: [Int: MailboxRole] = [:]

  init(_ moves: [MappingRules.Move], _ tree: ListingTree) {
    guard !moves.isEmpty else { return }
    let byPath = Self.byPath(moves)
    for (index, listed) in tree.mailboxes.enumerated() {
      guard let number = listed.ruleTexts.lazy.compactMap({ byPath[$0] }).first else { continue }
      named.insert(index)
      switch moves[number].to {
      case .path: break
      case .role(let role): roles[index] = role
      }
    }
  }

  /// The rule for each node, a parent that is not listed included, and the rules that fit none.
  static func nodes(
    _ moves: [MappingRules.Move], _ tree: SourceTree
  ) -> (moves: [Int: MappingRules.Move], unused: [MappingRules.Move]) {
    guard !moves.isEmpty else { return ([:], []) }
    let byPath = byPath(moves)
    var matched: [Int: MappingRules.Move] = [:]
    var used: Set<Int> = []
    for (node, value) in tree.nodes.enumerated() where value.depth < depthMax {
      guard let number = tree.ruleTexts(node).lazy.compactMap({ byPath[$0] }).first else {
        continue
      }
      matched[node] = moves[number]
      used.insert(number)
    }
    return (matched, moves.indices.filter { !used.contains($0) }.map { moves[$0] })
  }

  private static func byPath(_ moves: [MappingRules.Move]) -> [String: Int] {
    Dictionary(
      moves.enumerated().map { (MailboxPath.text(of: MailboxPath.typed($1.from)), $0) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Nobody types a rule for a mailbox deeper than this, and the paths of hostile trees are long.
  private static let depthMax = 64
}
