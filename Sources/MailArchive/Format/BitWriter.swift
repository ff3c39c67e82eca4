// mailmove: writing bits.
// SPDX-License-Identifier: Apache-2.0

/// Packs bits into bytes, the first one lowest (RFC 1951, 3.1.1).
struct BitWriter {
  /// Bytes behind the last one that may be written over.
  static let slack = 8

  private let output: UnsafeMutableRawBufferPointer
  private var position = 0
  private var bits: UInt64 = 0
  private var count = 0

  /// Symbols of 15 bits that fit beside the rest of a byte.
  private static let symbolsAtOnce = 3

  /// - Parameter output: has room for all that is put, and `slack`.
  init(_ output: UnsafeMutableRawBufferPointer) { self.output = output }

  /// Puts the lowest bits of a value, at most 57.
  mutating func put(_ value: UInt64, _ length: Int) {
    hold(value, length)
    writeWholeBytes()
  }

  /// Puts a symbol: its code, and in the lowest four bits how long that is.
  mutating func put(_ symbol: UInt32) { put(UInt64(symbol >> 4), Int(symbol & 15)) }

  /// Puts a symbol for each byte.
  mutating func put(_ bytes: Slice<UnsafeRawBufferPointer>, by symbols: UnsafeBufferPointer<UInt32>)
  {
    let bytes = UnsafeRawBufferPointer(rebasing: bytes)
    var index = 0
    while index + Self.symbolsAtOnce <= bytes.count {
      for offset in 0..<Self.symbolsAtOnce {
        let symbol = symbols[Int(bytes[index + offset])]
        hold(UInt64(symbol >> 4), Int(symbol & 15))
      }
      writeWholeBytes()
      index += Self.symbolsAtOnce
    }
    while index < bytes.count {
      put(symbols[Int(bytes[index])])
      index += 1
    }
  }

  /// Writes what is left of a byte.
  mutating func finish() {
    if count > 0 { output[position] = UInt8(truncatingIfNeeded: bits) }
  }

  private mutating func hold(_ value: UInt64, _ length: Int) {
    bits |= value &<< UInt64(count)
    count &+= length
  }

  private mutating func writeWholeBytes() {
    output.storeBytes(of: bits.littleEndian, toByteOffset: position, as: UInt64.self)
    let whole = count & ~7
    position &+= whole / 8
    bits = whole == 64 ? 0 : bits &>> UInt64(whole)
    count &-= whole
  }
}
