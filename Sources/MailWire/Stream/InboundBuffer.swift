// mailmove: bytes that have arrived.
// SPDX-License-Identifier: Apache-2.0

/// Bytes that have arrived and are not used up yet, with space behind them for more.
struct InboundBuffer: Sendable {
  private var bytes: [UInt8]
  /// Where the bytes begin that are not used up; moved forward by whoever uses them.
  var start = 0
  /// Where the bytes end that have arrived.
  private(set) var end = 0

  private static let bytesMin = 64 << 10

  init() { bytes = [UInt8](repeating: 0, count: Self.bytesMin) }

  var isEmpty: Bool { start == end }

  subscript(position: Int) -> UInt8 { bytes[position] }
  subscript(range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }

  /// Offers space to read into; `body` returns how many bytes it put there, and so does `fill`.
  mutating func fill(_ body: (UnsafeMutableRawBufferPointer) throws -> Int) rethrows -> Int {
    makeRoom()
    let space = end..<bytes.count
    let count = try bytes.withUnsafeMutableBytes {
      try body(UnsafeMutableRawBufferPointer(rebasing: $0[space]))
    }
    precondition((0...space.count).contains(count), "read more than there was space for")
    end += count
    return count
  }

  /// Where the next line feed is, looked for from a position on; nil if none has arrived.
  func lineFeed(from position: Int) -> Int? {
    bytes.withUnsafeBytes { $0.offset(of: 0x0A, from: position, to: end) }
  }

  private mutating func makeRoom() {
    if start == end {
      start = 0
      end = 0
    } else if end == bytes.count {
      if start > 0 {
        bytes.removeSubrange(0..<start)
        end -= start
        start = 0
      }
      bytes.append(contentsOf: repeatElement(0, count: max(end, Self.bytesMin)))
    }
  }
}
