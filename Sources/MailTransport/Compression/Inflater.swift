// mailmove: decompressing what the server sends.
// SPDX-License-Identifier: Apache-2.0

import CZlib

/// The server's raw deflate stream (RFC 4978).
///
/// It never makes more than the caller's buffer takes: a stream that would blow up to gigabytes
/// waits, compressed, for someone to read it.
final class Inflater {
  // On the heap, because zlib keeps a pointer back to it.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)
  private var hasEnded = false

  init() throws(TransportError) {
    stream.initialize(to: z_stream())
    let code = inflateInit2_(
      stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      throw .system(call: "inflateInit2", reason: "zlib error \(code)")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// Fills the buffer from the input at hand; 0 means that more input is needed.
  ///
  /// - Throws: `.decompression` if the stream is damaged, or has ended though the connection has
  ///   not.
  func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(TransportError) -> Int {
    if hasEnded { throw .decompression(reason: "it ended before the connection") }
    let room = min(buffer.count, 1 << 30)
    stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(room)
    let code = CZlib.inflate(stream, Z_SYNC_FLUSH)
    let count = room - Int(stream.pointee.avail_out)
    switch code {
    case Z_OK, Z_BUF_ERROR: return count
    case Z_STREAM_END:
      hasEnded = true
      return count > 0 ? count : try inflate(into: buffer)
    default:
      throw .decompression(reason: stream.pointee.msg.map { String(cString: $0) } ?? "bad data")
    }
  }

  /// Takes more input, which must be used up by now; returns how much `read` gave.
  func refill(
    _ read: (UnsafeMutableRawBufferPointer) throws(TransportError) -> Int
  ) throws(TransportError) -> Int {
    let count = try read(input)
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(count)
    return count
  }
}
