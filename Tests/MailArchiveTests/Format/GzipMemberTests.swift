// mailmove: what a gzip member of the archive promises.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailTestKit
import Testing

@Suite("A gzip member")
struct GzipMemberTests {
  private let text = Array(String(repeating: "All the king's horses. ", count: 40).utf8)

  /// Reads a member as one that lies in a file.
  private static func inPieces(
    _ file: [UInt8], length: Int? = nil, limit: Int
  ) throws -> GzipMember {
    try GzipMember(length: length ?? file.count, limit: limit) { offset, count in
      Array(file.dropFirst(offset).prefix(count))
    }
  }

  @Test("begins with the twenty bytes of the format")
  func header() {
    let member = GzipMember.build(.journal, text)
    #expect(
      Array(member.prefix(20)) == [
        0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 0xFF, 8, 0, 0x4D, 0x4D, 4, 0, 1, 2, 0, 0,
      ])
    #expect(GzipMember.build(.mail, text)[17] == 1)
  }

  @Test("gives its text back, found or known", arguments: [0, 1, 6, 9, 12])
  func givesBack(level: Int) throws {
    var random = SeededGenerator(seed: 7)
    for text in [[], [0x0A], text, random.bytes(300_000), [UInt8](repeating: 0, count: 3 << 20)] {
      let member = GzipMember.build(.mail, text, level: level)
      let expected = GzipMember(kind: .mail, text: text, compressedLength: member.count)
      #expect(try GzipMember(whole: member[...], limit: 4 << 20) == expected)
      #expect(try Self.inPieces(member, limit: 4 << 20) == expected)
      let among = [1, 2, 3] + member + member
      #expect(try GzipMember(in: among, at: 3, limit: 4 << 20) == expected)
      #expect(try GzipMember(in: among, at: 3 + member.count, limit: 4 << 20) == expected)
    }
  }

  @Test("is found among others, and in damage")
  func isFound() throws {
    let one = GzipMember.build(.mail, text)
    let two = GzipMember.build(.journal, [])
    let file = one + [0x1F, 0x8B, 8, 4] + two + [0x1F]
    #expect(GzipMember.nextOffset(in: file, from: 0) == 0)
    #expect(GzipMember.nextOffset(in: file, from: 1) == one.count + 4)
    #expect(GzipMember.nextOffset(in: file, from: one.count + 5) == nil)
    #expect(GzipMember.nextOffset(in: file, from: file.count + 5) == nil)
  }

  @Test("is never half read: cut anywhere, it is torn")
  func cutAnywhere() {
    let member = GzipMember.build(.mail, text)
    for count in member.indices {
      #expect(throws: GzipMember.Failure.torn) {
        try GzipMember(in: Array(member.prefix(count)), at: 0, limit: 1 << 20)
      }
      #expect(throws: GzipMember.Failure.self) {
        try GzipMember(whole: member.prefix(count), limit: 1 << 20)
      }
      #expect(throws: GzipMember.Failure.self) {
        try Self.inPieces(Array(member.prefix(count)), limit: 1 << 20)
      }
      // The file has been cut since its length was noted.
      #expect(throws: GzipMember.Failure.self) {
        try Self.inPieces(Array(member.prefix(count)), length: member.count, limit: 1 << 20)
      }
    }
  }

  /// Up to seven bits after the last symbol mean nothing; the digest of the file covers them.
  @Test("never gives another text, whichever bit is flipped")
  func anyBitFlipped() {
    let member = GzipMember.build(.mail, text)
    var unnoticed = 0
    for bit in 0..<(member.count * 8) {
      var damaged = member
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      for read in [
        try? GzipMember(whole: damaged[...], limit: 1 << 20),
        try? GzipMember(in: damaged, at: 0, limit: 1 << 20),
        try? Self.inPieces(damaged, limit: 1 << 20),
      ] {
        guard let read else { continue }
        #expect(read.text == text || read.kind == .journal)
        unnoticed += 1
      }
    }
    // Three times seven bits, and those that make the kind another one we know: there are none.
    #expect(unnoticed <= 21)
  }

  @Test("says what stands in its place")
  func otherThings() {
    var later = GzipMember.build(.mail, text)
    later[16] = 2
    #expect(throws: GzipMember.Failure.unknownLayout(version: 2, kind: 1)) {
      try GzipMember(in: later, at: 0, limit: 1 << 20)
    }
    #expect(throws: GzipMember.Failure.foreign) {
      try GzipMember(in: Array("From a".utf8), at: 0, limit: 1 << 20)
    }
    var damaged = GzipMember.build(.mail, text)
    damaged[damaged.count - 5] ^= 1
    #expect(throws: GzipMember.Failure.damaged) {
      try GzipMember(in: damaged, at: 0, limit: 1 << 20)
    }
    #expect(throws: GzipMember.Failure.torn) { try GzipMember(in: damaged, at: -1, limit: 9) }
    #expect(throws: GzipMember.Failure.torn) {
      try GzipMember(in: damaged, at: damaged.count, limit: 9)
    }
  }

  @Test("is not inflated beyond the limit")
  func limit() throws {
    let bomb = GzipMember.build(.mail, [UInt8](repeating: 0, count: 4 << 20))
    for limit in [0, 1, 1 << 20, (4 << 20) - 1] {
      #expect(throws: GzipMember.Failure.tooLarge) {
        try GzipMember(whole: bomb[...], limit: limit)
      }
      #expect(throws: GzipMember.Failure.tooLarge) {
        try GzipMember(in: bomb, at: 0, limit: limit)
      }
    }
    #expect(try GzipMember(in: bomb, at: 0, limit: 4 << 20).text.count == 4 << 20)
  }

  @Test("takes no memory for a length that is a lie")
  func lyingLength() {
    var member = GzipMember.build(.mail, text)
    member.replaceSubrange((member.count - 4)..., with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(throws: GzipMember.Failure.damaged) {
      try GzipMember(whole: member[...], limit: .max)
    }
  }

  @Test("gives what is before the damage to who asks for it")
  func salvage() {
    let text = (0..<20_000).flatMap { Array("line \($0)\n".utf8) }
    let member = GzipMember.build(.mail, text)
    let cut = GzipMember.salvagedText(
      in: Array(member.prefix(member.count / 2)), at: 0, limit: 1 << 20)
    #expect(cut.count > text.count / 3)
    #expect(text.starts(with: cut))
    #expect(GzipMember.salvagedText(in: member, at: 0, limit: 1 << 20) == text)
    #expect(GzipMember.salvagedText(in: member, at: 0, limit: 10) == Array(text.prefix(10)))
    #expect(GzipMember.salvagedText(in: member, at: member.count, limit: 10) == [])
  }
}
