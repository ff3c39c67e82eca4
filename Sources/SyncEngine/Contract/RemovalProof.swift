// mailmove: what a message has to be to be removed.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// What a message at the source has to be, in the session that removes it, for its copy to be proof
/// that it is at the target (invariant 16).
package struct RemovalProof: Sendable, Equatable {
  package let uid: UID
  /// Octets as the source listed the message when it went on record; nil: not known.
  package let listedSize: Int64?
  package let internalDate: InternalDate?
  package let fingerprint: Fingerprint?
  /// SHA-256 of its bytes, of which there is a copy at the target.
  package let digest: SHA256Digest

  package init(
    uid: UID, listedSize: Int64?, internalDate: InternalDate?, fingerprint: Fingerprint?,
    digest: SHA256Digest
  ) {
    self.uid = uid
    self.listedSize = listedSize
    self.internalDate = internalDate
    self.fingerprint = fingerprint
    self.digest = digest
  }

  /// Whether header, size and date leave no doubt that this is the message; where they do, its
  /// bytes have to be read.
  package func isSettled(by original: HeadedEntry) -> Bool {
    guard let listedSize, let fingerprint, let internalDate,
      let date = original.entry.internalDate
    else { return false }
    return original.entry.uid == uid && original.entry.size == listedSize
      && original.fingerprint == fingerprint && date.isSameMoment(as: internalDate)
  }
}
