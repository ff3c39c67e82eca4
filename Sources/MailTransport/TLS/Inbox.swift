// mailmove: bytes that were read before they were asked for.
// SPDX-License-Identifier: Apache-2.0

/// A queue of bytes; its memory goes back when it is empty.
struct Inbox {
  private var bytes: [UInt8] = []
  private var head = 0

  var count: Int { bytes.count - head }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ more: UnsafeRawBufferPointer) { bytes.append(contentsOf: more) }

  mutating func prepend(_ earlier: [UInt8]) {
    bytes.replaceSubrange(..<head, with: earlier)
    head = 0
  }

  /// Moves as much as fits into the buffer; returns how much.
  mutating func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let taken = min(count, buffer.count)
    guard taken > 0 else { return 0 }
    bytes.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[head..<head + taken]))
    }
    head += taken
    if isEmpty { self = Inbox() }
    return taken
  }
}
