// mailmove: inflating piece by piece.
// SPDX-License-Identifier: Apache-2.0

import CZlib

/// Inflates a raw deflate stream (RFC 1951) that comes in pieces, and keeps nothing of it.
final class StreamInflation {
  /// Bytes that came out so far.
  private(set) var length = 0
  /// The stream has ended where its bytes did.
  private(set) var isComplete = false
  private var isBroken = false
  private let inflating = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let handOver: (UnsafeRawBufferPointer) -> Void

  private static let windowBytes = 64 << 10

  /// - Parameter handOver: gets what comes out, at most 64 KiB at a time.
  init(to handOver: @escaping (UnsafeRawBufferPointer) -> Void) {
    self.handOver = handOver
    // On the heap, because zlib keeps a pointer back to it.
    inflating.initialize(to: z_stream())
    let code = inflateInit2_(
      inflating, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(code == Z_OK, "no memory to inflate with")
  }

  deinit {
    inflateEnd(inflating)
    inflating.deallocate()
  }

  /// Takes the next bytes of the stream, at most 1 GiB.
  func take(_ deflated: [UInt8]) {
    guard !isBroken, !deflated.isEmpty else { return }
    // Bytes behind the end belong to nothing.
    guard !isComplete else { return stop() }
    deflated.withUnsafeBytes { bytes in
      inflating.pointee.next_in = UnsafeMutablePointer(
        mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
      inflating.pointee.avail_in = UInt32(bytes.count)
      withUnsafeTemporaryAllocation(byteCount: Self.windowBytes, alignment: 16) { window in
        while inflate(into: window) {}
      }
    }
  }

  /// False when the bytes are used up, or good for nothing.
  private func inflate(into window: UnsafeMutableRawBufferPointer) -> Bool {
    inflating.pointee.next_out = window.baseAddress?.assumingMemoryBound(to: UInt8.self)
    inflating.pointee.avail_out = UInt32(Self.windowBytes)
    let code = CZlib.inflate(inflating, Z_NO_FLUSH)
    let made = Self.windowBytes - Int(inflating.pointee.avail_out)
    handOver(UnsafeRawBufferPointer(rebasing: window[..<made]))
    length += made
    if code == Z_STREAM_END {
      isComplete = true
      if inflating.pointee.avail_in > 0 { stop() }
      return false
    }
    // Nothing to do is no fault: the stream goes on with the next bytes.
    if code != Z_OK, code != Z_BUF_ERROR { stop() }
    return code == Z_OK && (inflating.pointee.avail_in > 0 || made == Self.windowBytes)
  }

  private func stop() {
    isBroken = true
    isComplete = false
  }
}
