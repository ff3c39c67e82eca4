// mailmove: which mailboxes the operator's rules name.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The mailboxes that `--map` rules name.
struct MoveMatch {
  /// Mailboxes that a rule names, by index; they are copied whatever else is true of them.
  private(set) var named: Set<Int> = []
  /// The number of the rule that names a mailbox, by its index.
  private(set) var rules: [Int: Int] = [:]
  /// Those that a rule sends to a role.
  private(set) var roles: [Int: MailboxRole] = [:]

  init(_ moves: [MappingRules.Move], _ tree: ListingTree) {
    guard !moves.isEmpty else { return }
    let byPath = RulePaths(moves, among: tree.mailboxes.flatMap(\.ruleTexts))
    for (index, listed) in tree.mailboxes.enumerated() {
      guard let number = byPath.rule(for: listed.ruleTexts) else { continue }
      named.insert(index)
      rules[index] = number
      switch moves[number].to {
      case .path: break
      case .role(let role): roles[index] = role
      }
    }
  }

  /// The rule for each node, a parent that is not listed included.
  static func nodes(_ moves: [MappingRules.Move], _ tree: SourceTree) -> [Int: MappingRules.Move] {
    guard !moves.isEmpty else { return [:] }
    let shallow = tree.nodes.indices.filter { tree.nodes[$0].depth < depthMax }
    let byPath = RulePaths(moves, among: shallow.flatMap(tree.ruleTexts))
    var matched: [Int: MappingRules.Move] = [:]
    for node in shallow {
      guard let number = byPath.rule(for: tree.ruleTexts(node)) else { continue }
      matched[node] = moves[number]
    }
    return matched
  }

  /// Nobody types a rule for a mailbox deeper than this, and the paths of hostile trees are long.
  private static let depthMax = 64
}

/// The rules by the paths they name: to the byte, or, where no path is the same to the byte, the
/// same to read.
private struct RulePaths {
  private var exact: [ExactText: Int] = [:]
  private var alike: [String: Int] = [:]

  /// - Parameter paths: those that could be meant.
  init(_ moves: [MappingRules.Move], among paths: [String]) {
    let there = Set(paths.map { ExactText($0) })
    for (number, move) in moves.enumerated() {
      let path = MailboxPath.text(of: MailboxPath.typed(move.from))
      if exact[ExactText(path)] == nil { exact[ExactText(path)] = number }
      if !there.contains(ExactText(path)), alike[path] == nil { alike[path] = number }
    }
  }

  /// The rule for what has these paths.
  func rule(for paths: [String]) -> Int? {
    paths.lazy.compactMap { exact[ExactText($0)] }.first
      ?? paths.lazy.compactMap { alike[$0] }.first
  }
}
