// mailmove: listings made by chance.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire

@testable import SyncEngine

extension SeededGenerator {
  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

  /// Text that is unkind to folder names: marks, blanks, controls, delimiters, all planes.
  mutating func text(upTo length: Int) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...length, using: &self) {
      if chance(60) {
        text.append(Self.unkind[Int.random(in: 0..<Self.unkind.count, using: &self)])
      } else if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &self)) {
        text.append(scalar)
      }
    }
    return String(text)
  }

  /// A segment: an everyday name, one with a role, an unkind one, or one that nearly collides.
  mutating func segment() -> String {
    if chance(70) { return Self.everyday[Int.random(in: 0..<Self.everyday.count, using: &self)] }
    let text = text(upTo: 12)
    return text.isEmpty ? "x" : text
  }

  /// A listing with some depth and few kindnesses.
  mutating func listing(
    _ count: Int, delimiter: Character, prefix: [String] = [], family: ServerFamily = .generic
  ) -> MailboxListing {
    var rows = [row("INBOX", delimiter: delimiter)]
    for _ in 0..<count {
      let segments =
        (0..<Int.random(in: 1...4, using: &self)).map { _ in
          segment().filter { $0 != delimiter }
        }
      let attributes = chance(10) ? [Self.attributes[Int.random(in: 0..<8, using: &self)]] : []
      rows.append(
        Mailbox(
          name: MailboxPath.name(prefix + segments, delimiter: delimiter.asciiValue),
          delimiter: delimiter.asciiValue, attributes: attributes))
    }
    let namespaces = prefix.isEmpty ? nil : personal(prefix.joined() + "\(delimiter)", delimiter)
    return MailboxListing(mailboxes: rows, namespaces: namespaces, family: family)
  }

  private static let unkind =
    Array(
      "  __--..//\\%*\"~#&<>:!'`|^[](){}\u{0}\u{1}\t\u{7F}\u{85}\u{A0}\u{AD}\u{131}\u{130}ßςΣ"
        .unicodeScalars)
    + Array(
      "\u{300}\u{301}\u{307}\u{308}\u{327}\u{640}\u{200B}\u{200D}\u{202E}\u{2028}\u{FEFF}\u{FF0F}"
        .unicodeScalars)
    + Array(
      "\u{FF0E}\u{2024}\u{1F468}\u{1F469}\u{FE0F}éêãñ中文字한글가ёЁאב\u{345}\u{1E9E}ab".unicodeScalars)

  private static let everyday = [
    "Work", "work", "A_B", "A/B", "A.B", "Sent", "Gesendet", "Trash", "Archive", "2019", "2020",
    "Papelera", "Lixo", "INBOX", "Inbox", "Inbox ", "ＩＮＢＯＸ", "[Gmail]", "NIL", "Café",
    "Cafe\u{301}", "Files", "user", "..", ".", "a (2)", "a", "A", "Sent Items", "Folders",
    "Calendar",
  ]

  private static let attributes = [
    "\\Sent", "\\Trash", "\\Junk", "\\Archive", "\\Drafts", "\\All", "\\Noselect", "\\NonExistent",
  ]
}
