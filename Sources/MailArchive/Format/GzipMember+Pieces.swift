// mailmove: reading a gzip member piece by piece.
// SPDX-License-Identifier: Apache-2.0

extension GzipMember {
  /// Bytes of a member that are read at a time.
  private static let pieceLength = 1 << 20

  /// Reads a member whose end is known, so that nothing of it is held but its text.
  ///
  /// - Parameters:
  ///   - length: bytes of the member.
  ///   - limit: bytes of text to accept.
  ///   - read: gives so many bytes from an offset into the member; fewer only where the file ends.
  /// - Throws: `Failure`, and what `read` throws.
  package init(
    length: Int, limit: Int, read: (_ offset: Int, _ count: Int) throws -> [UInt8]
  ) throws {
    let kind = try Self.kind(at: 0, in: read(0, Self.headerLength)[...])
    let end = length - Self.trailerLength
    guard end > Self.headerLength else { throw Failure.torn }
    let trailer = try read(end, Self.trailerLength)
    guard trailer.count == Self.trailerLength else { throw Failure.torn }
    let size = try Self.textLength(
      trailer[...], deflated: end - Self.headerLength, limit: limit)

    var text: [UInt8] = []
    text.reserveCapacity(size)
    var isTooLong = false
    let inflation = StreamInflation { bytes in
      isTooLong = isTooLong || text.count + bytes.count > size
      if !isTooLong { text.append(contentsOf: bytes) }
    }
    for offset in stride(from: Self.headerLength, to: end, by: Self.pieceLength) {
      try inflation.take(read(offset, min(Self.pieceLength, end - offset)))
      guard !isTooLong else { throw Failure.damaged }
    }
    guard inflation.isComplete, text.count == size,
      Self.checksum(text) == Self.number(trailer.prefix(4))
    else { throw Failure.damaged }
    self.init(kind: kind, text: text, compressedLength: length)
  }
}
