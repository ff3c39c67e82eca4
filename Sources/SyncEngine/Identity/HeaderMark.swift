// mailmove: what tools and delivery agents write into a header.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// What a field of a header says about the copy it stands in, and not about the message.
enum HeaderMark: Sendable {
  /// A part of the message.
  case none
  /// Put above all the message had by whoever delivered the copy: fetchmail, getmail and the
  /// agents they hand mail to. Further down it is a part of the message.
  case stamp
  /// `Return-Path`, which fetchmail takes out and the agent behind it puts on top again.
  case returnPath
  /// A Message-ID for a message that had none: `<17@imapsync>`, or one that a server gives.
  case messageID
  /// Put anywhere by a tool: mbsync's `X-TUID`, OfflineIMAP's `X-OfflineIMAP`.
  case tool
  /// Kept by a mailbox format or a tool about its own copy and written anew at every turn: counts
  /// for nothing at either side.
  case note

  /// - Parameter field: the lines of one field, levelled, the line feeds of folding in it.
  init(_ field: [UInt8]) {
    let written = field.prefix { $0 != UInt8(ascii: ":") }
    let name = String(decoding: written, as: UTF8.self).lowercased()
      .trimmingSuffix { $0 == " " || $0 == "\t" }
    self =
      if Self.notes.contains(String(name)) {
        .note
      } else if name.hasPrefix("x-") {
        .tool
      } else if name == "return-path" {
        .returnPath
      } else if name == "message-id" {
        Self.isFromImapsync(field[written.endIndex...].dropFirst()) ? .note : .messageID
      } else if Self.stamps.contains(String(name)) || Self.isMboxLine(name) {
        .stamp
      } else {
        .none
      }
  }

  /// Whether a copy of the message may have got a Message-ID: it has none, or one of imapsync's.
  static func leavesRoomForID(_ message: [UInt8]) -> Bool {
    HeaderFields(message).value(of: "Message-ID").map { isFromImapsync($0[...]) } ?? true
  }

  /// What mbox, MH and MMDF, their servers and programs write about a copy.
  private static let notes: Set = [
    "status", "x-status", "x-keywords", "x-uid", "x-uidl", "x-imap", "x-imapbase",
    "content-length", "lines", "x-mozilla-status", "x-mozilla-status2", "x-mozilla-keys",
    "x-evolution", "x-evolution-source", "x-tuid", "x-offlineimap",
  ]

  private static let stamps: Set = [
    "received", "delivered-to", "envelope-to", "envelope-from", "delivery-date",
    "original-recipient", "apparently-to", "received-spf", "authentication-results",
    "dkim-signature", "arc-seal", "arc-message-signature", "arc-authentication-results",
  ]

  /// The line before a message in an mbox file: `From ann@example.org Thu Jan …`, maybe quoted.
  private static func isMboxLine(_ name: Substring) -> Bool {
    name.hasPrefix("from ") || name.hasPrefix(">from ")
  }

  /// `<17@imapsync>`: the UID at its source, written by imapsync --addheader.
  private static func isFromImapsync(_ value: ArraySlice<UInt8>) -> Bool {
    let word = String(decoding: value, as: UTF8.self).filter { !$0.isWhitespace }
    guard word.hasPrefix("<"), word.hasSuffix("@imapsync>") else { return false }
    return word.dropFirst().prefix { $0 != "@" }.allSatisfy(\.isNumber)
  }
}

extension String {
  fileprivate func trimmingSuffix(while isDropped: (Character) -> Bool) -> Substring {
    var rest = self[...]
    while let last = rest.last, isDropped(last) { rest.removeLast() }
    return rest
  }
}
