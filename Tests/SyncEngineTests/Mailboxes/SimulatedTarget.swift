// mailmove: a target that makes and refuses mailboxes.
// SPDX-License-Identifier: Apache-2.0

import MailWire

@testable import SyncEngine

/// What CREATE does on a server with habits.
struct SimulatedTarget {
  enum Habit: CaseIterable {
    /// Names that differ in case only are one (Exchange).
    case foldsCase
    /// Everything is below `INBOX.` (Courier).
    case prefix
    /// The delimiter is a dot.
    case dotted
    /// Blanks around a name are cut off, and nobody is told.
    case trims
    /// Names are stored in small letters.
    case renames
    /// No more than twenty mailboxes.
    case twentyOnly
    /// OK to every CREATE, and nothing is listed.
    case lies
  }

  enum Answer: Equatable { case ok, exists, refused }

  let habit: Habit
  private(set) var names: [MailboxName] = [.inbox]

  var delimiter: Character { habit == .prefix || habit == .dotted ? "." : "/" }

  var listing: MailboxListing {
    MailboxListing(
      mailboxes: names.map { Mailbox(name: $0, delimiter: delimiter.asciiValue) },
      namespaces: personal(habit == .prefix ? "INBOX." : "", delimiter),
      family: family)
  }

  private var family: ServerFamily {
    switch habit {
    case .foldsCase: .exchange
    case .twentyOnly: .gmx
    case .trims: .stalwart
    case .prefix, .dotted, .renames, .lies: .generic
    }
  }

  mutating func create(_ name: MailboxName) -> Answer {
    let text = String(decoding: name.bytes, as: UTF8.self)
    if habit == .prefix, !text.hasPrefix("INBOX.") { return .refused }
    let segments = name.bytes.split(
      separator: delimiter.asciiValue ?? 0, omittingEmptySubsequences: false)
    if segments.contains(where: { $0.isEmpty || ModifiedUTF7.decode($0) == nil }) {
      return .refused
    }
    let stored = stored(name, text)
    if names.contains(where: { isSame($0, stored) }) { return .exists }
    if habit == .twentyOnly, names.count > 20 { return .refused }
    if habit != .lies { names.append(stored) }
    return .ok
  }

  private func stored(_ name: MailboxName, _ text: String) -> MailboxName {
    switch habit {
    case .trims: MailboxName(wire: text.trimmingBlanks)
    case .renames: MailboxName(wire: text.asciiLowercased)
    case .foldsCase, .prefix, .dotted, .twentyOnly, .lies: name
    }
  }

  private func isSame(_ first: MailboxName, _ second: MailboxName) -> Bool {
    guard habit == .foldsCase else { return first == second }
    // Not the text for people, which leaves out characters that a server keeps.
    let texts = [first, second].map {
      MailboxPath($0, delimiter: delimiter.asciiValue).texts.map(\.caseFolded)
    }
    return texts[0] == texts[1]
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  /// Small letters outside base64, which would say something else then.
  fileprivate var asciiLowercased: String {
    contains("&") ? self : lowercased()
  }
}
