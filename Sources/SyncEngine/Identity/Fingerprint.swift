// mailmove: the header fingerprint.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Sixteen bytes that stay the same when a server or another tool changes a message a little.
///
/// Made of Message-ID, Date, From and Subject, unfolded, with blanks collapsed and 8-bit bytes and
/// NUL levelled (Cyrus turns the ones into `X`, Dovecot the other into 0x80). It only proposes;
/// bytes decide (invariant 9).
package struct Fingerprint: Hashable, Comparable, Sendable {
  private let high: UInt64
  private let low: UInt64

  package var bytes: [UInt8] { Self.bytes(of: high) + Self.bytes(of: low) }

  /// Takes a fingerprint from the journal; nil unless it has 16 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.init(bytes[...])
  }

  /// The fields that have to be fetched to compute it.
  package static let fields = ["MESSAGE-ID", "DATE", "FROM", "SUBJECT"]
  private static let fieldsBesideID = Array(fields.dropFirst())

  private static let length = 16

  /// The fingerprint of a message, or of a header alone.
  package init(of message: [UInt8]) { self.init(HeaderFields(message), Self.fields) }

  /// The fingerprint without the Message-ID, which tools and servers give to messages that have
  /// none.
  package static func besideID(of message: [UInt8]) -> Fingerprint {
    Fingerprint(HeaderFields(message), fieldsBesideID)
  }

  private init(_ header: HeaderFields, _ fields: [String]) {
    var material: [UInt8] = []
    for field in fields {
      if let value = header.value(of: field) { Self.append(value, to: &material) }
      material.append(0)
    }
    self.init(SHA256Digest(of: material).bytes[..<Self.length])
  }

  private init(_ bytes: ArraySlice<UInt8>) {
    high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  package static func < (lhs: Fingerprint, rhs: Fingerprint) -> Bool {
    (lhs.high, lhs.low) < (rhs.high, rhs.low)
  }

  private static func bytes(of number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
  }

  private static func append(_ value: [UInt8], to material: inout [UInt8]) {
    var pendingBlank = false
    let start = material.count
    for byte in value {
      if byte <= 0x20, byte != 0 {
        pendingBlank = material.count > start
        continue
      }
      if pendingBlank {
        material.append(0x20)
        pendingBlank = false
      }
      material.append(byte != 0 && byte < 0x80 ? byte : UInt8(ascii: "X"))
    }
  }
}
