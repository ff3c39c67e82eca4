// mailmove: what a message is appended with.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

extension Appendable {
  /// Chooses the flags the mailbox keeps and a date: the source's, or the best one in the header.
  init(_ message: Message, _ permanent: PermanentFlags) {
    self.message = message
    let spellable = FlagSet(
      system: message.entry.flags.system,
      keywords: message.entry.flags.keywords.filter { $0.isAtom })
    flags = permanent.split(spellable).kept
    let dropped = message.entry.flags.subtracting(flags)
    concessions = dropped.isEmpty ? [] : [.flagsDropped(dropped)]
    date = message.entry.internalDate
    if date == nil {
      let header = HeaderFields(message.bytes)
      if let received = header.value(of: "Received").flatMap(HeaderDate.received) {
        date = received
        concessions.append(.dateReplaced(from: .received))
      } else if let written = header.value(of: "Date").flatMap(HeaderDate.read) {
        date = written
        concessions.append(.dateReplaced(from: .dateHeader))
      } else {
        concessions.append(.dateReplaced(from: .now))
      }
    }
  }

  /// The same message with less and less a server may object to; each step once.
  var steps: [Appendable] {
    var steps: [Appendable] = []
    var modest = self
    if !flags.keywords.isEmpty {
      modest.flags = FlagSet(system: flags.system)
      steps.append(modest)
    }
    if !flags.system.isEmpty {
      modest.flags = .none
      steps.append(modest)
    }
    if let date {
      modest.date = nil
      modest.concessions.append(.dateDropped(date))
      steps.append(modest)
    }
    return steps
  }
}

extension FlagSet {
  /// Each flag by itself.
  var single: [FlagSet] {
    SystemFlags.spellings.filter { system.contains($0.flag) }.map { FlagSet(system: $0.flag) }
      + keywords.map { FlagSet(keywords: [$0]) }
  }
}
