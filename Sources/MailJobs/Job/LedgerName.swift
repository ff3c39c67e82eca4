// mailmove: the names of ledgers.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailWire
import SQLiteJournal

/// The name of a job's ledger: the job's own, or one made of its two accounts.
///
/// A name that is made ends in a digest of both accounts, so no two pairs share a ledger, and
/// begins with something a person recognises.
package struct LedgerName: Sendable, Hashable, CustomStringConvertible {
  package let description: String

  /// The end of the file's name.
  static let suffix = ".sqlite"

  init(job: String) { description = job }

  init(source: EndpointURL, target: EndpointURL, of identity: JobIdentity) {
    let digest = SHA256Digest(of: Array("\(identity.source)\n\(identity.target)".utf8))
    description =
      "\(Self.slug(source))--\(Self.slug(target))-\(digest.description.prefix(8))"
  }

  var fileName: String { description + Self.suffix }

  /// Letters, digits, `-`, `_` and `.`, at most 64, none of them a `.` in front.
  package static func isJobName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 64 && !text.hasPrefix(".")
      && text.utf8.allSatisfy { isPlain($0) }
  }

  private static func slug(_ url: EndpointURL) -> String {
    let text =
      url.scheme == .archive
      ? url.scheme.rawValue + url.path
      : [url.user, url.host].compactMap { $0 }.joined(separator: "-")
    let plain = text.utf8.prefix(60).map { isPlain($0) ? $0 : 0x2D }
    return String(decoding: plain, as: UTF8.self).lowercased()
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) && byte >= 0x41 || (0x30...0x39).contains(byte)
      || byte == 0x2D || byte == 0x2E || byte == 0x5F
  }
}
