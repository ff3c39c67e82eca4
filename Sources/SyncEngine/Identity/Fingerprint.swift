// mailmove: the header fingerprint.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Sixteen bytes that stay the same when a server or another tool changes a message a little.
///
/// Made of Message-ID, Date, From and Subject, unfolded, with blanks collapsed and 8-bit bytes
/// levelled (Cyrus turns them into `X`). It only proposes; bytes decide (invariant 9).
package struct Fingerprint: Hashable, Sendable {
  package let bytes: [UInt8]

  /// Takes a fingerprint from the journal; nil unless it has 16 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }

  /// The fields that have to be fetched to compute it.
  package static let fields = ["MESSAGE-ID", "DATE", "FROM", "SUBJECT"]

  private static let length = 16

  /// The fingerprint of a message, or of a header alone.
  package init(of message: [UInt8]) {
    let header = HeaderFields(message)
    var material: [UInt8] = []
    for field in Self.fields {
      if let value = header.value(of: field) { Self.append(value, to: &material) }
      material.append(0)
    }
    bytes = Array(SHA256Digest(of: material).bytes.prefix(Self.length))
  }

  private static func append(_ value: [UInt8], to material: inout [UInt8]) {
    var pendingBlank = false
    let start = material.count
    for byte in value {
      if byte <= 0x20 {
        pendingBlank = material.count > start
        continue
      }
      if pendingBlank {
        material.append(0x20)
        pendingBlank = false
      }
      material.append(byte < 0x80 ? byte : UInt8(ascii: "X"))
    }
  }
}
