// mailmove: making a gzip member piece by piece.
// SPDX-License-Identifier: Apache-2.0

import CDeflate
import CZlib

/// Compresses a text that comes in pieces into a member that goes in pieces, and reads back what it
/// hands over.
///
/// zlib does both, because libdeflate knows whole buffers only.
final class MemberStream {
  private let deflating = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let proof = InflatedDigest()
  private let digest = RunningDigest()
  private var checksum: UInt32 = 0
  private var textLength = 0

  private static let pieceBytes = 256 << 10
  /// What zlib is given at a time; it counts in 32 bits.
  private static let inputBytes = 1 << 30

  /// - Parameter level: 1 to 12 as in `ArchiveOptions`; zlib ends at 9.
  init(level: Int) {
    // On the heap, because zlib keeps a pointer back to it.
    deflating.initialize(to: z_stream())
    let code = deflateInit2_(
      deflating, Int32(max(1, min(level, 9))), Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY,
      ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(code == Z_OK, "no memory to compress with")
  }

  deinit {
    deflateEnd(deflating)
    deflating.deallocate()
  }

  /// Hands over what a member begins with.
  func begin(
    _ kind: GzipMember.Kind, _ write: ([UInt8]) throws(ArchiveError) -> Void
  ) throws(ArchiveError) {
    try write(GzipMember.header(kind))
  }

  /// Takes the next piece of the text.
  func take(
    _ text: UnsafeRawBufferPointer, _ write: ([UInt8]) throws(ArchiveError) -> Void
  ) throws(ArchiveError) {
    digest.update(text)
    checksum = libdeflate_crc32(checksum, text.baseAddress, text.count)
    textLength += text.count
    var rest = text[...]
    while !rest.isEmpty {
      let input = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.inputBytes))
      rest = rest.dropFirst(input.count)
      deflating.pointee.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      deflating.pointee.avail_in = UInt32(input.count)
      while deflating.pointee.avail_in > 0 { try deflate(Z_NO_FLUSH, write) }
    }
  }

  /// Hands over what is left.
  ///
  /// Throws `unfaithful` if the member does not give back the text.
  func end(_ write: ([UInt8]) throws(ArchiveError) -> Void) throws(ArchiveError) {
    deflating.pointee.next_in = nil
    deflating.pointee.avail_in = 0
    while try deflate(Z_FINISH, write) != Z_STREAM_END {}
    guard proof.isComplete, proof.length == textLength, proof.value == digest.value,
      let textLength = UInt32(exactly: textLength)
    else { throw .unfaithful(detail: "zlib does not give back what it was given") }
    try write(GzipMember.trailer(checksum: checksum, length: textLength))
  }

  @discardableResult private func deflate(
    _ flush: Int32, _ write: ([UInt8]) throws(ArchiveError) -> Void
  ) throws(ArchiveError) -> Int32 {
    var code = Z_OK
    let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { output, count in
      deflating.pointee.next_out = output.baseAddress
      deflating.pointee.avail_out = UInt32(Self.pieceBytes)
      code = CZlib.deflate(deflating, flush)
      count = Self.pieceBytes - Int(deflating.pointee.avail_out)
    }
    precondition(code == Z_OK || code == Z_STREAM_END, "zlib does not go on")
    guard !piece.isEmpty else { return code }
    proof.take(piece)
    try write(piece)
    return code
  }
}
