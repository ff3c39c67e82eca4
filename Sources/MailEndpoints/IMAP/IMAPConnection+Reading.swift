// mailmove: opening a mailbox and listing what it holds.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

extension IMAPConnection {
  /// Opens a mailbox unless it is open already, or always with `afresh`.
  func open(_ name: MailboxName, readOnly: Bool, afresh: Bool = false) throws -> OpenMailbox {
    if let opened, opened.name == name, opened.isReadOnly == readOnly, !afresh { return opened }
    var opening = try beginOpening(name, readOnly: readOnly)
    let answer = try line().ask(opening.command, within: patience) { opening.take($0) }
    return try finish(opening, answer)
  }

  /// Forgets the open mailbox; the command that opens the next one is still to be sent.
  func beginOpening(_ name: MailboxName, readOnly: Bool) throws -> Opening {
    let condStore = try line().capabilities.hasCondStore
    opened = nil
    fetches = []
    // Courier forgets the UIDVALIDITY of a mailbox that is only ever examined.
    return Opening(
      name: name, isReadOnly: readOnly,
      command: readOnly && family != .courier
        ? .examine(name, condStore: condStore) : .select(name, condStore: condStore))
  }

  /// Notes what was opened; throws what a refusal means.
  func finish(_ opening: Opening, _ answer: StatusResponse) throws -> OpenMailbox {
    guard answer.kind == .ok else {
      throw failure(answer, on: .open)
    }
    var mailbox = opening.mailbox(answer)
    if mailbox.nextUID == nil {
      mailbox.nextUID = try highestUID(line(), mailbox.status.messages)?.next
    }
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
    guard let checkpoint else { return try openAndList(name, readOnly: readOnly) }
    let mailbox = try open(name, readOnly: readOnly, afresh: true)
    if let changes = try changes(in: mailbox, since: checkpoint) { return changes }
    guard mailbox.status.messages != 0 else {
      return MailboxSnapshot(status: mailbox.status, extent: .complete, entries: [])
    }
    return try fullListing(of: mailbox)
  }

  /// Opens a mailbox and lists it in one round trip.
  private func openAndList(_ name: MailboxName, readOnly: Bool) throws -> MailboxSnapshot {
    var opening = try beginOpening(name, readOnly: readOnly)
    var listed = ListedEntries(within: Self.everything)
    let answers = try line().pipeline(
      [opening.command, .uidFetch(Self.everything, Self.listing)], within: patience
    ) { response, command in
      if command == 0 { opening.take(response) } else { _ = listed.take(response) }
    }
    let mailbox = try finish(opening, answers[0])
    // Some servers refuse to list nothing.
    guard mailbox.status.messages != 0 else {
      return MailboxSnapshot(status: mailbox.status, extent: .complete, entries: [])
    }
    guard answers[1].kind == .ok else {
      throw failure(answers[1], on: .open)
    }
    return try checked(listed.entries, of: mailbox)
  }

  static let everything = UIDSet(ranges: [1...UInt32.max])

  /// What is new or has other flags; nil where the server cannot tell (RFC 7162), or does not tell
  /// all UIDs beside it: an old message that is listed again is no change.
  private func changes(in mailbox: OpenMailbox, since checkpoint: SourceCheckpoint) throws
    -> MailboxSnapshot?
  {
    guard checkpoint.numbers.isContinued(by: NumberSpace(mailbox.status)),
      mailbox.status.highestModSeq != nil, mailbox.status.uidNext != nil,
      let since = checkpoint.highestModSeq, let next = checkpoint.uidNext
    else { return nil }
    // The last message known comes along with the new ones: it shows whether it is still the same.
    let last = max(1, next.rawValue - 1)
    var sets = [UIDSet(ranges: [last...UInt32.max])]
    if last > 1, mailbox.status.highestModSeq != since {
      sets.insert(UIDSet(ranges: [1...(last - 1)]), at: 0)
    }
    let wire = try line()
    var listed = ListedEntries(within: Self.everything)
    var search = SearchAnswer()
    let answers = try wire.pipeline(
      sets.enumerated().map { number, set in
        .uidFetch(set, Self.listing, changedSince: number < sets.count - 1 ? since : nil)
      } + [.uidSearchAll(extended: wire.capabilities.has(.esearch))], within: patience
    ) { response, _ in
      _ = listed.take(response)
      search.take(response)
    }
    if let refusal = answers.prefix(sets.count).first(where: { $0.kind != .ok }) {
      throw ServerAnswer.error(refusal, on: .open, side: account.side)
    }
    guard answers.last?.kind == .ok, search.count >= mailbox.status.messages ?? 0 else {
      return nil
    }
    return MailboxSnapshot(
      status: mailbox.status, extent: .changes(among: search.uids), entries: listed.entries)
  }

  /// Lists messages.
  func entries(
    _ set: UIDSet, _ items: [FetchItem], changedSince: Int64? = nil,
    take: (FetchData, UID) -> Void = { _, _ in }
  ) throws -> [Entry] {
    var listed = ListedEntries(within: set)
    try line().perform(
      .uidFetch(set, items, changedSince: changedSince), on: .open,
      within: patience
    ) { response in
      if let (data, uid) = listed.take(response) { take(data, uid) }
    }
    return listed.entries
  }

  func headers(of uids: UIDSet, in name: MailboxName, readOnly: Bool) throws -> [HeadedEntry] {
    guard !uids.isEmpty, try open(name, readOnly: readOnly).status.messages != 0 || !readOnly else {
      return []
    }
    var found: [UID: HeadedEntry] = [:]
    var hasUnusableUIDs = false
    for part in uids.lines(of: family.commandBytesMax) {
      try line().perform(
        .uidFetch(part, Self.listing + [.headerFields(Fingerprint.fields)]), on: .fetch,
        within: patience
      ) { response in
        guard case .fetch(let data) = response, let header = data.header else { return }
        hasUnusableUIDs = hasUnusableUIDs || data.hasUnusableUID
        guard let uid = data.uid, part.contains(uid) else { return }
        found[uid] = HeadedEntry(entry: Entry(data, uid: uid), header: header)
      }
    }
    // What cannot be told apart from what is missing must not be called missing, and made again.
    guard !hasUnusableUIDs else {
      throw SyncError(
        .listingIncomplete, scope: .mailbox, remedy: .stop, side: account.side, mailbox: name,
        detail: "it tells UIDs that do not fit 32 bits, by which no message can be asked for",
        hint: "nothing is copied again; ask the server's administrator to rebuild the mailbox")
    }
    return found.values.sorted { $0.entry.uid < $1.entry.uid }
  }

  static let listing: [FetchItem] = [.uid, .flags, .internalDate, .size]
}
