// mailmove: names by which POP3 messages are known again.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Names the messages of a maildrop, so that the next session knows them again.
///
/// A unique-id is believed together with the size LIST gives, so that one that is used again for
/// another message is not taken for the old one. Where a unique-id is missing, blank or not unique,
/// the message's header takes its place. What has neither has no name, and is recognised by its
/// content.
struct MessageNames {
  /// One message as STAT, LIST and UIDL show it.
  struct Row: Sendable, Equatable {
    let number: Int
    /// Octets; 0 when LIST did not say.
    let size: Int64
    /// Empty: none, or blank.
    let uniqueID: [UInt8]
  }

  private let rows: [Row]
  private let counts: [Row.Identity: Int]

  /// - Parameter rows: ascending by number.
  init(_ rows: [Row]) {
    self.rows = rows
    counts = Dictionary(rows.map { ($0.identity, 1) }, uniquingKeysWith: +)
  }

  /// The numbers of the messages whose header is needed; ascending.
  var ambiguous: [Int] { rows.filter { !isUnique($0) }.map(\.number) }

  /// A name for each row, in their order; no two are the same. nil: nothing to know it by.
  ///
  /// - Parameter headers: of the ambiguous messages, as far as TOP gave them.
  func names(headers: [Int: SHA256Digest]) -> [String?] {
    var seen: [String: Int] = [:]
    return rows.map { row in
      if isUnique(row) { return "uidl \(Self.escaped(row.uniqueID)) \(row.size)" }
      guard let header = headers[row.number] else { return nil }
      let name = "header \(header) \(row.size)"
      defer { seen[name, default: 0] += 1 }
      // Equal headers and sizes: the messages are most likely the same, and stay as many.
      return "\(name) \(seen[name, default: 0])"
    }
  }

  private func isUnique(_ row: Row) -> Bool {
    !row.uniqueID.isEmpty && counts[row.identity] == 1
  }

  /// As in a URL: what is printable and no `%` stays as it is.
  private static func escaped(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in bytes {
      if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "%") {
        result.append(byte)
      } else {
        result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

extension MessageNames.Row {
  fileprivate struct Identity: Hashable {
    let uniqueID: [UInt8]
    let size: Int64
  }

  fileprivate var identity: Identity { Identity(uniqueID: uniqueID, size: size) }
}
