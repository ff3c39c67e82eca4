// mailmove: which mailboxes there are.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

extension IMAPConnection {
  /// Everything about all mailboxes, in one round trip where the server can do that.
  func listing() throws -> MailboxListing {
    let wire = try line()
    var rows: [ListRow] = []
    var subscribed: Set<MailboxName>?
    var states: [MailboxName: MailboxStatus] = [:]
    let take: (Response) -> Void = { [self] response in
      switch response {
      case .list(let row): rows.append(row)
      case .status(let name, let status): states[name] = status
      case .namespace(let spaces): namespaces = spaces
      default: break
      }
    }
    let space: [Command] =
      namespaces == nil && wire.capabilities.has(.namespace) ? [.namespace] : []
    var isComplete = false
    if wire.capabilities.has(.listExtended) || wire.capabilities.has(.listStatus) {
      let items = wire.capabilities.has(.listStatus) ? statusItems(wire) : []
      let answers = try wire.pipeline(
        space + [
          .list(
            returning: .init(
              subscribed: wire.capabilities.has(.listExtended),
              specialUse: wire.capabilities.has(.specialUse), status: items))
        ], within: account.deadlines.firstByte, take)
      isComplete = answers.last?.kind == .ok && wire.capabilities.has(.listExtended)
      if isComplete { subscribed = Set(rows.lazy.filter { $0.has("\\Subscribed") }.map(\.name)) }
      if answers.last?.kind != .ok { rows = [] }
    }
    if !isComplete {
      var subscriptions: [ListRow] = []
      if rows.isEmpty {
        let answers = try wire.pipeline(
          space + [.list()], within: account.deadlines.firstByte, take)
        if let last = answers.last, last.kind != .ok {
          throw ServerAnswer.error(last, on: .list, side: account.side)
        }
      }
      let answer = try wire.ask(.listSubscribed, within: account.deadlines.firstByte) { response in
        if case .list(let row) = response { subscriptions.append(row) }
      }
      if answer.kind == .ok { subscribed = Set(subscriptions.map(\.name)) }
    }
    try addStatus(of: rows, to: &states, wire)
    return MailboxListing(
      mailboxes: Self.merge(rows).map { row in
        Mailbox(
          name: row.name, delimiter: row.delimiter, attributes: row.attributes,
          isSubscribed: subscribed.map { $0.contains(row.name) }, status: states[row.name])
      },
      namespaces: namespaces, host: account.url.host, family: family,
      canCreateWithRole: wire.capabilities.has(.createSpecialUse))
  }

  /// MESSAGES, UIDNEXT, UIDVALIDITY and more of one mailbox.
  func status(of name: MailboxName) throws -> MailboxStatus {
    let wire = try line()
    var found: MailboxStatus?
    try wire.perform(.status(name, statusItems(wire)), on: .open) { response in
      if case .status(name, let status) = response { found = status }
    }
    return found ?? MailboxStatus()
  }

  /// Where LIST does not bring the status along: STATUS for each, many at a time. A mailbox that
  /// refuses simply stays without.
  private func addStatus(
    of rows: [ListRow], to states: inout [MailboxName: MailboxStatus], _ wire: IMAPWire
  ) throws {
    guard !wire.capabilities.has(.listStatus) else { return }
    let items = statusItems(wire)
    var rest = rows.filter { !$0.has("\\Noselect") && !$0.has("\\NonExistent") }.map(\.name)[...]
    while !rest.isEmpty {
      var found: [MailboxName: MailboxStatus] = [:]
      _ = try wire.pipeline(
        rest.prefix(Self.statusAtOnceMax).map { .status($0, items) },
        within: account.deadlines.firstByte
      ) { response in
        if case .status(let name, let status) = response { found[name] = status }
      }
      states.merge(found) { _, new in new }
      rest = rest.dropFirst(Self.statusAtOnceMax)
    }
  }

  private func statusItems(_ wire: IMAPWire) -> [StatusItem] {
    var items: [StatusItem] = [.messages, .uidNext, .uidValidity]
    if wire.capabilities.hasCondStore { items.append(.highestModSeq) }
    if wire.capabilities.has(.statusSize) { items.append(.size) }
    if wire.capabilities.has(.objectID) { items.append(.mailboxID) }
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
