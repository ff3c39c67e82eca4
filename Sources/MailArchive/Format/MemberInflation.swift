// mailmove: inflating what may be damaged and whose end is not known.
// SPDX-License-Identifier: Apache-2.0

import CZlib

/// A raw deflate stream (RFC 1951), inflated up to its end, its first fault or a limit.
struct MemberInflation {
  /// Why it stopped.
  enum End {
    case complete
    /// The bytes end before the stream does.
    case inputUsedUp
    /// The bytes are no deflate stream from here on.
    case invalid
    case limitReached
  }

  /// What came out before that.
  private(set) var text: [UInt8] = []
  /// Bytes of the stream, if it is complete.
  private(set) var inputLength = 0
  private(set) var end = End.inputUsedUp

  private static let firstRoom = 256 << 10

  /// - Parameter limit: bytes of text to make.
  init(of input: ArraySlice<UInt8>, limit: Int) {
    // On the heap, because zlib keeps a pointer back to it.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    defer { stream.deallocate() }
    stream.initialize(to: z_stream())
    let code = inflateInit2_(
      stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(code == Z_OK, "no memory to inflate with")
    input.withUnsafeBytes { inflate(stream, $0, limit: max(limit, 0)) }
    inflateEnd(stream)
  }

  private mutating func inflate(
    _ stream: UnsafeMutablePointer<z_stream>, _ input: UnsafeRawBufferPointer, limit: Int
  ) {
    var fed = 0
    while true {
      let piece = min(input.count - fed, 1 << 30)
      if stream.pointee.avail_in == 0, piece > 0 {
        stream.pointee.next_in = UnsafeMutablePointer(
          mutating: input.baseAddress.map { ($0 + fed).assumingMemoryBound(to: UInt8.self) })
        stream.pointee.avail_in = UInt32(piece)
        fed += piece
      }
      // One byte more than the limit tells a text that is too long from one that just fits.
      let room = min(max(Self.firstRoom, text.count), limit - text.count + 1)
      let (made, code) = append(room, from: stream)
      if code == Z_STREAM_END {
        end = text.count > limit ? .limitReached : .complete
        inputLength = fed - Int(stream.pointee.avail_in)
        break
      }
      if text.count > limit {
        end = .limitReached
        break
      }
      if code != Z_OK, code != Z_BUF_ERROR {
        end = .invalid
        break
      }
      if made == 0, stream.pointee.avail_in == 0, fed == input.count { break }
    }
    if text.count > limit { text.removeLast(text.count - limit) }
  }

  /// Inflates at most `room` bytes onto the text.
  private mutating func append(
    _ room: Int, from stream: UnsafeMutablePointer<z_stream>
  ) -> (made: Int, code: Int32) {
    let piece = min(room, 1 << 30)
    var code = Z_OK
    let made = [UInt8](unsafeUninitializedCapacity: piece) { output, count in
      stream.pointee.next_out = output.baseAddress
      stream.pointee.avail_out = UInt32(piece)
      code = CZlib.inflate(stream, Z_NO_FLUSH)
      count = piece - Int(stream.pointee.avail_out)
    }
    text.append(contentsOf: made)
    return (made.count, code)
  }
}
