// mailmove: which mailboxes there are.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// What a server says about its mailboxes.
private struct ListingAnswers {
  var rows: [ListRow] = []
  var subscribed: Set<MailboxName>?
  var states: [MailboxName: MailboxStatus] = [:]
  var namespaces: Namespaces?

  mutating func take(_ response: Response) {
    switch response {
    case .list(let row): rows.append(row)
    case .status(let name, let status): states[name] = status
    case .namespace(let spaces): namespaces = spaces
    default: break
    }
  }
}

extension IMAPConnection {
  /// Everything about all mailboxes, in one round trip where the server can do that.
  func listing() throws -> MailboxListing {
    try leaveMailbox()
    let wire = try line()
    var found = try listExtended(wire) ?? listPlainly(wire)
    // Every account has INBOX (RFC 9051, 5.1). To take this for an empty account would be success.
    guard !found.rows.isEmpty else {
      throw SyncError(
        .protocolViolation, scope: .endpoint, remedy: .retry(after: nil), side: account.side,
        detail: "it lists no mailbox, not even INBOX")
    }
    if !wire.capabilities.has(.listStatus) { try addStatus(to: &found, wire) }
    namespaces = found.namespaces ?? namespaces
    return MailboxListing(
      mailboxes: Self.merge(found.rows).map { row in
        Mailbox(
          name: row.name, delimiter: row.delimiter, attributes: row.attributes,
          isSubscribed: found.subscribed.map { $0.contains(row.name) },
          status: found.states[row.name])
      },
      namespaces: namespaces, rootDelimiter: try rootDelimiter(found, wire),
      host: account.url.host, family: family,
      canCreateWithRole: wire.capabilities.has(.createSpecialUse),
      tellsLabels: wire.capabilities.has(.gmailExtensions))
  }

  /// LIST with all that it can return (RFC 5258, 5819); nil where the server cannot, or will not.
  private func listExtended(_ wire: IMAPWire) throws -> ListingAnswers? {
    guard wire.capabilities.has(.listExtended) else { return nil }
    let hasStatus = wire.capabilities.has(.listStatus)
    var found = ListingAnswers()
    let answers = try wire.pipeline(
      namespaceQuestion(wire) + [
        .list(
          returning: .init(
            subscribed: true, specialUse: wire.capabilities.has(.specialUse),
            status: hasStatus ? statusItems(wire) : []))
      ], within: patience
    ) { response, _ in found.take(response) }
    guard answers.last?.kind == .ok else { return nil }
    found.subscribed = Set(found.rows.lazy.filter { $0.has("\\Subscribed") }.map(\.name))
    return found
  }

  /// LIST and LSUB, which every server has.
  private func listPlainly(_ wire: IMAPWire) throws -> ListingAnswers {
    var found = ListingAnswers()
    let returning = Command.ListReturn(
      status: wire.capabilities.has(.listStatus) ? statusItems(wire) : [])
    let answers = try wire.pipeline(
      namespaceQuestion(wire) + [.list(returning: returning)], within: patience
    ) { response, _ in found.take(response) }
    if let last = answers.last, last.kind != .ok {
      throw failure(last, on: .list)
    }
    var subscriptions = ListingAnswers()
    if try wire.ask(.listSubscribed, within: patience, { subscriptions.take($0) }).kind == .ok {
      found.subscribed = Set(subscriptions.rows.map(\.name))
    }
    return found
  }

  /// The delimiter of new names, where neither NAMESPACE nor any row tells one: some servers list
  /// an INBOX that can have no children, and nothing else (RFC 9051, 6.3.9).
  private func rootDelimiter(_ found: ListingAnswers, _ wire: IMAPWire) throws -> UInt8? {
    guard namespaces == nil, found.rows.allSatisfy({ $0.delimiter == nil }) else { return nil }
    var root = ListingAnswers()
    _ = try wire.ask(.listDelimiter) { root.take($0) }
    return root.rows.lazy.compactMap(\.delimiter).first
  }

  private func namespaceQuestion(_ wire: IMAPWire) -> [Command] {
    namespaces == nil && wire.capabilities.has(.namespace) ? [.namespace] : []
  }

  /// MESSAGES, UIDNEXT, UIDVALIDITY and more of one mailbox.
  func status(of name: MailboxName) throws -> MailboxStatus {
    if opened?.name == name { try leaveMailbox() }
    let wire = try line()
    var found: MailboxStatus?
    try wire.perform(.status(name, statusItems(wire)), on: .open) { response in
      if case .status(name, let status) = response { found = status }
    }
    return found ?? MailboxStatus()
  }

  /// Where LIST does not bring the status along: STATUS for each, many at a time. A mailbox that
  /// refuses simply stays without.
  private func addStatus(to found: inout ListingAnswers, _ wire: IMAPWire) throws {
    let items = statusItems(wire)
    var rest = found.rows.filter { !$0.has("\\Noselect") && !$0.has("\\NonExistent") }[...]
    while !rest.isEmpty {
      _ = try wire.pipeline(
        rest.prefix(Self.statusAtOnceMax).map { .status($0.name, items) }, within: patience
      ) { response, _ in found.take(response) }
      rest = rest.dropFirst(Self.statusAtOnceMax)
    }
  }

  private func statusItems(_ wire: IMAPWire) -> [StatusItem] {
    var items: [StatusItem] = [.messages, .uidNext, .uidValidity]
    if wire.capabilities.hasCondStore { items.append(.highestModSeq) }
    if wire.capabilities.has(.statusSize) { items.append(.size) }
    if wire.capabilities.has(.objectID) { items.append(.mailboxID) }
    if wire.capabilities.appendLimitIsPerMailbox { items.append(.appendLimit) }
    return items
  }

  /// Some servers list a mailbox twice; attributes of both rows count.
  private static func merge(_ rows: [ListRow]) -> [ListRow] {
    var order: [MailboxName] = []
    var merged: [MailboxName: ListRow] = [:]
    for row in rows {
      if let first = merged[row.name] {
        merged[row.name] = ListRow(
          name: row.name, delimiter: first.delimiter ?? row.delimiter,
          attributes: first.attributes + row.attributes.filter { !first.has($0) })
      } else {
        order.append(row.name)
        merged[row.name] = row
      }
    }
    return order.compactMap { merged[$0] }
  }

  private static let statusAtOnceMax = 25
}
