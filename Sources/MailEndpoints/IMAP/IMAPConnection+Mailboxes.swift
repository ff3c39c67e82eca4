// mailmove: target mailboxes: opening, making, subscribing.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

extension IMAPConnection {
  /// Whether reading should go through EXAMINE: unless the mailbox is open for writing already.
  func isOpenReadOnly(_ name: MailboxName) -> Bool {
    guard let opened, opened.name == name else { return true }
    return opened.isReadOnly
  }

  func limits() -> TargetLimits {
    TargetLimits(appendLimit: wire?.capabilities.appendLimit)
  }

  /// The tightest of the quotas that count for INBOX (RFC 9208).
  func quota() throws -> Quota? {
    let wire = try line()
    guard wire.capabilities.has(.quota) else { return nil }
    var quota: Quota?
    let answer = try wire.ask(.quotaRoot(of: .inbox)) { response in
      guard case .quota(_, let resources) = response else { return }
      var found = quota ?? Quota()
      for resource in resources {
        switch resource.name.uppercased() {
        case "STORAGE":
          found.usedBytes = resource.usage.multipliedReportingOverflow(by: 1_024).partialValue
          found.limitBytes = resource.limit.multipliedReportingOverflow(by: 1_024).partialValue
        case "MESSAGE":
          found.usedMessages = resource.usage
          found.limitMessages = resource.limit
        default: continue
        }
      }
      quota = found
    }
    return answer.kind == .ok ? quota : nil
  }

  /// Opens a target mailbox, by the name it last had if there is one; creates it if it is missing.
  func openForAppending(_ mailbox: MappedMailbox, lastKnown: MailboxName?) throws -> TargetMailbox {
    guard let planned = mailbox.target else {
      preconditionFailure("a mailbox that is left out is never opened")
    }
    // What one mailbox takes has to be asked before it is opened.
    let isNew = lastKnown == nil && !mailbox.existsAtTarget
    if isNew, try !line().capabilities.appendLimitIsPerMailbox {
      return try openNew(mailbox, named: planned)
    }
    if let found = try openIfPresent(lastKnown ?? planned) { return found }
    return try openCreated(create(mailbox, named: planned, listed: rows()))
  }

  /// Opens what was created just now.
  func openCreated(_ name: MailboxName) throws -> TargetMailbox {
    guard let made = try openIfPresent(name, wasCreated: true) else {
      throw SyncError(
        .mailboxNameRefused, scope: .mailbox, remedy: .stop, side: account.side, mailbox: name,
        detail: "created, and not there afterwards")
    }
    return made
  }

  /// nil where there is no such mailbox.
  func openIfPresent(_ name: MailboxName, wasCreated: Bool = false) throws -> TargetMailbox? {
    let limit = try appendLimit(of: name)
    do {
      return try target(
        open(name, readOnly: false, afresh: true), limit: limit, wasCreated: wasCreated)
    } catch let error as SyncError
      where error.cause == .mailboxMissing || error.cause == .mailboxRefused
    {
      guard try exists(name) == false else { throw error.at(mailbox: name) }
      return nil
    }
  }

  /// An open mailbox as a target, unless it takes no messages at all.
  func target(_ mailbox: OpenMailbox, limit: Int64? = nil, wasCreated: Bool) throws
    -> TargetMailbox
  {
    guard [limit, limits().appendLimit].allSatisfy({ $0 != 0 }) else {
      throw SyncError(
        .mailboxReadOnly, scope: .mailbox, remedy: .stop, side: account.side,
        mailbox: mailbox.name, detail: "APPENDLIMIT 0: it takes no messages")
    }
    return TargetMailbox(mailbox, appendLimit: limit, wasCreated: wasCreated)
  }

  /// What one mailbox takes, where that differs by mailbox (RFC 7889, 3).
  private func appendLimit(of name: MailboxName) throws -> Int64? {
    let wire = try line()
    guard wire.capabilities.appendLimitIsPerMailbox else { return nil }
    if opened?.name == name { try leaveMailbox() }
    var limit: Int64?
    _ = try wire.ask(.status(name, [.appendLimit])) { response in
      if case .status(name, let status) = response { limit = status.appendLimit }
    }
    return limit
  }

  private func exists(_ name: MailboxName) throws -> Bool { Self.holds(try rows(), name) }

  static func holds(_ rows: [ListRow], _ name: MailboxName) -> Bool {
    rows.contains { $0.name == name && !$0.has("\\Noselect") && !$0.has("\\NonExistent") }
  }

  func rows() throws -> [ListRow] {
    var rows: [ListRow] = []
    try line().perform(.list(), on: .list, within: patience) { response in
      if case .list(let row) = response { rows.append(row) }
    }
    return rows
  }

  func subscribe(to name: MailboxName) throws {
    try line().perform(.subscribe(name), on: .subscribe)
  }

  /// Adds and removes flags, messages with the same change together.
  func store(_ changes: [FlagChange], in mailbox: TargetMailbox) throws -> [FlagRefusal] {
    _ = try open(mailbox.name, readOnly: false)
    let wire = try line()
    var refusals: [FlagRefusal] = []
    let additions = Dictionary(grouping: changes.filter { !$0.add.isEmpty }, by: \.add)
    let removals = Dictionary(grouping: changes.filter { !$0.remove.isEmpty }, by: \.remove)
    let steps =
      additions.map { (StoreAction.add, $0.key, $0.value) }
      + removals.map { (StoreAction.remove, $0.key, $0.value) }
    for (mode, flags, members) in steps {
      for part in UIDSet(members.map(\.uid)).lines(of: family.commandBytesMax) {
        let answer = try wire.ask(.uidStore(part, mode, flags))
        guard answer.kind != .ok else { continue }
        let error = failure(answer, on: .store)
        guard error.scope == .message else { throw error.at(mailbox: mailbox.name) }
        refusals += members.filter { part.contains($0.uid) }.map {
          FlagRefusal(uid: $0.uid, error: error.at(mailbox: mailbox.name))
        }
      }
    }
    return refusals
  }
}
