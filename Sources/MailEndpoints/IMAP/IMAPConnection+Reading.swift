// mailmove: an open mailbox and what it holds.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// The mailbox a connection has open.
struct OpenMailbox: Sendable {
  let name: MailboxName
  let isReadOnly: Bool
  var status: MailboxStatus
  var permanentFlags: PermanentFlags
  /// Messages the server has accepted into it since it was opened.
  var accepted: Int64 = 0
}

extension IMAPConnection {
  /// Opens a mailbox unless it is open already, or always with `afresh`.
  func open(_ name: MailboxName, readOnly: Bool, afresh: Bool = false) throws -> OpenMailbox {
    if let opened, opened.name == name, opened.isReadOnly == readOnly, !afresh { return opened }
    let wire = try line()
    opened = nil
    fetches = []
    var status = MailboxStatus()
    var flags: PermanentFlags?
    let note: (ResponseCode?) -> Void = { code in
      switch code {
      case .uidValidity(let value): status.uidValidity = value
      case .uidNext(let value): status.uidNext = value
      case .highestModSeq(let value): status.highestModSeq = value
      case .permanentFlags(let value): flags = value
      case .mailboxID(let value): status.mailboxID = value
      default: break
      }
    }
    // Courier forgets the UIDVALIDITY of a mailbox that is only ever examined.
    let condStore = wire.capabilities.hasCondStore
    let command: Command =
      readOnly && family != .courier
      ? .examine(name, condStore: condStore) : .select(name, condStore: condStore)
    let answer = try wire.perform(command, on: .open, within: patience) {
      switch $0 {
      case .exists(let count): status.messages = count
      case .untagged(let line): note(line.code)
      default: break
      }
    }
    note(answer.code)
    if status.uidNext == nil { status.uidNext = try highestUID(wire, status.messages)?.next }
    let mailbox = OpenMailbox(
      name: name, isReadOnly: readOnly, status: status, permanentFlags: flags ?? .everything)
    opened = mailbox
    return mailbox
  }

  /// Leaves the open mailbox, where that can be done without removing anything in it (RFC 3691).
  ///
  /// Before STATUS and LIST: a server may tell old numbers of the mailbox that is open
  /// (RFC 9051, 6.3.11). Does nothing while messages are under way.
  func leaveMailbox() throws {
    let wire = try line()
    guard opened != nil, fetches.isEmpty, appending.isEmpty, wire.capabilities.hasUnselect else {
      return
    }
    if try wire.ask(.unselect).kind == .ok { opened = nil }
  }

  /// For servers that do not send UIDNEXT: the last message's UID; nil in an empty mailbox.
  private func highestUID(_ wire: IMAPWire, _ messages: Int64?) throws -> UID? {
    guard (messages ?? 0) > 0 else { return UID(0) }
    var highest: UID?
    try wire.perform(.uidFetch(from: UID(.max), [.uid]), on: .open) { response in
      if case .fetch(let data) = response, let uid = data.uid {
        highest = max(highest ?? uid, uid)
      }
    }
    return highest
  }

  func snapshot(of name: MailboxName, readOnly: Bool, since checkpoint: SourceCheckpoint?) throws
    -> MailboxSnapshot
  {
    let mailbox = try open(name, readOnly: readOnly, afresh: true)
    if let checkpoint, let changes = try changes(in: mailbox, since: checkpoint) {
      return changes
    }
    guard mailbox.status.messages != 0 else {
      return MailboxSnapshot(status: mailbox.status, extent: .complete, entries: [])
    }
    return try fullListing(of: mailbox)
  }

  /// What is new or has other flags; nil where the server cannot tell (RFC 7162).
  private func changes(in mailbox: OpenMailbox, since checkpoint: SourceCheckpoint) throws
    -> MailboxSnapshot?
  {
    guard let validity = mailbox.status.uidValidity, validity.isKnown,
      validity == checkpoint.uidValidity, mailbox.status.highestModSeq != nil,
      let since = checkpoint.highestModSeq, let next = checkpoint.uidNext
    else { return nil }
    var entries: [Entry] = []
    if next.rawValue > 1, mailbox.status.highestModSeq != since {
      let old = UIDSet(ranges: [1...(next.rawValue - 1)])
      entries = try self.entries(old, [.uid, .flags], changedSince: since)
    }
    if mailbox.status.uidNext != next {
      entries += try self.entries(UIDSet(ranges: [next.rawValue...UInt32.max]), Self.listing)
    }
    return MailboxSnapshot(status: mailbox.status, extent: .changes, entries: entries)
  }

  /// Lists messages; ascending, each UID once, none outside the set (`n:*` always brings the last).
  func entries(
    _ set: UIDSet, _ items: [FetchItem], changedSince: Int64? = nil,
    take: (FetchData, UID) -> Void = { _, _ in }
  ) throws -> [Entry] {
    var found: [Entry] = []
    var isAscending = true
    try line().perform(
      .uidFetch(set, items, changedSince: changedSince), on: .open,
      within: patience
    ) { response in
      guard case .fetch(let data) = response, let uid = data.uid, set.contains(uid) else { return }
      if let last = found.last, last.uid >= uid { isAscending = false }
      found.append(Entry(data, uid: uid))
      take(data, uid)
    }
    if !isAscending {
      let latest = Dictionary(found.map { ($0.uid, $0) }, uniquingKeysWith: { _, last in last })
      found = latest.values.sorted { $0.uid < $1.uid }
    }
    return found
  }

  func headers(of uids: UIDSet, in name: MailboxName, readOnly: Bool) throws -> [HeadedEntry] {
    guard !uids.isEmpty, try open(name, readOnly: readOnly).status.messages != 0 || !readOnly else {
      return []
    }
    var found: [UID: HeadedEntry] = [:]
    for part in uids.lines(of: family.commandBytesMax) {
      try line().perform(
        .uidFetch(part, Self.listing + [.headerFields(Fingerprint.fields)]), on: .fetch,
        within: patience
      ) { response in
        guard case .fetch(let data) = response, let uid = data.uid, part.contains(uid),
          let header = data.header
        else { return }
        found[uid] = HeadedEntry(
          entry: Entry(data, uid: uid), fingerprint: Fingerprint(of: header))
      }
    }
    return found.values.sorted { $0.entry.uid < $1.entry.uid }
  }

  static let listing: [FetchItem] = [.uid, .flags, .internalDate, .size]
}

extension Entry {
  init(_ data: FetchData, uid: UID) {
    self.init(
      uid: uid, size: max(0, data.size ?? 0), internalDate: data.internalDate,
      flags: data.flags ?? .none)
  }
}
