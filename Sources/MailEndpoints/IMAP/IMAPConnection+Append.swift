// mailmove: messages on their way out.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// APPEND commands under way (RFC 9051, 6.3.12; RFC 3502).
struct AppendsUnderWay {
  /// One command with its messages; more can join it while it is open.
  struct Command {
    var encoder: AppendEncoder
    var members: [Appendable] = []
    var bytes = 0

    var tag: String { encoder.tag }
  }

  /// What has been written and not ended yet.
  var open: Command?
  /// Ended and not answered, in order.
  var unanswered: [Command] = []
  /// Answered with NO or BAD.
  var refused: [(members: [Appendable], answer: StatusResponse)] = []
  var results: [AppendResult] = []
  /// The flags that accepted messages were sent with, where the server may have dropped some.
  var unproven: [SourceKey: FlagSet] = [:]

  /// Messages in one MULTIAPPEND: all or nothing, so few enough that little is done again.
  static let membersMax = 100
  static let bytesMax = 1 << 20
  /// Commands that may wait for their answers while the next one is written.
  static let unansweredMax = 4
  /// Results held back until the flags of their messages have been looked at, all at once.
  static let unprovenMax = 64

  var isEmpty: Bool { open == nil && unanswered.isEmpty && refused.isEmpty }
}

/// A message with the flags and the date it is appended with.
struct Appendable {
  let message: Message
  var flags: FlagSet
  var date: InternalDate?
  var concessions: [Concession]
}

extension IMAPConnection {
  /// Writes a message; returns what has been answered meanwhile.
  func append(_ message: Message, to mailbox: TargetMailbox) throws -> [AppendResult] {
    let wire = try line()
    let member = Appendable(message, mailbox.permanentFlags)
    let joins = wire.capabilities.has(.multiAppend)
    if let open = appending.open, !joins || open.isFull(with: member) { try endCommand() }
    do {
      try write(member, to: mailbox, wire)
      if !joins { try endCommand() }
    } catch let refused as CommandRefused {
      let members = appending.open?.members ?? []
      appending.open = nil
      appending.refused.append((members, refused.answer))
    }
    while wire.hasInput, !appending.unanswered.isEmpty { take(try wire.next(), mailbox) }
    while appending.unanswered.count > AppendsUnderWay.unansweredMax {
      take(try wire.next(within: patience), mailbox)
    }
    if !appending.refused.isEmpty { try drain(mailbox) }
    if family.dropsFlagsAtAppend {
      guard appending.results.count >= AppendsUnderWay.unprovenMax else { return [] }
      try drain(mailbox)
      try completeFlags(in: mailbox)
    }
    return collect()
  }

  /// Ends what is open and waits for all answers.
  func settle() throws -> [AppendResult] {
    guard let mailbox = opened.map({ TargetMailbox($0) }) else { return collect() }
    if !appending.isEmpty { try drain(mailbox) }
    try completeFlags(in: mailbox)
    return collect()
  }

  private func collect() -> [AppendResult] {
    defer { appending.results = [] }
    return appending.results
  }

  private func write(_ member: Appendable, to mailbox: TargetMailbox, _ wire: IMAPWire) throws {
    var command =
      appending.open
      ?? .init(encoder: AppendEncoder(tag: wire.newTag(), to: mailbox.name, encoder: wire.encoder))
    command.members.append(member)
    command.bytes += member.message.bytes.count
    let chunks: [WireChunk]
    do {
      chunks = try command.encoder.add(
        flags: member.flags, date: member.date, message: member.message.bytes)
    } catch { throw wire.unspeakable(error, in: "APPEND") }
    appending.open = command
    for chunk in chunks {
      try wire.write(chunk, of: command.tag) { take($0, mailbox) }
    }
  }

  private func endCommand() throws {
    guard let command = appending.open else { return }
    let wire = try line()
    try wire.write(command.encoder.finish(), of: command.tag) { _ in }
    try wire.flush()
    appending.open = nil
    appending.unanswered.append(command)
  }

  private func drain(_ mailbox: TargetMailbox) throws {
    let wire = try line()
    try endCommand()
    while !appending.unanswered.isEmpty {
      take(try wire.next(within: patience), mailbox)
    }
    while !appending.refused.isEmpty {
      let (members, answer) = appending.refused.removeFirst()
      try resolve(members, answer, mailbox)
    }
  }

  private func take(_ response: Response, _ mailbox: TargetMailbox) {
    guard case .tagged(let tag, let answer) = response,
      let index = appending.unanswered.firstIndex(where: { $0.tag == tag })
    else { return }
    let command = appending.unanswered.remove(at: index)
    if answer.kind == .ok {
      accept(command.members, answer, mailbox)
    } else {
      appending.refused.append((command.members, answer))
    }
  }

  private func accept(_ members: [Appendable], _ answer: StatusResponse, _ mailbox: TargetMailbox) {
    opened?.accepted += Int64(members.count)
    var uids: [UID] = []
    if case .appendUID(let validity, let told)? = answer.code, told.count == members.count,
      validity == mailbox.uidValidity
    {
      uids = told
    }
    for (index, member) in members.enumerated() {
      let receipt = Receipt(
        uid: uids.isEmpty ? nil : uids[index], concessions: member.concessions)
      appending.results.append(
        AppendResult(key: member.message.key, verdict: .stored(receipt)))
      if family.dropsFlagsAtAppend, receipt.uid != nil, !member.flags.isEmpty {
        appending.unproven[member.message.key] = member.flags
      }
    }
  }

  // MARK: Refusals

  /// Finds the message a group was refused for by halving the group; then lets go of what the
  /// server may object to, step by step.
  private func resolve(
    _ members: [Appendable], _ answer: StatusResponse, _ mailbox: TargetMailbox
  ) throws {
    let error = failure(answer, on: .append)
    guard error.scope == .message, error.remedy == .skip else {
      return refuse(members, error)
    }
    try insistOnRefusal(of: members, mailbox)
    if members.count > 1 {
      let middle = members.count / 2
      for half in [Array(members[..<middle]), Array(members[middle...])] {
        let again = try appendNow(half, mailbox)
        if again.kind == .ok {
          accept(half, again, mailbox)
        } else {
          try resolve(half, again, mailbox)
        }
      }
    } else if let member = members.first {
      try stepDown(member, error, mailbox)
    }
  }

  /// After a NO, with nothing under way: throws if the messages may be there all the same, because
  /// the mailbox has grown by more than was accepted and has something of their size.
  ///
  /// The lane connects again then, and finds out by content what is there (invariant 5).
  private func insistOnRefusal(of members: [Appendable], _ mailbox: TargetMailbox) throws {
    guard let before = opened, let count = before.status.messages else { return }
    let now = try open(mailbox.name, readOnly: false, afresh: true)
    guard let grown = now.status.messages, grown > count + before.accepted else { return }
    let next = max(1, before.nextUID?.rawValue ?? 1)
    let sizes = Set(members.map { Int64($0.message.bytes.count) })
    let there = try entries(UIDSet(ranges: [next...UInt32.max]), Self.listing)
    guard there.contains(where: { sizes.contains($0.size) }) else { return }
    throw SyncError(
      .protocolViolation, scope: .connection, remedy: .retry(after: nil), side: account.side,
      mailbox: mailbox.name, detail: "it refused an APPEND, and may have stored it")
  }

  private func stepDown(_ member: Appendable, _ error: SyncError, _ mailbox: TargetMailbox) throws {
    guard error.cause == .messageRefused else { return refuse([member], error) }
    for modest in member.steps {
      let answer = try appendNow([modest], mailbox)
      if answer.kind == .ok {
        let kept = try storeAfterwards(modest, of: member, answer, mailbox)
        return accept([kept], answer, mailbox)
      }
      let next = failure(answer, on: .append)
      guard next.scope == .message, next.remedy == .skip else { return refuse([member], next) }
      try insistOnRefusal(of: [member], mailbox)
    }
    refuse([member], error)
  }

  /// What APPEND refused may be taken by STORE; what is not goes on record.
  private func storeAfterwards(
    _ modest: Appendable, of member: Appendable, _ answer: StatusResponse,
    _ mailbox: TargetMailbox
  ) throws -> Appendable {
    var kept = modest
    var missing = member.flags.subtracting(modest.flags)
    if case .appendUID(let validity, let uids)? = answer.code, validity == mailbox.uidValidity,
      let uid = uids.first, uids.count == 1
    {
      for flag in missing.single {
        let stored = try line().ask(.uidStore(UIDSet([uid]), .add, flag))
        if stored.kind == .ok { missing = missing.subtracting(flag) }
      }
    }
    if !missing.isEmpty { kept.concessions.append(.flagsDropped(missing)) }
    return kept
  }

  private func refuse(_ members: [Appendable], _ error: SyncError) {
    for member in members {
      appending.results.append(
        AppendResult(
          key: member.message.key,
          verdict: .refused(error.at(mailbox: opened?.name, key: member.message.key))))
    }
  }

  /// Appends with nothing else under way and returns the answer.
  private func appendNow(_ members: [Appendable], _ mailbox: TargetMailbox) throws
    -> StatusResponse
  {
    let wire = try line()
    do {
      for member in members { try write(member, to: mailbox, wire) }
      try endCommand()
    } catch let refused as CommandRefused {
      appending.open = nil
      return refused.answer
    }
    let command = appending.unanswered.removeLast()
    return try wire.answer(to: command.tag, within: patience) { _ in }
  }
}

extension AppendsUnderWay.Command {
  func isFull(with member: Appendable) -> Bool {
    members.count >= AppendsUnderWay.membersMax
      || bytes + member.message.bytes.count > AppendsUnderWay.bytesMax
  }
}
