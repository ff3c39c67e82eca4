// mailmove: entries that are made piece by piece.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import MailArchive

@Suite("An entry made piece by piece")
struct LargeEntryTests {
  @Test("has the same text as one made at once, whatever the message")
  func sameText() throws {
    var mail = UnkindMail()
    for _ in 0..<3_000 {
      let entry = mail.entry()
      let large = LargeEntry(entry)
      var text: [UInt8] = []
      try large.forEachPiece { piece throws(ArchiveError) in text += piece }
      #expect(text == entry.encoded(keepsLineEnds: true))
      #expect(text.count == large.length)
      #expect(try large.restoresMessage())
    }
  }

  @Test("comes back in its own place as it does beside it")
  func inPlace() throws {
    var mail = UnkindMail()
    for _ in 0..<3_000 {
      let entry = mail.entry()
      for keepsLineEnds in [false, true] {
        let text = entry.encoded(keepsLineEnds: keepsLineEnds)
        #expect(try ArchiveEntry.decode(first: text) == ArchiveEntry.decode(text[...]))
        #expect(try ArchiveEntry.decode(first: text + text).message == entry.message)
        #expect(throws: ArchiveEntry.Failure.self) {
          try ArchiveEntry.decode(first: Array(text.dropLast(3)))
        }
      }
    }
  }

  @Test("is refused when its digest is another message's")
  func otherDigest() throws {
    let message = Array("Subject: x\r\n\r\nFrom here\r\n".utf8)
    let entry = ArchiveEntry(
      message: message, digest: SHA256Digest(of: message + [0x20]),
      date: InternalDate(secondsSinceEpoch: 0, zoneMinutes: 0),
      source: ArchiveEntry.Source(account: "a", folder: "b"), flags: .none)
    #expect(try !LargeEntry(entry).restoresMessage())
  }

  @Test("fills buffers of any size with the same bytes", arguments: [1, 2, 3, 7, 64])
  func buffers(size: Int) {
    var mail = UnkindMail()
    for _ in 0..<1_000 {
      let message = mail.message()
      for keepsLineEnds in [false, true] {
        message.withUnsafeBytes { bytes in
          let body = EntryBody(of: bytes, keepsLineEnds: keepsLineEnds)
          var whole = EntryBodyEncoder(of: bytes, body)
          var expected = [UInt8](repeating: 0, count: body.length + 1)
          let length = expected.withUnsafeMutableBytes { whole.fill($0) }
          #expect(length == body.length)
          var encoder = EntryBodyEncoder(of: bytes, body)
          var made: [UInt8] = []
          var buffer = [UInt8](repeating: 0, count: size)
          while true {
            let count = buffer.withUnsafeMutableBytes { encoder.fill($0) }
            made += buffer.prefix(count)
            if count < size { break }
          }
          #expect(made[...] == expected.prefix(length))
        }
      }
    }
  }

  @Test("becomes one member that gives it back", arguments: [0, 1, 100, 300_000, 2_000_000])
  func member(length: Int) throws {
    var random = SeededGenerator(seed: UInt64(length))
    let texts = [random.bytes(length), LiteralDeflateTests.attachment(length)]
    for text in texts + [[UInt8](repeating: 0x41, count: length)] {
      try member(text, SearchingDeflater(level: 1))
      try member(text, LiteralDeflater())
    }
  }

  private func member(_ text: [UInt8], _ deflater: any StreamDeflater) throws {
    var member: [UInt8] = []
    let stream = MemberStream(deflater)
    try stream.begin(.mail) { bytes throws(ArchiveError) in member += bytes }
    try text.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: 70_001) {
        let piece = bytes[start..<min(start + 70_001, bytes.count)]
        try stream.take(UnsafeRawBufferPointer(rebasing: piece)) { bytes throws(ArchiveError) in
          member += bytes
        }
      }
    }
    try stream.end { bytes throws(ArchiveError) in member += bytes }
    #expect(GzipMember.isFaithful(member, to: text))
    #expect(try GzipMember(whole: member[...], limit: 4 << 20).text == text)
  }
}

@Suite("What is read back of a deflate stream")
struct StreamInflationTests {
  private let text = LiteralDeflateTests.attachment(100_000)

  private var stream: [UInt8] {
    Array(GzipMember.build(.mail, text).dropFirst(20).dropLast(8))
  }

  /// What comes out of a stream, and whether it was complete with the last of its pieces.
  private static func inflate(_ pieces: [[UInt8]]) -> (isComplete: Bool, text: [UInt8]) {
    var text: [UInt8] = []
    let inflation = StreamInflation { text += $0 }
    for piece in pieces {
      #expect(!inflation.isComplete)
      inflation.take(piece)
    }
    #expect(inflation.length == text.count)
    return (inflation.isComplete, text)
  }

  @Test("is its text, in whatever pieces it comes", arguments: [1, 1_000, 1 << 20])
  func pieces(size: Int) {
    let stream = stream
    let starts = Swift.stride(from: 0, to: stream.count, by: size)
    let result = Self.inflate(starts.map { Array(stream[$0..<min($0 + size, stream.count)]) })
    #expect(result.isComplete && result.text == text)
  }

  @Test("is not complete when it is cut, goes on, or is another one's")
  func damage() {
    #expect(!Self.inflate([Array(stream.dropLast())]).isComplete)
    #expect(!Self.inflate([stream + [0]]).isComplete)
    let late = StreamInflation { _ in }
    late.take(stream)
    late.take([0])
    #expect(!late.isComplete)
    var other = stream
    other[50_000] ^= 4
    let changed = Self.inflate([other])
    #expect(!changed.isComplete || changed.text != text)
  }
}
