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

  private struct Field: Sendable, Equatable {
    let digest: [UInt8]
    let mark: HeaderMark

    init(_ field: [UInt8]) {
      digest = Array(SHA256Digest(of: field).bytes.prefix(8))
      mark = HeaderMark(field)
    }
  }

  package let digest: SHA256Digest
  package let fingerprint: Fingerprint
  private let header: [Field]
  private let body: SHA256Digest

  package init(of message: [UInt8]) {
    let canonical = CanonicalForm(of: message)
    digest = SHA256Digest(of: message)
    fingerprint = Fingerprint(of: message)
    header = canonical.headerFields.map(Field.init)
    body = SHA256Digest(of: canonical.body)
  }

  /// How sure it is that `copy`, found at the target, is this message; nil: it is another one.
  ///
  /// Equal headers alone never suffice (invariant 9): the bodies have to be equal as well.
  package func evidence(that copy: ContentIdentity) -> Evidence? {
    if digest == copy.digest { return .exact }
    guard body == copy.body else { return nil }
    if header == copy.header { return .rewritten }
    return differsByMarks(copy) ? .headerLinesAdded : nil
  }

  /// Whether the copy has the whole header of this message, and beside it only marks.
  ///
  /// From below, so that what is left when the message's own fields are found stands on top.
  private func differsByMarks(_ copy: ContentIdentity) -> Bool {
    let own = header.filter { $0.mark != .note }
    let paths = own.filter { $0.mark == .returnPath }
    let hasID = own.contains { $0.mark == .messageID }
    guard paths.allSatisfy(copy.header.contains) else { return false }
    var expected = own.filter { $0.mark != .returnPath }[...]
    for field in copy.header.reversed() {
      if field == expected.last {
        expected.removeLast()
        continue
      }
      switch field.mark {
      case .note, .tool: continue
      case .returnPath: guard expected.isEmpty || paths.contains(field) else { return false }
      case .messageID: guard expected.isEmpty, !hasID else { return false }
      case .stamp: guard expected.isEmpty else { return false }
      case .none: return false
      }
    }
    return expected.isEmpty
  }
}
