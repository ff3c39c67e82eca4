// mailmove: deflating without looking for repetitions.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import Testing

@testable import MailArchive

@Suite("Deflating literals alone")
struct LiteralDeflateTests {
  /// Lines of base64 that never repeat.
  static func attachment(_ count: Int) -> [UInt8] {
    var random = SeededGenerator(seed: UInt64(count))
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    return random.bytes(count).enumerated().map { index, byte in
      index % 77 == 76 ? 0x0A : digits[Int(byte & 63)]
    }
  }

  /// A member made by hand, as the compressor would.
  private func member(_ text: [UInt8]) -> [UInt8] {
    text.withUnsafeBytes { bytes in
      var literals = LiteralDeflate()
      let blocks = LiteralBlock.blocks(of: bytes)
      var stream = [UInt8](repeating: 0, count: literals.room(for: blocks))
      let length = stream.withUnsafeMutableBytes { literals.write(blocks, isLast: true, to: $0) }
      #expect(length == LiteralDeflate.length(of: bytes))
      let trailer = GzipMember.trailer(
        checksum: GzipMember.checksum(text), length: UInt32(text.count))
      return GzipMember.header(.mail) + stream.prefix(length) + trailer
    }
  }

  @Test(
    "gives back any text to both decoders",
    arguments: [0, 1, 2, 3, 4, 100, 65_535, 65_536, 65_537, 200_000])
  func givesBack(count: Int) throws {
    var random = SeededGenerator(seed: 3)
    let rare = (0..<count).map { $0 == count / 2 ? 0xFF : UInt8(ascii: "a") }
    for text in [Self.attachment(count), random.bytes(count), rare] {
      let member = member(text)
      #expect(GzipMember.isFaithful(member, to: text), "zlib")
      #expect(try GzipMember(whole: member[...], limit: 1 << 20).text == text, "libdeflate")
    }
  }

  @Test("is chosen for an attachment, which libdeflate makes hardly smaller")
  func isChosen() {
    let text = Self.attachment(300_000)
    let length = text.withUnsafeBytes { LiteralDeflate.length(of: $0) }
    #expect(GzipMember.build(.mail, text).count == length + 28)
    #expect(length < text.count * 77 / 100)
  }

  @Test("is not chosen where something repeats, nor for noise that nothing makes smaller")
  func isNotChosen() {
    var random = SeededGenerator(seed: 5)
    let words = (0..<500).map { _ in Array("word\(random.number(0...99_999)) ".utf8) }
    let prose = (0..<40_000).flatMap { _ in random.pick(words) }
    let length = prose.withUnsafeBytes { LiteralDeflate.length(of: $0) }
    #expect(GzipMember.build(.mail, prose).count < length / 2)
    let noise = random.bytes(300_000)
    #expect(GzipMember.build(.mail, noise).count < noise.count + 300)
  }
}

@Suite("A Huffman code")
struct HuffmanCodeTests {
  /// Nothing is left over and nothing is taken twice (RFC 1951, 3.2.2).
  private func isComplete(_ code: HuffmanCode) -> Bool {
    code.lengths.filter { $0 > 0 }.reduce(0) { $0 + 1 << (15 - Int($1)) } == 1 << 15
  }

  @Test("has no code of more than fifteen bits, however uneven the counts are")
  func isLimited() {
    var counts = [1, 1]
    while counts.count < 60 { counts.append(counts[counts.count - 1] + counts[counts.count - 2]) }
    let code = HuffmanCode(counts: counts)
    #expect(code.lengths.max() == 15)
    #expect(isComplete(code))
  }

  @Test("gives more frequent symbols no longer codes, and none two the same")
  func isOrdered() {
    var random = SeededGenerator.printingSeed()
    for _ in 0..<50 {
      let counts = (0..<257).map { _ in random.number(0...3) == 0 ? 0 : random.number(500...9_999) }
      let code = HuffmanCode(counts: counts)
      #expect(isComplete(code))
      let used = counts.indices.filter { counts[$0] > 0 }.sorted { counts[$0] < counts[$1] }
      #expect(
        zip(used, used.dropFirst()).allSatisfy { rarer, other in
          counts[rarer] == counts[other] || code.lengths[rarer] >= code.lengths[other]
        })
      #expect(counts.indices.allSatisfy { (counts[$0] > 0) == (code.lengths[$0] > 0) })
      let codes = used.map { "\(code.codes[$0])/\(code.lengths[$0])" }
      #expect(Set(codes).count == used.count)
    }
  }
}
