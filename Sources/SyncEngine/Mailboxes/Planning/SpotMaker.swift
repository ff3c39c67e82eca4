// mailmove: making places at the target.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Makes places by the target's rules for delimiters and letters.
struct SpotMaker: Sendable {
  let delimiter: UInt8?
  /// Whether names that differ in case only are one mailbox.
  let foldsCase: Bool
  /// Whether names that differ in normalisation only are one mailbox.
  let foldsForms: Bool

  /// The place one level below another.
  func spot(below parent: Spot, _ segment: String) -> Spot {
    let encoded = ModifiedUTF7.encode(segment)
    guard !parent.segments.isEmpty else {
      let isInbox = MailboxName(encoded).isInbox
      return Spot(
        segments: [segment], text: segment,
        key: ExactText(isInbox ? Self.inboxKey : key(segment)),
        name: encoded)
    }
    return Spot(
      segments: parent.segments + [segment], text: parent.text + Self.separator + segment,
      key: ExactText(parent.key.text + Self.separator + key(segment)),
      name: parent.name + (delimiter.map { [$0] } ?? []) + encoded)
  }

  func spot(of segments: [String], from root: Spot) -> Spot {
    segments.reduce(root) { spot(below: $0, $1) }
  }

  private func key(_ segment: String) -> String {
    let text = foldsForms ? segment.nfc : segment
    return foldsCase ? text.caseFolded : text
  }

  /// No name can contain it (RFC 9051, 5.1).
  static let separator = "\0"

  /// INBOX is the same in any case, at every server.
  private static let inboxKey = "inbox"
}
