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
    guard bytes.count == 16 else { return nil }
    self.bytes = bytes
  }

  /// The fields that have to be fetched to compute it.
  package static let fields = ["MESSAGE-ID", "DATE", "FROM", "SUBJECT"]

  /// The fingerprint of a message or of a header alone.
  package init(of message: [UInt8]) {
    bytes = Array(SHA256Digest(of: message).bytes.prefix(16))
  }
}
