// mailmove: a mailbox name as a list of segments.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A mailbox name taken apart: the segments between its delimiters, raw and decoded.
///
/// The bytes are split before they are decoded, because base64 in modified UTF-7 cannot contain a
/// delimiter and decoded text can (RFC 9051, A.1).
package struct MailboxPath: Sendable, Equatable {
  package struct Segment: Sendable, Equatable {
    package let bytes: [UInt8]
    package let text: String
  }

  package let segments: [Segment]
  /// False if some bytes were not valid and the text is a guess.
  package let isExact: Bool

  package init(_ name: MailboxName, delimiter: UInt8?) {
    var pieces = [name.bytes]
    if let delimiter, Self.isSafeToSplit(name.bytes, at: delimiter) {
      pieces = name.bytes.split(separator: delimiter, omittingEmptySubsequences: false).map(
        Array.init)
    }
    var isExact = true
    var segments: [Segment] = []
    for (index, piece) in pieces.enumerated() {
      if index == 0, MailboxName(piece).isInbox {
        segments.append(Segment(bytes: MailboxName.inbox.bytes, text: "INBOX"))
        continue
      }
      let decoded = ModifiedUTF7.decodeTolerantly(piece)
      if decoded.quality == .repaired { isExact = false }
      segments.append(Segment(bytes: piece, text: decoded.text))
    }
    self.segments = segments
    self.isExact = isExact
  }

  package var texts: [String] { segments.map(\.text) }

  /// The path for people and for the rules they type: decoded, joined by `/`.
  package var text: String { Self.text(of: texts) }

  /// Segments for people: joined by `/`, without control characters and direction overrides, which
  /// could make a terminal show another name.
  package static func text(of segments: [String]) -> String {
    let joined = segments.joined(separator: "/")
    if joined.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return joined }
    return String(String.UnicodeScalarView(joined.unicodeScalars.filter { !isDeceptive($0) }))
  }

  /// A path as an operator types it, in segments; empty ones are dropped.
  package static func typed(_ path: String) -> [String] {
    withInboxInCapitals(path).split(separator: "/").map(String.init)
  }

  /// INBOX counts in any case, as a whole name and as the first segment (RFC 9051, 5.1).
  package static func withInboxInCapitals(_ path: String) -> String {
    let first = path.prefix { $0 != "/" }
    guard first.utf8.count == 5, MailboxName(Array(first.utf8)).isInbox else { return path }
    return "INBOX" + path.dropFirst(first.count)
  }

  /// The name to send: each segment in modified UTF-7. Without a delimiter there is one segment.
  package static func name(_ segments: [String], delimiter: UInt8?) -> MailboxName {
    let encoded = segments.map { ModifiedUTF7.encode($0) }
    guard let delimiter else { return MailboxName(Array(encoded.joined())) }
    return MailboxName(Array(encoded.joined(separator: [delimiter])))
  }

  /// In Shift-JIS and GBK the second byte of a character can look like one of these delimiters.
  private static func isSafeToSplit(_ bytes: [UInt8], at delimiter: UInt8) -> Bool {
    guard bytes.contains(where: { $0 >= 0x80 }) else { return true }
    switch delimiter {
    case UInt8(ascii: "\\"), UInt8(ascii: "|"), UInt8(ascii: "^"):
      return String(validating: bytes, as: UTF8.self) != nil
    default:
      return true
    }
  }

  private static func isDeceptive(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x200E, 0x200F, 0x61C, 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: true
    default: scalar.properties.generalCategory == .control
    }
  }
}
