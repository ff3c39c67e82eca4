// mailmove: what the fuzzer hands over.
// SPDX-License-Identifier: Apache-2.0

/// The bytes of one run; a target takes its choices from the front, and the rest is what it feeds.
struct FuzzInput {
  private(set) var rest: ArraySlice<UInt8>

  init(_ start: UnsafePointer<UInt8>?, _ count: Int) {
    rest = Array(UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))[...]
  }

  /// The next byte; 0 where there is none, so that every input is one.
  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// A number below `limit` (at most 256), from the next byte.
  mutating func choice(_ limit: Int) -> Int { Int(byte()) % limit }

  /// A number of 16 bits, from the next two bytes.
  mutating func word() -> Int {
    let high = Int(byte())
    return high << 8 | Int(byte())
  }

  /// Takes up to `count` bytes.
  mutating func bytes(_ count: Int) -> [UInt8] {
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  /// All that is left.
  var bytes: [UInt8] { Array(rest) }

  /// All that is left, as lines without their line feeds.
  var lines: [[UInt8]] {
    rest.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
  }

  /// All that is left, again and again up to a length: what takes longer than its length shows.
  func repeated(upTo length: Int) -> [UInt8] {
    guard !rest.isEmpty else { return [] }
    var result: [UInt8] = []
    result.reserveCapacity(length)
    while result.count + rest.count <= length { result += rest }
    return result
  }
}
