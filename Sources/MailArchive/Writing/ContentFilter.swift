// mailmove: telling at once that a message is new.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Says of nearly every message that is new to an archive that it is, without asking the catalog.
///
/// A Bloom filter of 1 MiB. A digest is as good as chance, so two parts of it name two bits; a
/// message is new if either is not set. Of a million messages that are new to an archive of a
/// million, 5 % look as if they might be there.
struct ContentFilter {
  private static let positionBits: UInt64 = 23
  private var bits = [UInt64](repeating: 0, count: 1 << (positionBits - 6))

  mutating func insert(_ digest: SHA256Digest) {
    let (one, other) = Self.positions(of: digest)
    bits[one >> 6] |= 1 << UInt64(one & 63)
    bits[other >> 6] |= 1 << UInt64(other & 63)
  }

  /// False if no message with that digest was inserted.
  func mayHold(_ digest: SHA256Digest) -> Bool {
    let (one, other) = Self.positions(of: digest)
    return isSet(one) && isSet(other)
  }

  private func isSet(_ position: Int) -> Bool {
    bits[position >> 6] & 1 << UInt64(position & 63) != 0
  }

  private static func positions(of digest: SHA256Digest) -> (Int, Int) {
    let mask: UInt64 = (1 << positionBits) - 1
    return (
      Int(digest.leadingBits & mask), Int(digest.leadingBits >> positionBits & mask)
    )
  }
}
