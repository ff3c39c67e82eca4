// mailmove: writing bits.
// SPDX-License-Identifier: Apache-2.0

/// Packs bits into bytes, the first one lowest (RFC 1951, 3.1.1).
struct BitWriter {
  /// Bits that are no whole byte yet.
  struct Rest {
    fileprivate(set) var bits: UInt64 = 0
    fileprivate(set) var count = 0
  }

  /// Bytes behind the last one that may be written over.
  static let slack = 8

  private let output: UnsafeMutableRawBufferPointer
  /// Whole bytes written.
  private(set) var position = 0
  private(set) var rest: Rest

  /// Symbols of 15 bits that fit beside the rest of a byte.
  private static let symbolsAtOnce = 3

  /// - Parameter output: has room for all that is put, and `slack`.
  init(_ output: UnsafeMutableRawBufferPointer, after rest: Rest) {
    self.output = output
    self.rest = rest
  }

  /// Puts the lowest bits of a value, at most 57.
  mutating func put(_ value: UInt64, _ length: Int) {
    hold(value, length)
    writeWholeBytes()
  }

  /// Puts a symbol: its code, and in the lowest four bits how long that is.
  mutating func put(_ symbol: UInt32) { put(UInt64(symbol >> 4), Int(symbol & 15)) }

  /// Puts a symbol for each byte.
  mutating func put(_ bytes: UnsafeRawBufferPointer, by symbols: UnsafeBufferPointer<UInt32>) {
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

  /// Fills the byte that was begun with zeros.
  mutating func fillByte() { put(0, (8 - rest.count) % 8) }

  private mutating func hold(_ value: UInt64, _ length: Int) {
    rest.bits |= value &<< UInt64(rest.count)
    rest.count &+= length
  }

  private mutating func writeWholeBytes() {
    output.storeBytes(of: rest.bits.littleEndian, toByteOffset: position, as: UInt64.self)
    let whole = rest.count & ~7
    position &+= whole / 8
    rest.bits = whole == 64 ? 0 : rest.bits &>> UInt64(whole)
    rest.count &-= whole
  }
}
