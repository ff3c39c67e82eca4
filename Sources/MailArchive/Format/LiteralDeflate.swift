// mailmove: deflating what does not repeat.
// SPDX-License-Identifier: Apache-2.0

/// A deflate stream (RFC 1951) of literals alone, for attachments: base64 of what was compressed
/// before has no repetitions, and looking for them is most of what compressing costs.
///
/// It may be made of a whole text, or piece by piece.
struct LiteralDeflate {
  /// Bits that are no whole byte yet.
  private var rest = BitWriter.Rest()

  /// Bytes of the stream of a text.
  static func length(of text: UnsafeRawBufferPointer) -> Int {
    let bits = LiteralBlock.blocks(of: text).reduce(LiteralBlock.endBits) { $0 + $1.bits }
    return (bits + 7) / 8
  }

  /// Bytes that `write` needs for some blocks.
  func room(for blocks: [LiteralBlock]) -> Int {
    let bits = blocks.reduce(rest.count + LiteralBlock.endBits) { $0 + $1.bits }
    return (bits + 7) / 8 + BitWriter.slack
  }

  /// Writes the next blocks of the stream.
  ///
  /// - Parameter isLast: the stream ends with them.
  /// - Returns: how many bytes were written.
  mutating func write(
    _ blocks: [LiteralBlock], isLast: Bool, to output: UnsafeMutableRawBufferPointer
  ) -> Int {
    var writer = BitWriter(output, after: rest)
    for block in blocks { block.write(to: &writer) }
    if isLast {
      LiteralBlock.writeEnd(to: &writer)
      writer.fillByte()
    }
    rest = writer.rest
    return writer.position
  }
}
