// mailmove: that no file makes the archive's readers fall over.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import MailArchive

@Suite("Whatever a file holds")
struct RobustnessTests {
  /// Changes, removes, repeats or puts in a few bytes.
  private func damage(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<random.number(1...4) {
      guard !bytes.isEmpty else { return bytes }
      let start = random.number(0...(bytes.count - 1))
      let end = min(bytes.count, start + random.number(0...20))
      switch random.number(0...3) {
      case 0: bytes[start] = UInt8(random.number(0...255))
      case 1: bytes.removeSubrange(start..<end)
      case 2: bytes.insert(contentsOf: bytes[start..<end], at: random.number(0...bytes.count))
      default:
        let digits = Array("9999999999999999999".utf8.prefix(random.number(1...19)))
        bytes.replaceSubrange(start..<end, with: digits)
      }
    }
    return bytes
  }

  @Test("an entry is what it was or is refused")
  func entries() {
    var mail = UnkindMail()
    var random = SeededGenerator(seed: UnkindMail.seed)
    for _ in 0..<3_000 {
      let entry = mail.entry()
      let text = damage(entry.encoded(), &random)
      for range in ArchiveEntry.ranges(in: text) {
        guard let read = try? ArchiveEntry.decode(text[range]) else { continue }
        #expect(SHA256Digest(of: read.message) == read.digest)
        #expect(ArchiveEntry.restores(read.digest, from: text[range]))
      }
    }
  }

  @Test("a segment gives only messages that are whole")
  func segments() {
    var mail = UnkindMail()
    var random = SeededGenerator(seed: UnkindMail.seed &+ 1)
    for _ in 0..<300 {
      let members = (0..<3).map { _ in
        GzipMember.build(.mail, (0..<3).flatMap { _ in mail.entry().encoded() })
      }
      var scan = SegmentScan(
        damage(members.flatMap { $0 }, &random), path: "segment", limit: 1 << 20)
      while let text = scan.nextText() {
        for range in ArchiveEntry.ranges(in: text) {
          guard let entry = scan.entry(text[range]) else { continue }
          #expect(SHA256Digest(of: entry.message) == entry.digest)
        }
      }
    }
  }

  @Test("noise is no member and no entry")
  func noise() {
    var random = SeededGenerator(seed: UnkindMail.seed &+ 2)
    for _ in 0..<500 {
      let noise = random.bytes(random.number(0...300))
      let member = GzipMember.header(.mail) + noise
      #expect(throws: GzipMember.Failure.self) {
        try GzipMember(in: member, at: 0, limit: 1 << 16)
      }
      #expect(throws: GzipMember.Failure.self) {
        try GzipMember(whole: member[...], limit: 1 << 16)
      }
      #expect(throws: ArchiveEntry.Failure.self) { try ArchiveEntry.decode(noise[...]) }
      #expect(GzipMember.salvagedText(in: noise, at: 0, limit: 1 << 16).count <= 1 << 16)
    }
  }
}
