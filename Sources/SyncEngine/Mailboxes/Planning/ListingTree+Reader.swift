// mailmove: reading one row of a listing.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension ListingTree {
  /// Puts one row into its place.
  struct Reader {
    let listing: MailboxListing
    /// Personal prefixes in segments, the longest first.
    let personal: [[MailboxPath.Segment]]

    func read(_ mailbox: Mailbox) -> ListedMailbox {
      let path = MailboxPath(mailbox.name, delimiter: mailbox.delimiter)
      let space = space(of: mailbox.name, path)
      guard space == .personal else {
        return ListedMailbox(
          mailbox: mailbox, path: path, space: space, container: nil, dropped: 0)
      }
      let prefix = personal.first {
        path.segments.count > $0.count && path.segments.starts(with: $0)
      }
      let dropped = prefix?.count ?? 0
      let container = container(path.segments.dropFirst(dropped))
      return ListedMailbox(
        mailbox: mailbox, path: path, space: space, container: container,
        dropped: dropped + (container == nil ? 0 : 1))
    }

    private func space(of name: MailboxName, _ path: MailboxPath) -> ListedMailbox.Space {
      // What an archive has of an account is the account's own, whatever it is called.
      if name.isInbox || listing.family == .archive { return .personal }
      guard let namespaces = listing.namespaces else {
        let first = path.segments.first?.text.caseFolded ?? ""
        return Self.sharedRoots.contains(first) || isZimbraShare(path) || isCyrusUser(first)
          ? .shared : .personal
      }
      let shared = longestMatch(name, namespaces.shared)
      let others = longestMatch(name, namespaces.otherUsers)
      let own = longestMatch(name, namespaces.personal)
      if max(shared, others) > own { return shared >= others ? .shared : .otherUsers }
      let isView = namespaces.personal.dropFirst().contains {
        !$0.prefix.isEmpty && isBelow(name, $0) && Self.isNamedVirtual($0)
      }
      return isView ? .virtual : .personal
    }

    private func longestMatch(_ name: MailboxName, _ entries: [Namespaces.Entry]) -> Int {
      entries.filter { isBelow(name, $0) }.map(\.prefix.count).max() ?? 0
    }

    private func isBelow(_ name: MailboxName, _ entry: Namespaces.Entry) -> Bool {
      if name.bytes.starts(with: entry.prefix) { return true }
      return entry.delimiter != nil && entry.prefix.last == entry.delimiter
        && name.bytes.elementsEqual(entry.prefix.dropLast())
    }

    private func container(
      _ segments: ArraySlice<MailboxPath.Segment>
    ) -> ListedMailbox.Container? {
      guard segments.count > 1, let first = segments.first?.text else { return nil }
      switch first {
      case "[Gmail]", "[Google Mail]", "[Imap]": return .gmail
      case "Mailspring": return .client
      case "Folders": return listing.family == .protonBridge ? .folders : nil
      case "Labels": return listing.family == .protonBridge ? .labels : nil
      default: return nil
      }
    }

    /// `/home/user/…`, with the delimiter in front.
    private func isZimbraShare(_ path: MailboxPath) -> Bool {
      path.segments.count > 2 && path.segments[0].text.isEmpty && path.segments[1].text == "home"
    }

    private func isCyrusUser(_ first: String) -> Bool {
      listing.family == .cyrus && first == "user"
    }

    private static func isNamedVirtual(_ entry: Namespaces.Entry) -> Bool {
      String(decoding: entry.prefix.dropLast(), as: UTF8.self).caseFolded == "virtual"
    }

    /// What servers call the mailboxes of others; asked only where NAMESPACE is missing.
    private static let sharedRoots: Set<String> = [
      "shared folders", "#public", "#shared", "#news", "#ftp", "other users", "public folders",
    ]
  }
}
