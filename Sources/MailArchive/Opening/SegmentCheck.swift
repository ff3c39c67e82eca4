// mailmove: comparing segments with what the journal says of them.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Compares the bytes of a segment with the digest its last commit gave.
package enum SegmentCheck {
  private static let pieceLength = 1 << 20

  /// The digest over the committed bytes of a segment.
  ///
  /// Throws `damaged` if it is another one than was committed, or bytes are missing.
  package static func digest(
    of segment: ArchiveSegment, in storage: any Storage
  ) throws(ArchiveError) -> RunningDigest {
    let digest = RunningDigest()
    var offset: Int64 = 0
    while offset < segment.bytes {
      let count = Int(min(Int64(pieceLength), segment.bytes - offset))
      let piece = try storage.read(segment.path, at: offset, count: count)
      guard piece.count == count else {
        throw .damaged(
          ArchiveDamage(
            .segment, path: segment.path, offset: offset + Int64(piece.count),
            "the file ends before its \(segment.bytes) committed bytes"))
      }
      digest.update(piece)
      offset += Int64(count)
    }
    if let expected = segment.digest, digest.value != expected {
      throw .damaged(
        ArchiveDamage(.segment, path: segment.path, "its SHA-256 is not what was committed"))
    }
    return digest
  }
}
