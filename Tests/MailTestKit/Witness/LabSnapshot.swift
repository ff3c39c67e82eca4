// mailmove: an account at one moment, for comparing two.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// What an account holds at one moment, by digest, seen with a client that is not the product's.
package struct LabSnapshot: Sendable, Equatable {
  /// What makes two messages the same: every byte, every flag, the moment of INTERNALDATE.
  package struct Entry: Sendable, Hashable {
    /// SHA-256 in hexadecimal digits.
    package let digest: String
    package let size: Int
    /// Lower case, sorted, without `\Recent`.
    package let flags: [String]
    /// Seconds since 1970.
    package let moment: Int

    package init(bytes: [UInt8], flags: some Sequence<String>, internalDate: String) throws {
      digest = LabSnapshot.digest(of: bytes)
      size = bytes.count
      self.flags = flags.map { $0.lowercased() }.filter { $0 != "\\recent" }.sorted()
      guard let moment = LabDate.seconds(ofInternalDate: internalDate) else {
        throw LabError("no INTERNALDATE: \(internalDate)")
      }
      self.moment = moment
    }

    private init(digest: String, size: Int) {
      self.digest = digest
      self.size = size
      flags = []
      moment = 0
    }

    /// The same bytes without flags and date.
    package var bare: Entry { Entry(digest: digest, size: size) }
  }

  /// By path; mailboxes that cannot be selected are left out.
  package var mailboxes: [String: [Entry]]
  package var subscribed: Set<String>

  package init(mailboxes: [String: [Entry]], subscribed: Set<String>) {
    self.mailboxes = mailboxes
    self.subscribed = subscribed
  }

  /// Reads everything an account holds, a hundred messages at a time.
  package init(of client: LabClient) throws {
    mailboxes = [:]
    for mailbox in try client.list() where mailbox.isSelectable {
      let count = try client.examine(mailbox.path)
      mailboxes[mailbox.path] = try stride(from: 1, through: count, by: 100).flatMap { first in
        try client.fetch(numbers: "\(first):\(min(first + 99, count))").map { message in
          try Entry(
            bytes: message.bytes, flags: message.flags, internalDate: message.internalDate)
        }
      }
    }
    subscribed = try client.subscribed()
  }

  /// What a server that keeps everything would hold after being filled with a sample.
  package init(of sample: SampleMailbox) throws {
    mailboxes = Dictionary(sample.folders.map { ($0.path, []) }) { first, _ in first }
    for message in sample.messages {
      mailboxes[message.mailbox, default: []].append(
        try Entry(
          bytes: message.bytes, flags: message.flags, internalDate: message.internalDate))
    }
    subscribed = Set(sample.folders.filter(\.isSubscribed).map(\.path))
  }

  package var messageCount: Int { mailboxes.values.reduce(0) { $0 + $1.count } }

  package static func digest(of bytes: [UInt8]) -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
    let digits = Array("0123456789abcdef")
    return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
