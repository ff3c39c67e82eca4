// mailmove: why a mailbox is not copied.
// SPDX-License-Identifier: Apache-2.0

/// Why a mailbox is not copied.
enum SkipReason: Sendable, Equatable {
  case notSelectable
  case shared
  case view
  case label
  case virtual(MailboxRole)
  case onRequest(MailboxRole)
  case nonMail
  case excluded(rule: String)
  case notIncluded
  case empty

  var text: String {
    switch self {
    case .notSelectable: "it cannot be opened; it only holds other folders"
    case .shared: "it belongs to others"
    case .view: "it only shows messages of other folders"
    case .label: "it is a label; its messages are also in a folder"
    case .virtual(let role): "it is the view \(role.defaultName); its messages are in other folders"
    case .onRequest(let role): "\(role.defaultName) is not ordinary mail"
    case .nonMail: "folders of this name hold no mail on this server"
    case .excluded(let rule): "--exclude \(rule)"
    case .notIncluded: "no --include names it"
    case .empty: "it is empty"
    }
  }

  /// The reason for one mailbox, apart from what the operator said about it by name; nil: it is
  /// copied.
  static func of(
    _ listed: ListedMailbox, role: MailboxRole?, in listing: MailboxListing, rules: MappingRules
  ) -> SkipReason? {
    if !listed.mailbox.isSelectable { return .notSelectable }
    switch listed.space {
    case .personal: break
    case .otherUsers, .shared: if !rules.includesShared { return .shared }
    case .virtual: return .view
    }
    if listed.container == .labels { return .label }
    switch role?.treatment {
    case .virtual:
      if let role, !isKept(listed, role, in: listing) { return .virtual(role) }
    case .onRequest: if let role, listing.family != .archive { return .onRequest(role) }
    case .placed, .plain, nil: break
    }
    if role == nil, isNonMail(listed, listing.family) { return .nonMail }
    if let glob = rules.exclude.first(where: { listed.isMeant(by: $0) }) {
      return .excluded(rule: glob.description)
    }
    if !rules.include.isEmpty, !rules.include.contains(where: { listed.isMeant(by: $0) }) {
      return .notIncluded
    }
    let isEmpty = listed.messages == 0 && !listed.isInbox
    return !rules.includesEmpty && isEmpty ? .empty : nil
  }

  /// Whether a mailbox that shows everything is copied all the same: where the server tells which
  /// of the messages are nowhere else, and from an archive, which keeps mail and not views.
  private static func isKept(
    _ listed: ListedMailbox, _ role: MailboxRole, in listing: MailboxListing
  ) -> Bool {
    listing.family == .archive || role == .all && hasRemainder(listed, in: listing)
  }

  /// Whether the server says that it shows everything, and can tell what is nowhere else. One that
  /// is only called so is a label.
  static func hasRemainder(_ listed: ListedMailbox, in listing: MailboxListing) -> Bool {
    listing.tellsLabels && MailboxRole.all.attributes.contains(where: listed.mailbox.has)
  }

  private static func isNonMail(_ listed: ListedMailbox, _ family: ServerFamily) -> Bool {
    let roots = nonMailRoots(of: family)
    guard !roots.isEmpty, let first = listed.segments.first else { return false }
    return roots.contains(MatchingForm(first.text).text)
  }

  /// Top-level names in matching form; what lies below them goes with them. Only English ones: to
  /// copy a calendar is harmless, to skip a folder of letters is not.
  private static func nonMailRoots(of family: ServerFamily) -> Set<String> {
    switch family {
    case .exchange, .davMail: exchangeRoots
    case .kerio: ["calendar", "contacts", "tasks", "notes", "journal"]
    case .zimbra: ["calendar", "contacts", "emailed contacts", "tasks", "briefcase", "chats"]
    case .uw: [".mailboxlist", ".subscriptions"]
    case .generic, .gmail, .yahoo, .iCloud, .dovecot, .cyrus, .courier, .hMailServer, .domino,
      .groupWise, .stalwart, .yandex, .mailRu, .qq, .netEase, .gmx, .protonBridge, .mailEnable,
      .smarterMail, .axigen, .communiGate, .dbmail, .james, .archive:
      []
    }
  }

  private static let exchangeRoots: Set<String> = [
    "calendar", "contacts", "tasks", "journal", "notes", "suggested contacts", "birthdays",
    "externalcontacts", "personmetadata", "quick step settings", "conversation action settings",
    "yammer root", "social activity notifications", "rss feeds", "sync issues", "news feed",
    "graphfilesandworkingsetsearchfolder",
  ]
}
