// mailmove: whether the operator's rules have an effect.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Whether the operator's rules have an effect on what the source lists and on what an earlier run
/// has decided.
package struct RuleCheck: Sendable, Equatable {
  package private(set) var idle: [IdleRule] = []
  /// Rules that other jobs have too and that have an effect here, as typed.
  package private(set) var fitting: Set<String> = []
  /// Nothing is selected, and that is the doing of `include` and `exclude`.
  package private(set) var selectsNothing = false
  /// The options whose rules other jobs have too.
  private let shared: Set<IdleRule.Option>

  /// Idle rules that a person has to be told of: those of this job alone.
  package var told: [IdleRule] { idle.filter { !shared.contains($0.option) } }

  /// Idle rules that other jobs have too; whether they fit in one of those is not known here.
  package var sharedIdle: [IdleRule] { idle.filter { shared.contains($0.option) } }

  /// A rule wants something else than what an earlier run has decided.
  var comesTooLate: Bool { idle.contains { $0.reason == .tooLate } }

  /// - Parameter frozen: what an earlier run has decided.
  package init(_ rules: MappingRules, _ listing: MailboxListing, frozen: [MappedMailbox]) {
    shared = rules.shared
    guard rules.hasNames else { return }
    let tree = ListingTree(listing, liftsInboxChildren: rules.liftsInboxChildren)
    let match = MoveMatch(rules.moves, tree)
    let roles = RoleAssignment(tree, operatorRoles: match.roles)
    var unnamed = rules
    unnamed.include = []
    unnamed.exclude = []
    let wanted = tree.mailboxes.indices.filter { index in
      rules.names(tree.mailboxes[index]) || skip(index, tree, roles, rules) == nil
    }
    selectsNothing =
      wanted.isEmpty
      && tree.mailboxes.indices.contains { skip($0, tree, roles, unnamed) == nil }
    check(rules.exclude, as: .exclude) { glob in
      tree.mailboxes.contains { $0.isMeant(by: glob) } ? nil : .fitsNothing
    }
    check(rules.include, as: .include) { glob in
      Self.idleness(of: glob, tree, roles, rules, unnamed)
    }
    let rows = Rows(frozen, tree)
    for (number, move) in rules.moves.enumerated() {
      let named = tree.mailboxes.indices.filter { match.rules[$0] == number }
      note(
        .map, "\(move)",
        Self.idleness(of: move, named: named.map { tree.mailboxes[$0] }, tree, rows, rules))
    }
    if let into = rules.into { note(.into, into, rows.isBelow(into) ? nil : .tooLate) }
  }

  /// For a comparison, which knows only what is on record.
  package init(_ rules: MappingRules, onRecord rows: [MappedMailbox]) {
    shared = rules.shared
    guard !rules.include.isEmpty || !rules.exclude.isEmpty else { return }
    let moved = rows.filter { $0.target != nil }
    selectsNothing = !moved.isEmpty && rules.selected(of: moved).isEmpty
    let twins = PathTwins(rows.flatMap(\.rulePaths))
    for (option, globs) in [(IdleRule.Option.exclude, rules.exclude), (.include, rules.include)] {
      check(globs, as: option) { glob in
        rows.contains { $0.isMeant(by: glob, twins) } ? nil : .fitsNothing
      }
    }
  }

  private mutating func check(
    _ globs: [Glob], as option: IdleRule.Option, _ idleness: (Glob) -> IdleRule.Reason?
  ) {
    for glob in globs { note(option, glob.description, idleness(glob)) }
  }

  private mutating func note(
    _ option: IdleRule.Option, _ rule: String, _ reason: IdleRule.Reason?
  ) {
    let found = IdleRule(option, rule, reason ?? .fitsNothing)
    if reason != nil {
      idle.append(found)
    } else if shared.contains(option) {
      fitting.insert(found.typed)
    }
  }

  private static func idleness(
    of glob: Glob, _ tree: ListingTree, _ roles: RoleAssignment, _ rules: MappingRules,
    _ unnamed: MappingRules
  ) -> IdleRule.Reason? {
    let fitting = tree.mailboxes.indices.filter { tree.mailboxes[$0].isMeant(by: glob) }
    guard !fitting.isEmpty else { return .fitsNothing }
    var others = unnamed
    others.exclude = rules.exclude
    others.includesEmpty = true
    var reason: SkipReason?
    for index in fitting {
      if rules.names(tree.mailboxes[index]) { return nil }
      guard let why = skip(index, tree, roles, others) else { return nil }
      reason = reason ?? why
    }
    return reason.map { .leftOut($0.text) }
  }

  /// Whether a `--map` has an effect: it fits, and what an earlier run decided agrees with it.
  private static func idleness(
    of move: MappingRules.Move, named: [ListedMailbox], _ tree: ListingTree, _ rows: Rows,
    _ rules: MappingRules
  ) -> IdleRule.Reason? {
    let from = MailboxPath.text(of: MailboxPath.typed(move.from))
    // What another rule means to the byte is not meant by this one.
    let isTaken = named.isEmpty && tree.mailboxes.contains { $0.isMeant(by: from) }
    let below = tree.mailboxes.filter { listed in
      listed.ruleTexts.contains { $0.hasPrefix(from + "/") }
    }
    guard !named.isEmpty || !isTaken && !below.isEmpty else { return .fitsNothing }
    if let own = named.first(where: \.mailbox.isSelectable) {
      guard let row = rows[own.mailbox.name] else { return nil }
      return rows.agrees(row, with: move, rules) ? nil : .tooLate
    }
    let decided = below.compactMap { rows[$0.mailbox.name] }
    let isOpen = below.contains { $0.mailbox.isSelectable && rows[$0.mailbox.name] == nil }
    if isOpen || decided.isEmpty { return nil }
    return decided.contains { rows.follows($0, move, rules) } ? nil : .tooLate
  }
}

private func skip(
  _ index: Int, _ tree: ListingTree, _ roles: RoleAssignment, _ rules: MappingRules
) -> SkipReason? {
  SkipReason.of(
    tree.mailboxes[index], role: roles.entries[index]?.role, in: tree.listing, rules: rules)
}

/// What an earlier run decided about what is still listed.
private struct Rows {
  private let moved: [MailboxName: MappedMailbox]
  /// What may stand before a path as it is typed: the target's own prefix, and its container.
  private let leads: [[String]]

  init(_ frozen: [MappedMailbox], _ tree: ListingTree) {
    let listed = Dictionary(
      tree.mailboxes.map { ($0.mailbox.name, $0.mailbox) }, uniquingKeysWith: { first, _ in first })
    let evidence = MailboxEvidence(tree.listing.mailboxes, frozen)
    let rows = frozen.filter { row in
      guard row.target != nil, let mailbox = listed[row.source] else { return false }
      return !evidence.isAnother(mailbox, than: row)
    }
    moved = Dictionary(rows.map { ($0.source, $0) }, uniquingKeysWith: { first, _ in first })
    var leads = [[], ["INBOX"], ["Folders"], ["INBOX", "Folders"]]
    let tops = rows.map(Self.path).filter { $0 != ["INBOX"] }.map { $0.prefix(1) }
    // What is above everything else as well is not what a rule put there.
    if tops.count > 1, let first = tops.first, tops.allSatisfy({ $0 == first }) {
      leads.append(Array(first))
    }
    self.leads = leads
  }

  subscript(_ name: MailboxName) -> MappedMailbox? { moved[name] }

  /// Whether everything is below a path as it is typed.
  func isBelow(_ into: String) -> Bool {
    let wanted = MailboxPath.typed(into)
    return moved.values.allSatisfy { row in
      leads.contains { Self.path(row).starts(with: $0 + wanted) }
    }
  }

  /// Whether a row is where a rule wants it.
  func agrees(_ row: MappedMailbox, with move: MappingRules.Move, _ rules: MappingRules) -> Bool {
    switch move.to {
    case .role(let role):
      row.role == role && (row.decision == .role || row.decision == .merged)
    case .path(let path):
      leads(rules).contains { Self.path(row) == $0 + MailboxPath.typed(path) }
    }
  }

  /// Whether a row is below where a rule wants what is above it.
  func follows(_ row: MappedMailbox, _ move: MappingRules.Move, _ rules: MappingRules) -> Bool {
    switch move.to {
    case .role: true
    case .path(let path):
      leads(rules).contains { Self.path(row).starts(with: $0 + MailboxPath.typed(path)) }
    }
  }

  private func leads(_ rules: MappingRules) -> [[String]] {
    let into = rules.into.map(MailboxPath.typed) ?? []
    return leads.map { $0 + into }
  }

  private static func path(_ row: MappedMailbox) -> [String] {
    row.target.map { MailboxPath($0, delimiter: row.targetDelimiter).texts } ?? []
  }
}

extension SyncError {
  /// Why there is nothing to do.
  static func nothingSelected(_ check: RuleCheck) -> SyncError {
    SyncError(
      .nothingSelected, scope: .run, remedy: .stop, side: .local,
      detail: check.idle.first.map { "\($0)" } ?? "--include and --exclude leave none")
  }
}

extension Journal {
  /// The mailboxes for which nothing was ever made at the target.
  func neverMade(_ pairs: [MailboxPair]) async throws -> [MailboxPair] {
    var found: [MailboxPair] = []
    for pair in pairs where pair.mapped.target != nil {
      guard try await standing(of: pair).target == nil else { continue }
      let records = try await records(of: pair)
      if !records.contains(where: { $0.isAtTarget || $0.state == .lost }) { found.append(pair) }
    }
    return found
  }
}
