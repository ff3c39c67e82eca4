// mailmove: deflating what does not repeat.
// SPDX-License-Identifier: Apache-2.0

/// A deflate stream (RFC 1951) of literals alone, for attachments: base64 of what was compressed
/// before has no repetitions, and looking for them is most of what compressing costs.
///
/// Each block has a Huffman code of its own. The lengths of the code's symbols are written with
/// four bits each, which takes 137 bytes and no second code.
struct LiteralDeflate {
  private struct Block {
    let range: Range<Int>
    let code: HuffmanCode
    let bits: Int
  }

  private let text: UnsafeRawBufferPointer
  private let blocks: [Block]
  /// Bytes of the stream.
  let length: Int

  private static let blockBytes = 64 << 10
  private static let endOfBlock = 256
  private static let lengthsOfCode = 19
  /// The bits of a block before its literals: type, sizes, the code for lengths, lengths.
  private static let headerBits = 3 + 14 + 3 * lengthsOfCode + 4 * (endOfBlock + 2)

  /// - Parameter text: must stay where it is for as long as this value is used.
  init(of text: UnsafeRawBufferPointer) {
    self.text = text
    blocks = stride(from: 0, to: max(text.count, 1), by: Self.blockBytes).map { start in
      let range = start..<min(start + Self.blockBytes, text.count)
      let counts = Self.counts(of: UnsafeRawBufferPointer(rebasing: text[range]))
      let code = HuffmanCode(counts: counts)
      return Block(range: range, code: code, bits: Self.headerBits + code.bits(for: counts))
    }
    length = (blocks.reduce(0) { $0 + $1.bits } + 7) / 8
  }

  private static func counts(of text: UnsafeRawBufferPointer) -> [Int] {
    var counts = [Int](repeating: 0, count: endOfBlock + 1)
    counts[endOfBlock] = 1
    counts.withUnsafeMutableBufferPointer { counts in
      for byte in text { counts[Int(byte)] += 1 }
    }
    return counts
  }

  /// Writes the stream.
  ///
  /// - Parameter output: holds `length` bytes and `BitWriter.slack` more.
  func write(to output: UnsafeMutableRawBufferPointer) {
    var writer = BitWriter(output)
    for (index, block) in blocks.enumerated() {
      write(block, isLast: index == blocks.count - 1, to: &writer)
    }
    writer.finish()
  }

  private func write(_ block: Block, isLast: Bool, to writer: inout BitWriter) {
    writer.put(isLast ? 1 : 0, 1)
    writer.put(2, 2)
    // 257 literal codes, one distance code, and all lengths of the code for lengths.
    writer.put(0, 5)
    writer.put(0, 5)
    writer.put(UInt64(Self.lengthsOfCode - 4), 4)
    // The first three say how lengths repeat, which is not used; 0 to 15 get four bits each.
    for index in 0..<Self.lengthsOfCode { writer.put(index < 3 ? 0 : 4, 3) }
    // Sixteen codes of four bits are the numbers themselves, packed with the first bit lowest.
    for length in block.code.lengths + [0] {
      writer.put(UInt64(Self.reversedNibble(length)), 4)
    }
    let symbols = zip(block.code.codes, block.code.lengths).map { UInt32($0) << 4 | UInt32($1) }
    symbols.withUnsafeBufferPointer { symbols in
      writer.put(text[block.range], by: symbols)
      writer.put(symbols[Self.endOfBlock])
    }
  }

  private static func reversedNibble(_ value: UInt8) -> UInt8 {
    (value & 1) << 3 | (value & 2) << 1 | (value & 4) >> 1 | (value & 8) >> 3
  }
}
