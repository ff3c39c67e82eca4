// mailmove: commands about messages.
// SPDX-License-Identifier: Apache-2.0

/// What FETCH is asked for (RFC 9051, 6.4.5). Nothing here marks a message as seen.
package enum FetchItem: Sendable, Equatable {
  case uid
  case flags
  case internalDate
  case size
  /// RFC 7162.
  case modSeq
  /// RFC 8474.
  case emailID
  /// Only of servers with X-GM-EXT-1.
  case gmailLabels
  /// `BODY.PEEK[]`.
  case body
  /// `BODY.PEEK[HEADER]`.
  case header
  /// `BODY.PEEK[HEADER.FIELDS (…)]`; some servers answer with the whole header.
  case headerFields([String])

  fileprivate var text: String {
    switch self {
    case .uid: "UID"
    case .flags: "FLAGS"
    case .internalDate: "INTERNALDATE"
    case .size: "RFC822.SIZE"
    case .modSeq: "MODSEQ"
    case .emailID: "EMAILID"
    case .gmailLabels: "X-GM-LABELS"
    case .body: "BODY.PEEK[]"
    case .header: "BODY.PEEK[HEADER]"
    case .headerFields(let names): "BODY.PEEK[HEADER.FIELDS (\(names.joined(separator: " ")))]"
    }
  }
}

/// What STORE does with the flags it is given (RFC 9051, 6.4.6).
package enum StoreAction: String, Sendable {
  case add = "+FLAGS.SILENT"
  case remove = "-FLAGS.SILENT"
  case replace = "FLAGS.SILENT"
}

extension Command {
  /// UID FETCH; `changedSince` only on servers with CONDSTORE (RFC 7162, 3.1.4).
  package static func uidFetch(
    _ uids: UIDSet, _ items: [FetchItem], changedSince modSeq: Int64? = nil
  ) -> Command {
    uidFetch(sequence: uids.description, items, changedSince: modSeq)
  }

  /// UID FETCH of everything from a UID on: `n:*`, which always has the last message in it.
  package static func uidFetch(
    from uid: UID, _ items: [FetchItem], changedSince modSeq: Int64? = nil
  ) -> Command {
    uidFetch(sequence: "\(uid):*", items, changedSince: modSeq)
  }

  /// UID STORE (RFC 9051, 6.4.6), without an answer for every message.
  package static func uidStore(
    _ uids: UIDSet, _ action: StoreAction, _ flags: FlagSet
  ) -> Command {
    Command("UID STORE", [.text(" \(uids) \(action.rawValue) "), .flags(flags)])
  }

  /// All UIDs; with their number and as ranges only on servers that have ESEARCH (RFC 4731).
  package static func uidSearchAll(extended: Bool = false) -> Command {
    Command("UID SEARCH", [.text(extended ? " RETURN (ALL COUNT) ALL" : " ALL")])
  }

  /// UID EXPUNGE (RFC 4315): these and no others.
  package static func uidExpunge(_ uids: UIDSet) -> Command {
    Command("UID EXPUNGE", [.text(" \(uids)")])
  }

  /// APPEND of one message. The flag list is sent even if empty: some servers insist on it.
  package static func append(
    to mailbox: MailboxName, flags: FlagSet, date: InternalDate?, message: [UInt8]
  ) -> Command {
    Command("APPEND", appendTarget(mailbox) + appendMessage(flags, date, message))
  }

  static func appendTarget(_ mailbox: MailboxName) -> [Piece] {
    [.text(" "), .string(mailbox.bytes)]
  }

  static func appendMessage(
    _ flags: FlagSet, _ date: InternalDate?, _ message: [UInt8]
  ) -> [Piece] {
    [
      .text(" "), .flags(flags), .text(" " + (date.map { "\"\($0)\" " } ?? "")),
      .message(message),
    ]
  }

  private static func uidFetch(
    sequence: String, _ items: [FetchItem], changedSince modSeq: Int64?
  ) -> Command {
    let words = items.map(\.text).joined(separator: " ")
    let modifier = modSeq.map { " (CHANGEDSINCE \($0))" } ?? ""
    return Command("UID FETCH", [.text(" \(sequence) (\(words))\(modifier)")])
  }
}

extension UIDSet {
  /// The set in parts whose written form has at most `octets` octets each: servers refuse long
  /// lines, some at 1,000 octets.
  package func lines(of octets: Int = 8_000) -> [UIDSet] {
    var parts: [UIDSet] = []
    var part: [ClosedRange<UInt32>] = []
    var length = 0
    for range in ranges {
      let width = UIDSet(ranges: [range]).description.utf8.count + 1
      if length + width > octets, !part.isEmpty {
        parts.append(UIDSet(ranges: part))
        part = []
        length = 0
      }
      part.append(range)
      length += width
    }
    return part.isEmpty ? parts : parts + [UIDSet(ranges: part)]
  }
}
