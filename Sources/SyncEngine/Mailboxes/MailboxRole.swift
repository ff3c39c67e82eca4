// mailmove: what a mailbox is for.
// SPDX-License-Identifier: Apache-2.0

/// What a mailbox is for (RFC 6154, RFC 8457, and the conventions of mail programs).
///
/// The order is the order in which a row with several attributes is read: a mailbox that holds mail
/// comes before one that only shows it.
package enum MailboxRole: String, Sendable, Equatable, CaseIterable, Codable {
  case inbox
  case sent
  case drafts
  case trash
  case junk
  case archive
  case notes
  case snoozed
  case scheduled
  case templates
  case outbox
  case chats
  case all
  case flagged
  case important

  /// What becomes of a mailbox with this role.
  package enum Treatment: Sendable, Equatable {
    /// It goes to the target's mailbox of the same role, whatever that is called.
    case placed
    /// It goes to a plain mailbox under its own name.
    case plain
    /// It shows messages that live elsewhere, so it is not copied.
    case virtual
    /// It holds something other than mail, and is copied only when asked for.
    case onRequest
  }

  package var treatment: Treatment {
    switch self {
    case .inbox, .sent, .drafts, .trash, .junk, .archive, .notes: .placed
    case .snoozed, .scheduled, .templates, .outbox: .plain
    case .all, .flagged, .important: .virtual
    case .chats: .onRequest
    }
  }

  /// Whether a mailbox with this role only shows messages that live elsewhere.
  package var isVirtual: Bool { treatment == .virtual }

  /// Whether a server may refuse or divert what is appended there, so that nothing is ever sent to
  /// it.
  package var refusesAppend: Bool {
    switch self {
    case .snoozed, .scheduled, .all, .flagged, .important: true
    case .inbox, .sent, .drafts, .trash, .junk, .archive, .notes, .templates, .outbox, .chats: false
    }
  }

  /// The mailbox attributes that mean this role: the registered one first, then spellings that
  /// servers of the XLIST time use.
  package var attributes: [String] {
    switch self {
    case .inbox: ["\\Inbox"]
    case .sent: ["\\Sent", "\\SentMail"]
    case .drafts: ["\\Drafts", "\\Draft"]
    case .trash: ["\\Trash", "\\Bin", "\\Deleted"]
    case .junk: ["\\Junk", "\\Spam", "\\Bulk"]
    case .archive: ["\\Archive"]
    case .notes: ["\\Memos"]
    case .snoozed: ["\\Snoozed"]
    case .scheduled: ["\\Scheduled"]
    case .templates, .outbox, .chats: []
    case .all: ["\\All", "\\AllMail"]
    case .flagged: ["\\Flagged", "\\Starred"]
    case .important: ["\\Important"]
    }
  }

  /// The attribute to give in CREATE (USE) (RFC 6154, 3); nil: a server need not know it.
  package var specialUse: String? {
    switch self {
    case .sent, .drafts, .trash, .junk, .archive: attributes.first
    case .inbox, .notes, .snoozed, .scheduled, .templates, .outbox, .chats, .all, .flagged,
      .important:
      nil
    }
  }

  /// The name to create when the target has no mailbox with this role.
  package var defaultName: String {
    switch self {
    case .inbox: "INBOX"
    case .sent: "Sent"
    case .drafts: "Drafts"
    case .trash: "Trash"
    case .junk: "Junk"
    case .archive: "Archive"
    case .notes: "Notes"
    case .snoozed: "Snoozed"
    case .scheduled: "Scheduled"
    case .templates: "Templates"
    case .outbox: "Outbox"
    case .chats: "Chats"
    case .all: "All Mail"
    case .flagged: "Starred"
    case .important: "Important"
    }
  }

  /// The role of an attribute in any case; nil for every attribute that is not about a role.
  package init?(attribute: String) {
    guard let role = Self.byAttribute[attribute.lowercased()] else { return nil }
    self = role
  }

  private static let byAttribute = Dictionary(
    uniqueKeysWithValues: allCases.flatMap { role in
      role.attributes.map { ($0.lowercased(), role) }
    })
}
