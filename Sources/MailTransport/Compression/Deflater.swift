// mailmove: compressing what we send.
// SPDX-License-Identifier: Apache-2.0

import CZlib

/// A raw deflate stream (RFC 1951) as COMPRESS=DEFLATE wants it (RFC 4978).
final class Deflater {
  // On the heap, because zlib keeps a pointer back to it.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  // One TLS record's worth.
  private var output = [UInt8](repeating: 0, count: 16 << 10)

  /// - Parameter level: 1 (fast) to 9 (small).
  init(level: Int) throws(TransportError) {
    stream.initialize(to: z_stream())
    let code = deflateInit2_(
      stream, Int32(clamping: level), Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      throw .system(call: "deflateInit2", reason: "zlib error \(code)")
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Compresses the bytes and hands on every full buffer.
  ///
  /// - Parameter flush: also hands on the rest, so that the server can decode all of it now.
  func compress(
    _ input: UnsafeRawBufferPointer, flush: Bool,
    handingOn emit: (UnsafeRawBufferPointer) throws(TransportError) -> Void
  ) throws(TransportError) {
    var rest = input
    repeat {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = UInt32(piece.count)
      try drain(flush: flush && rest.isEmpty ? Z_SYNC_FLUSH : Z_NO_FLUSH, handingOn: emit)
    } while !rest.isEmpty
  }

  private func drain(
    flush: Int32, handingOn emit: (UnsafeRawBufferPointer) throws(TransportError) -> Void
  ) throws(TransportError) {
    var isFull = true
    while isFull {
      let count = output.withUnsafeMutableBufferPointer { buffer in
        stream.pointee.next_out = buffer.baseAddress
        stream.pointee.avail_out = UInt32(buffer.count)
        deflate(stream, flush)
        return buffer.count - Int(stream.pointee.avail_out)
      }
      isFull = count == output.count
      guard count > 0 else { return }
      try output.withUnsafeBufferPointer { bytes throws(TransportError) in
        try emit(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[..<count])))
      }
    }
  }
}
