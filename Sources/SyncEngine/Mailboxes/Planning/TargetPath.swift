// mailmove: paths at the target, and making them.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A path at the target, with what is needed to compare it and to go on below it.
struct TargetPath: Sendable, Equatable {
  /// All segments, the target's prefix included.
  let segments: [String]
  /// The segments as one text, for looking up what is there.
  let text: String
  /// Equal for two paths that the target takes for one.
  let key: ExactText
  /// In modified UTF-7, as it goes to the target.
  let name: [UInt8]

  /// The same under the name that the server knows it by, which may not be the canonical one.
  func named(_ name: MailboxName) -> TargetPath {
    TargetPath(segments: segments, text: text, key: key, name: name.bytes)
  }

  static let root = TargetPath(segments: [], text: "", key: ExactText(""), name: [])
}

/// Makes target paths by the target's rules for delimiters and letters.
struct TargetPathMaker: Sendable {
  let delimiter: UInt8?
  /// Whether names that differ in case only are one mailbox.
  let foldsCase: Bool
  /// Whether names that differ in normalisation only are one mailbox.
  let foldsForms: Bool

  /// The path one level below another.
  func destination(below parent: TargetPath, _ segment: String) -> TargetPath {
    let encoded = ModifiedUTF7.encode(segment)
    guard !parent.segments.isEmpty else {
      let isInbox = MailboxName(encoded).isInbox
      return TargetPath(
        segments: [segment], text: segment,
        key: ExactText(isInbox ? Self.inboxKey : key(segment)),
        name: encoded)
    }
    return TargetPath(
      segments: parent.segments + [segment], text: parent.text + Self.separator + segment,
      key: ExactText(parent.key.text + Self.separator + key(segment)),
      name: parent.name + (delimiter.map { [$0] } ?? []) + encoded)
  }

  func destination(of segments: [String], from root: TargetPath) -> TargetPath {
    segments.reduce(root) { destination(below: $0, $1) }
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
