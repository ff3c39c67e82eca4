// mailmove: what happens to single messages.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine

/// Each says what it did, or nil where there was nothing to do it to.
extension World {
  func deliver(_ letter: Act.Letter, _ side: Side, _ box: Int, _ memory: inout Memory)
    -> String?
  {
    self.box(side, box).map { deliver(letter, side, to: $0, &memory) }
  }

  func deliver(
    _ letter: Act.Letter, _ side: Side, to name: MailboxName, _ memory: inout Memory
  ) -> String {
    var serial = memory.serials.count
    var kind = Mail.Kind.own
    switch letter {
    case .again(let number) where serial > 0: serial = number % serial
    case .twin(let number) where serial > 0: kind = .headerOf(number % serial)
    case .noHeader: kind = .noHeader
    case .draft: kind = .draft
    case .new, .again, .twin: break
    }
    if serial == memory.serials.count {
      // A maildrop tells no dates. With the same header and size, nothing that is listed would tell
      // other mail from a copy (decision 0030).
      let lines = habits.sourceKind == .maildrop ? 40 + 2 * serial : 0
      memory.serials.append(Mail.bytes(serial, kind, lines: lines))
    }
    // Where names and numbers are all that mailboxes are known by, mail is told apart by its date.
    let seconds = habits.source.isRecognisable ? memory.clock : memory.clock + Int64(serial)
    let uid = account(side).store(
      memory.serials[serial], in: name, flags: .none,
      date: InternalDate(secondsSinceEpoch: 1_600_000_000 + seconds, zoneMinutes: 60))
    return "\(side.rawValue): mail \(serial) (\(letter)) arrives in \(name) as UID \(uid)"
  }

  static let flags = [
    FlagSet(system: .seen), FlagSet(system: .flagged), FlagSet(system: .answered),
    FlagSet(keywords: [Keyword("$Forwarded")]), FlagSet(keywords: [Keyword("NIL")]),
  ]

  func flag(_ side: Side, _ box: Int, _ message: Int, _ flag: Int) -> String? {
    guard let (name, uid) = self.message(side, box, message) else { return nil }
    let flags = Self.flags[flag % Self.flags.count]
    account(side).toggle(flags, of: uid, in: name)
    return "\(side.rawValue): \(flags) is changed at \(text(side, name, uid))"
  }

  func copy(
    _ side: Side, _ box: Int, _ message: Int, _ to: Int, moving: Bool, _ memory: inout Memory
  ) -> String? {
    guard let (name, uid) = self.message(side, box, message), let other = self.box(side, to) else {
      return nil
    }
    let what = text(side, name, uid)
    let old = account(side).boxes[name]?.messages[uid]?.token
    account(side).copy(uid, in: name, to: other, moving: moving)
    // It carries our mark, too.
    if side == .source, let old, memory.removed[old] != nil || memory.marked.contains(old),
      let new = account(side).boxes[other]?.tokens.max()
    {
      memory.removed[new] = []
      if memory.marked.contains(old) { memory.marked.insert(new) }
    }
    return "\(side.rawValue): \(what) is \(moving ? "moved" : "copied") to \(other)"
  }

  func expunge(_ side: Side, _ box: Int, _ message: Int) -> String? {
    guard let (name, uid) = self.message(side, box, message) else { return nil }
    let what = text(side, name, uid)
    account(side).expunge([uid], in: name)
    return "\(side.rawValue): \(what) is deleted"
  }

  func empty(_ side: Side, _ box: Int) -> String? {
    guard let name = self.box(side, box), let uids = account(side).boxes[name]?.uids else {
      return nil
    }
    account(side).expunge(uids, in: name)
    return "\(side.rawValue): all \(uids.count) mails in \(name) are deleted"
  }

  func earlierTool(_ box: Int, _ count: Int, _ marks: Bool) -> String? {
    guard let name = self.box(.source, box), let there = source.boxes[name] else { return nil }
    let uids = there.uids.prefix(count)
    target.create(name)
    for message in uids.compactMap({ there.messages[$0] }) {
      let field =
        Mail.hasMessageID(message.bytes)
        ? "X-Tool-Uid: \(message.token)\r\n" : "Message-Id: <\(message.token)@imapsync>\r\n"
      let mark = marks ? Array(field.utf8) : []
      target.store(
        mark + message.bytes, in: name, flags: message.flags, date: message.date,
        by: .earlierTool)
    }
    return "another tool copies \(uids.count) mails of \(name)\(marks ? ", with a mark" : "")"
  }

  /// By a list of changes nobody can tell whether an old UID was listed in the last run. If it is
  /// that of other mail by now, nothing shows that (decision 0030).
  func hide(_ box: Int, _ memory: Memory) -> String? {
    let mayUseAgain = memory.isPutBack || !habits.source.isRecognisable
    guard !mayUseAgain || !habits.source.hasModSeq || !habits.source.searches,
      let name = self.box(.source, box)
    else { return nil }
    try? source.change(name) { box in box.hidden.formUnion(box.uids.dropLast()) }
    return "source: of \(name) only the newest mail is listed"
  }

  func unhide() -> String? {
    for name in source.names { try? source.change(name) { $0.hidden = [] } }
    return "source: all mail is listed again"
  }
}
