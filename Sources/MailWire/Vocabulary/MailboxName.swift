// mailmove: the name of a mailbox.
// SPDX-License-Identifier: Apache-2.0

/// A mailbox name as the server sent it: raw bytes, which are its identity.
///
/// Only these bytes go back to the server. Decoded text is for matching, display and for making the
/// name at the target. `INBOX` in any case is one and the same name (RFC 9051, 5.1).
package struct MailboxName: Hashable, Sendable, CustomStringConvertible {
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) {
    self.bytes = Self.isInbox(bytes) ? Self.inboxBytes : bytes
  }

  /// A name from text that is already in its wire form, such as `INBOX` or `Entw&APw-rfe`.
  package init(wire: String) { self.init(Array(wire.utf8)) }

  package static let inbox = MailboxName(inboxBytes)

  package var isInbox: Bool { bytes == Self.inboxBytes }

  /// The name for people: modified UTF-7 decoded, control characters made visible.
  package var description: String { ModifiedUTF7.display(bytes) }

  private static let inboxBytes = Array("INBOX".utf8)

  private static func isInbox(_ bytes: [UInt8]) -> Bool {
    bytes.count == 5 && zip(bytes, inboxBytes).allSatisfy { byte, upper in byte & 0xDF == upper }
  }
}

extension MailboxName: Comparable {
  package static func < (lhs: MailboxName, rhs: MailboxName) -> Bool {
    lhs.bytes.lexicographicallyPrecedes(rhs.bytes)
  }
}
