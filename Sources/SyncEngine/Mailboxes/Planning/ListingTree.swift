// mailmove: the hierarchy behind a listing.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A listing in order, with namespace prefixes understood.
struct ListingTree: Sendable {
  let listing: MailboxListing
  /// Each name once, sorted by raw bytes, so that the order of LIST rows decides nothing.
  let mailboxes: [ListedMailbox]
  /// The personal prefix in segments, `["INBOX"]` for `INBOX.`.
  let prefix: [String]
  /// The delimiter for new names; nil: the server has no hierarchy.
  let delimiter: UInt8?

  /// - Parameter liftsInboxChildren: INBOX is no parent, as if it were a prefix.
  init(_ listing: MailboxListing, liftsInboxChildren: Bool = false) {
    let unique = Self.unique(Self.withInbox(listing.mailboxes))
    let delimiter = Self.delimiter(of: listing, unique)
    var personal = (listing.namespaces?.personal ?? []).compactMap { Self.segments(of: $0) }
    if listing.namespaces == nil, Self.isAllBelowInbox(unique) {
      personal = [[Self.inbox]]
    }
    if let root = Self.commonRoot(listing.family, unique) { personal.append(root) }
    self.listing = listing
    self.delimiter = delimiter
    prefix = personal.first?.map(\.text) ?? []
    if liftsInboxChildren { personal.append([Self.inbox]) }
    let reader = Reader(listing: listing, personal: personal.sorted { $0.count > $1.count })
    let read = unique.map(reader.read)
    let twins = PathTwins(read.flatMap(\.ruleTexts))
    mailboxes = read.map { listed in
      var listed = listed
      listed.pathTwins = twins
      return listed
    }
  }

  private static let inbox = MailboxPath.Segment(bytes: MailboxName.inbox.bytes, text: "INBOX")

  /// Old servers list the inbox under a name in the user's language and mark it; it is opened as
  /// INBOX.
  private static func withInbox(_ mailboxes: [Mailbox]) -> [Mailbox] {
    if mailboxes.contains(where: \.name.isInbox) { return mailboxes }
    let marked = mailboxes.filter { $0.has("\\Inbox") }
    guard marked.count == 1, let inbox = marked.first else { return mailboxes }
    return mailboxes.map { mailbox in
      guard mailbox.name == inbox.name else { return mailbox }
      return Mailbox(
        name: .inbox, delimiter: mailbox.delimiter, attributes: mailbox.attributes,
        isSubscribed: mailbox.isSubscribed, status: mailbox.status)
    }
  }

  /// One row for each name. hMailServer lists some names twice; their attributes are put together.
  private static func unique(_ mailboxes: [Mailbox]) -> [Mailbox] {
    guard Set(mailboxes.map(\.name)).count < mailboxes.count else {
      return mailboxes.sorted { $0.name < $1.name }
    }
    return unique(Dictionary(grouping: mailboxes, by: \.name).values.map(merged))
  }

  private static func merged(_ rows: [Mailbox]) -> Mailbox {
    guard rows.count > 1 else { return rows[0] }
    return Mailbox(
      name: rows[0].name, delimiter: rows.compactMap(\.delimiter).min(),
      attributes: Set(rows.flatMap(\.attributes)).sorted(),
      isSubscribed: rows.compactMap(\.isSubscribed).max { !$0 && $1 },
      status: rows.compactMap(\.status).max { ($0.messages ?? -1) < ($1.messages ?? -1) })
  }

  private static func delimiter(of listing: MailboxListing, _ mailboxes: [Mailbox]) -> UInt8? {
    if let entry = listing.namespaces?.personal.first { return entry.delimiter }
    // Every server lists INBOX; what lists nothing at all is an archive yet to be written.
    if mailboxes.isEmpty { return UInt8(ascii: "/") }
    let inbox = mailboxes.first { $0.name.isInbox }
    return inbox?.delimiter ?? mailboxes.lazy.compactMap(\.delimiter).first
      ?? listing.rootDelimiter
  }

  /// A prefix that ends with its delimiter; another kind is no parent of anything.
  private static func segments(of entry: Namespaces.Entry) -> [MailboxPath.Segment]? {
    guard let delimiter = entry.delimiter, entry.prefix.last == delimiter else { return nil }
    let name = MailboxName(Array(entry.prefix.dropLast()))
    return MailboxPath(name, delimiter: delimiter).segments
  }

  /// Without NAMESPACE, `INBOX.` counts as a prefix only if nothing lies beside it.
  private static func isAllBelowInbox(_ mailboxes: [Mailbox]) -> Bool {
    let others = mailboxes.filter { !$0.name.isInbox && $0.isSelectable }
    return !others.isEmpty
      && others.allSatisfy { mailbox in
        guard let delimiter = mailbox.delimiter, mailbox.name.bytes.count > 6 else { return false }
        return mailbox.name.bytes[5] == delimiter
          && MailboxName(Array(mailbox.name.bytes.prefix(5))).isInbox
      }
  }

  /// The root that Domino, GroupWise and Kerio may put above everything.
  private static func commonRoot(
    _ family: ServerFamily, _ mailboxes: [Mailbox]
  ) -> [MailboxPath.Segment]? {
    guard family == .domino || family == .groupWise || family == .kerio else { return nil }
    let others = mailboxes.filter { !$0.name.isInbox }
    guard let first = others.first, !first.isSelectable else { return nil }
    let root = MailboxPath(first.name, delimiter: first.delimiter).segments
    guard root.count == 1, others.count > 1 else { return nil }
    return others.dropFirst().allSatisfy {
      MailboxPath($0.name, delimiter: $0.delimiter).segments.first == root[0]
    } ? root : nil
  }
}
