// mailmove: deflating piece by piece.
// SPDX-License-Identifier: Apache-2.0

import CZlib

/// Makes one deflate stream (RFC 1951) out of pieces of text.
protocol StreamDeflater: AnyObject {
  /// Takes a piece, and hands over what is ready of the stream.
  ///
  /// - Parameter isLast: the stream ends with this piece, which may be empty.
  func take(
    _ text: UnsafeRawBufferPointer, isLast: Bool,
    _ write: ([UInt8]) throws(ArchiveError) -> Void
  ) throws(ArchiveError)
}

/// Looks for repetitions; zlib, because libdeflate knows whole buffers only.
final class SearchingDeflater: StreamDeflater {
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

  private static let outputBytes = 256 << 10

  /// - Parameter level: 1 to 12 as in `ArchiveOptions`; zlib ends at 9.
  init(level: Int) {
    // On the heap, because zlib keeps a pointer back to it.
    stream.initialize(to: z_stream())
    let code = deflateInit2_(
      stream, Int32(max(1, min(level, 9))), Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY,
      ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(code == Z_OK, "no memory to compress with")
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  func take(
    _ text: UnsafeRawBufferPointer, isLast: Bool,
    _ write: ([UInt8]) throws(ArchiveError) -> Void
  ) throws(ArchiveError) {
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: text.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(text.count)
    while stream.pointee.avail_in > 0 { try deflate(Z_NO_FLUSH, write) }
    if isLast { while try deflate(Z_FINISH, write) != Z_STREAM_END {} }
  }

  @discardableResult private func deflate(
    _ flush: Int32, _ write: ([UInt8]) throws(ArchiveError) -> Void
  ) throws(ArchiveError) -> Int32 {
    var code = Z_OK
    let output = [UInt8](unsafeUninitializedCapacity: Self.outputBytes) { output, count in
      stream.pointee.next_out = output.baseAddress
      stream.pointee.avail_out = UInt32(Self.outputBytes)
      code = CZlib.deflate(stream, flush)
      count = Self.outputBytes - Int(stream.pointee.avail_out)
    }
    precondition(code == Z_OK || code == Z_STREAM_END, "zlib does not go on")
    if !output.isEmpty { try write(output) }
    return code
  }
}

/// Looks for none.
final class LiteralDeflater: StreamDeflater {
  private var literals = LiteralDeflate()

  func take(
    _ text: UnsafeRawBufferPointer, isLast: Bool,
    _ write: ([UInt8]) throws(ArchiveError) -> Void
  ) throws(ArchiveError) {
    let blocks = LiteralBlock.blocks(of: text)
    let output = [UInt8](unsafeUninitializedCapacity: literals.room(for: blocks)) { output, count in
      count = literals.write(blocks, isLast: isLast, to: UnsafeMutableRawBufferPointer(output))
    }
    if !output.isEmpty { try write(output) }
  }
}
