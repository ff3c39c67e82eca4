// mailmove: whether a member gives back its text.
// SPDX-License-Identifier: Apache-2.0

import CZlib
import Foundation

extension GzipMember {
  private static let windowLength = 64 << 10

  /// Whether inflating a new member gives back exactly its text; takes no memory for another text.
  ///
  /// Another library inflates here than the one that compressed.
  static func isFaithful(_ member: [UInt8], to text: [UInt8]) -> Bool {
    guard member.count >= headerLength + trailerLength, member.starts(with: header(.mail)) else {
      return false
    }
    // On the heap, because zlib keeps a pointer back to it.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    defer { stream.deallocate() }
    stream.initialize(to: z_stream())
    let code = inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(code == Z_OK, "no memory to inflate with")
    defer { inflateEnd(stream) }
    let length = member.count - headerLength - trailerLength
    return member.withUnsafeBytes { member in
      text.withUnsafeBytes { text in
        compare(
          stream, UnsafeRawBufferPointer(rebasing: member[headerLength..<(headerLength + length)]),
          with: text)
      }
    }
  }

  private static func compare(
    _ stream: UnsafeMutablePointer<z_stream>, _ deflated: UnsafeRawBufferPointer,
    with text: UnsafeRawBufferPointer
  ) -> Bool {
    // A member's length fits in 32 bits, as its text does.
    guard let input = deflated.baseAddress, let available = UInt32(exactly: deflated.count) else {
      return false
    }
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = available
    return withUnsafeTemporaryAllocation(byteCount: windowLength, alignment: 16) { window in
      var compared = 0
      while true {
        stream.pointee.next_out = window.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(windowLength)
        let code = inflate(stream, Z_NO_FLUSH)
        let made = windowLength - Int(stream.pointee.avail_out)
        guard code == Z_OK || code == Z_STREAM_END, made <= text.count - compared else {
          return false
        }
        if made > 0, let base = window.baseAddress, let expected = text.baseAddress {
          guard memcmp(base, expected + compared, made) == 0 else { return false }
        }
        compared += made
        if code == Z_STREAM_END {
          return compared == text.count && stream.pointee.avail_in == 0
        }
        if made == 0 { return false }
      }
    }
  }
}
