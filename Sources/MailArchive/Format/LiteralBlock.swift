// mailmove: a block of deflate that looks for nothing.
// SPDX-License-Identifier: Apache-2.0

/// A block of literals (RFC 1951, 3.2.7) with a Huffman code of its own.
///
/// The lengths of the code's symbols are written with four bits each, which takes 137 bytes and no
/// second code.
struct LiteralBlock {
  /// Bits of the block.
  let bits: Int
  private let text: UnsafeRawBufferPointer
  private let code: HuffmanCode

  private static let textBytes = 64 << 10
  private static let endOfBlock = 256
  private static let lengthsOfCode = 19
  /// The bits before the literals: type, sizes, the code for lengths, lengths.
  private static let headerBits = 3 + 14 + 3 * lengthsOfCode + 4 * (endOfBlock + 2)

  /// A text as blocks of useful size; none of no text.
  ///
  /// - Parameter text: must stay where it is for as long as the blocks are used.
  static func blocks(of text: UnsafeRawBufferPointer) -> [LiteralBlock] {
    stride(from: 0, to: text.count, by: textBytes).map { start in
      LiteralBlock(
        of: UnsafeRawBufferPointer(
          rebasing: text[start..<min(start + textBytes, text.count)]))
    }
  }

  private init(of text: UnsafeRawBufferPointer) {
    self.text = text
    var counts = [Int](repeating: 0, count: Self.endOfBlock + 1)
    counts[Self.endOfBlock] = 1
    counts.withUnsafeMutableBufferPointer { counts in
      for byte in text { counts[Int(byte)] += 1 }
    }
    code = HuffmanCode(counts: counts)
    bits = Self.headerBits + code.bits(for: counts)
  }

  func write(to writer: inout BitWriter) {
    // Not the last one; that is always `end`.
    writer.put(0, 1)
    writer.put(2, 2)
    // 257 literal codes, one distance code, and all lengths of the code for lengths.
    writer.put(0, 5)
    writer.put(0, 5)
    writer.put(UInt64(Self.lengthsOfCode - 4), 4)
    // The first three say how lengths repeat, which is not used; 0 to 15 get four bits each.
    for index in 0..<Self.lengthsOfCode { writer.put(index < 3 ? 0 : 4, 3) }
    // Sixteen codes of four bits are the numbers themselves, packed with the first bit lowest.
    for length in code.lengths + [0] { writer.put(UInt64(Self.reversedNibble(length)), 4) }
    let symbols = zip(code.codes, code.lengths).map { UInt32($0) << 4 | UInt32($1) }
    symbols.withUnsafeBufferPointer { symbols in
      writer.put(text, by: symbols)
      writer.put(symbols[Self.endOfBlock])
    }
  }

  private static func reversedNibble(_ value: UInt8) -> UInt8 {
    (value & 1) << 3 | (value & 2) << 1 | (value & 4) >> 1 | (value & 8) >> 3
  }

  /// Bits of an empty last block with the fixed code (RFC 1951, 3.2.6).
  static let endBits = 3 + 7

  static func writeEnd(to writer: inout BitWriter) {
    writer.put(1, 1)
    writer.put(1, 2)
    writer.put(0, 7)
  }
}
