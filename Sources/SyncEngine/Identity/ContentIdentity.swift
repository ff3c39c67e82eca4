// mailmove: what makes two messages the same message.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Everything about a message's content by which it can be recognised, without its bytes.
package struct ContentIdentity: Sendable, Equatable {
  /// How sure it is that two messages are the same one.
  package enum Evidence: Int, Sendable, Comparable {
    /// The copy has the same body and header, and marks that another tool put into the header.
    case headerLinesAdded = 1
    /// The copies differ only as servers rewrite them: line ends, NUL, 8-bit bytes in the header.
    case rewritten = 2
    /// Byte for byte.
    case exact = 3

    package static func < (lhs: Evidence, rhs: Evidence) -> Bool { lhs.rawValue < rhs.rawValue }
  }

  private struct Line: Sendable, Equatable {
    let digest: [UInt8]
    /// Tools mark their copies with such fields; servers and relays add others.
    let isToolMark: Bool

    init(_ line: [UInt8]) {
      digest = Array(SHA256Digest(of: line).bytes.prefix(8))
      let name = String(decoding: line.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
        .lowercased()
      isToolMark = name.hasPrefix("x-") || name == "status"
    }
  }

  package let digest: SHA256Digest
  package let fingerprint: Fingerprint
  private let headerLines: [Line]
  private let body: SHA256Digest

  package init(of message: [UInt8]) {
    let canonical = CanonicalForm(of: message)
    digest = SHA256Digest(of: message)
    fingerprint = Fingerprint(of: message)
    headerLines = canonical.headerLines.map(Line.init)
    body = SHA256Digest(of: canonical.body)
  }

  /// How sure it is that `copy`, found at the target, is this message; nil: it is another one.
  ///
  /// Equal headers alone never suffice (invariant 9): the bodies have to be equal as well.
  package func evidence(that copy: ContentIdentity) -> Evidence? {
    if digest == copy.digest { return .exact }
    guard body == copy.body else { return nil }
    if headerLines == copy.headerLines { return .rewritten }
    return hasOnlyToolMarksMore(copy) ? .headerLinesAdded : nil
  }

  private func hasOnlyToolMarksMore(_ copy: ContentIdentity) -> Bool {
    var expected = headerLines[...]
    for line in copy.headerLines {
      if line == expected.first {
        expected.removeFirst()
      } else if !line.isToolMark {
        return false
      }
    }
    return expected.isEmpty
  }
}
