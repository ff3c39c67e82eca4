// mailmove: which mailbox of a listing has which role.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The role of each mailbox of a listing, by the first rule that has an answer: attribute,
/// provider, trusted name, plausible name, ambiguous name with evidence. The operator's word comes
/// before all.
struct RoleAssignment: Sendable {
  struct Entry: Sendable, Equatable {
    let role: MailboxRole
    let rule: MappedMailbox.RoleRule
    /// The attribute as sent, when that is the rule.
    var attribute: String?
  }

  /// By index into the tree's mailboxes.
  private(set) var entries: [Int: Entry] = [:]
  /// Attributes that were not believed.
  private(set) var distrusted: [String] = []
  /// Mailboxes whose names have two readings, none of them ruled out.
  private(set) var ambiguous: [Int: AmbiguousNames.Readings] = [:]

  private let tree: ListingTree
  /// The matching form of the last segment of each mailbox whose name could say something.
  private let forms: [Int: MatchingForm]
  /// Mailboxes whose provider says that their names mean nothing.
  private var isPlain: Set<Int> = []

  init(_ tree: ListingTree, operatorRoles: [Int: MailboxRole] = [:]) {
    self.tree = tree
    var forms: [Int: MatchingForm] = [:]
    for (index, listed) in tree.mailboxes.enumerated()
    where Self.isTop(listed) || Self.isDirectlyBelowInbox(listed, tree) {
      forms[index] = listed.segments.last.map { MatchingForm($0.text) }
    }
    self.forms = forms
    for (index, role) in operatorRoles {
      entries[index] = Entry(role: role, rule: .operatorRule)
    }
    assignByAttribute()
    assignByProvider()
    assignByName(.trusted, belowInbox: false)
    assignByName(.trusted, belowInbox: true)
    assignByName(.plausible, belowInbox: false)
    assignAmbiguous()
  }

  /// The mailbox that leads a role among some: the surest rule, then one that can be opened, then
  /// the most messages, then the shortest name.
  func leader(of role: MailboxRole, among isEligible: (Int) -> Bool = { _ in true }) -> Int? {
    holders(of: role).filter(isEligible).min { rank($0) < rank($1) }
  }

  /// The mailboxes with a role, in order of their raw names.
  func holders(of role: MailboxRole) -> [Int] {
    entries.filter { $0.value.role == role }.keys.sorted()
  }

  private func rank(_ index: Int) -> (Int, Int, Int64, Int, Int) {
    let listed = tree.mailboxes[index]
    let rules = MappedMailbox.RoleRule.byCertainty
    let certainty = entries[index].flatMap { rules.firstIndex(of: $0.rule) } ?? rules.count
    let messages = max(0, listed.messages ?? 0)
    return (
      certainty, listed.mailbox.isSelectable ? 0 : 1, -messages, listed.mailbox.name.bytes.count,
      index
    )
  }

  // MARK: - The rules

  private mutating func assignByAttribute() {
    let roles = tree.mailboxes.map(Self.attributeRole)
    var counts: [MailboxRole: Int] = [:]
    for found in roles { if let found { counts[found.role, default: 0] += 1 } }
    var doubted: Set<String> = []
    for (index, listed) in tree.mailboxes.enumerated() where entries[index] == nil {
      if listed.isInbox {
        entries[index] = Entry(role: .inbox, rule: .attribute, attribute: "INBOX")
        continue
      }
      guard let found = roles[index], listed.space == .personal else { continue }
      if found.role == .inbox { continue }
      if isOnNearlyAll(counts[found.role] ?? 0) {
        doubted.insert(found.attribute)
      } else {
        entries[index] = Entry(role: found.role, rule: .attribute, attribute: found.attribute)
      }
    }
    distrusted = doubted.sorted()
  }

  /// Some servers list message flags as mailbox attributes, so that all mailboxes look flagged.
  private func isOnNearlyAll(_ count: Int) -> Bool {
    count > 2 && count * 10 > tree.mailboxes.count * 7
  }

  private static func attributeRole(
    _ listed: ListedMailbox
  ) -> (role: MailboxRole, attribute: String)? {
    let mailbox = listed.mailbox
    // These are flags of messages and never attributes of mailboxes: the whole list is about
    // messages.
    if mailbox.has("\\Seen") || mailbox.has("\\Answered") || mailbox.has("\\Recent") { return nil }
    let found = mailbox.attributes.compactMap { attribute in
      MailboxRole(attribute: attribute).map { (role: $0, attribute: attribute) }
    }
    return MailboxRole.allCases.lazy.compactMap { role in found.first { $0.role == role } }.first
  }

  private mutating func assignByProvider() {
    for (index, listed) in tree.mailboxes.enumerated() where canBeNamed(index) {
      switch verdict(on: listed) {
      case .role(let role): entries[index] = Entry(role: role, rule: .hostRule)
      case .plain: isPlain.insert(index)
      case nil: break
      }
    }
  }

  private func verdict(on listed: ListedMailbox) -> HostNames.Verdict? {
    if tree.listing.family == .protonBridge, listed.dropped == 0 {
      switch listed.path.text {
      case "All Mail": return .role(.all)
      case "Starred": return .role(.flagged)
      default: break
      }
    }
    return HostNames.verdict(host: tree.listing.host, path: listed.path.texts)
  }

  /// Several trusted names may share a role; a plausible one, or one below INBOX, needs it free.
  private mutating func assignByName(_ tier: RoleNames.Tier, belowInbox: Bool) {
    let filled = Set(entries.values.map(\.role))
    var found: [(index: Int, entry: Entry)] = []
    for (index, form) in forms where canBeNamed(index) && !isPlain.contains(index) {
      let listed = tree.mailboxes[index]
      guard Self.isTop(listed) != belowInbox else { continue }
      let match =
        listed.container == .gmail ? RoleNames.matchBelowGmail(form) : RoleNames.match(form)
      guard let match, match.tier == tier else { continue }
      let needsFreeRole = tier == .plausible || belowInbox
      if needsFreeRole, filled.contains(match.role) { continue }
      let rule: MappedMailbox.RoleRule = tier == .trusted ? .trustedName : .plausibleName
      found.append((index, Entry(role: match.role, rule: rule)))
    }
    for (index, entry) in found { entries[index] = entry }
    guard tier == .plausible else { return }
    for role in Set(found.map(\.entry.role)) {
      let best = leader(of: role)
      for (index, entry) in found where entry.role == role && index != best {
        entries[index] = nil
      }
    }
  }

  private mutating func assignAmbiguous() {
    let evidence = Set(entries.values.filter { $0.rule != .plausibleName }.map(\.role))
    for (index, form) in forms where canBeNamed(index) && !isPlain.contains(index) {
      guard Self.isTop(tree.mailboxes[index]), let readings = AmbiguousNames.readings[form]
      else { continue }
      switch (evidence.contains(readings.first), evidence.contains(readings.second)) {
      case (true, false): entries[index] = Entry(role: readings.second, rule: .siblingEvidence)
      case (false, true): entries[index] = Entry(role: readings.first, rule: .siblingEvidence)
      case (false, false): ambiguous[index] = readings
      case (true, true): break
      }
    }
  }

  private func canBeNamed(_ index: Int) -> Bool {
    let listed = tree.mailboxes[index]
    return entries[index] == nil && listed.space == .personal && listed.mailbox.isSelectable
      && listed.container != .labels
  }

  private static func isTop(_ listed: ListedMailbox) -> Bool {
    listed.segments.count == 1 && !listed.isInbox
      && listed.container != .folders && listed.container != .client
  }

  /// Courier and its like keep everything below INBOX, and not all of them say so in NAMESPACE.
  private static func isDirectlyBelowInbox(
    _ listed: ListedMailbox, _ tree: ListingTree
  ) -> Bool {
    listed.dropped == 0 && listed.segments.count == 2 && listed.path.segments[0].text == "INBOX"
      && tree.prefix.isEmpty
  }
}

extension MappedMailbox.RoleRule {
  /// The surest first.
  static let byCertainty: [Self] = [
    .operatorRule, .attribute, .hostRule, .trustedName, .siblingEvidence, .plausibleName, .none,
  ]
}
