// mailmove: tests of modified UTF-7.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import Testing

@testable import MailWire

@Suite struct ModifiedUTF7Tests {
  @Test(arguments: [
    ("", ""), ("INBOX", "INBOX"), ("R&D", "R&-D"), ("&", "&-"), ("&-", "&--"),
    ("Entwürfe", "Entw&APw-rfe"), ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
    ("Отправленные", "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-"), ("😀", "&2D3eAA-"), ("a\tb", "a&AAk-b"),
    ("e\u{301}", "e&AwE-"), ("Ü&Ü", "&ANw-&-&ANw-"),
  ])
  func namesAreWrittenAndReadAsTheStandardSays(_ text: String, _ wire: String) {
    #expect(ModifiedUTF7.encode(text) == Array(wire.utf8))
    #expect(ModifiedUTF7.decode(wire.utf8) == text)
  }

  @Test(arguments: [
    ("&", "&"), ("A&B", "A&B"), ("&AOk", "&AOk"), ("&*-", "&*-"), ("&AGE-", "a"),
    ("&AOk-&AOk-", "éé"), ("&AOl-", "é"), ("&AOkA-", "&AOkA-"), ("&2D0-", "&2D0-"),
    ("&AO-", "&AO-"),
    ("&A-", "&A-"), ("Tom & Jerry", "Tom & Jerry"), ("a\tb", "a\tb"), ("é", "é"),
    ("&AOk-é", "&AOk-é"),
  ])
  func wrongNamesAreReadWithGoodWillAndMarked(_ wire: String, _ text: String) {
    #expect(ModifiedUTF7.decode(wire.utf8) == nil)
    let (read, quality) = ModifiedUTF7.decodeTolerantly(wire.utf8)
    #expect(read == text)
    #expect(quality == .repaired)
  }

  @Test func octetsThatAreNotUTF8AreWindows1252() {
    #expect(ModifiedUTF7.decodeTolerantly([0x4D, 0xFC, 0x80]).text == "Mü€")
  }

  @Test func everyTextComesBack() {
    var generator = SeededGenerator.printingSeed()
    for _ in 0..<2_000 {
      let scalars = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
        Self.scalar(&generator)
      }
      var text = ""
      text.unicodeScalars.append(contentsOf: scalars)
      let wire = ModifiedUTF7.encode(text)
      #expect(wire.allSatisfy { (0x20...0x7E).contains($0) })
      let read = ModifiedUTF7.decode(wire)
      #expect(
        read.map { Array($0.unicodeScalars) } == scalars,
        "seed \(generator.seed), text \(scalars)")
    }
  }

  @Test func onlyCanonicalNamesDecodeStrictly() {
    var generator = SeededGenerator.printingSeed()
    let alphabet = Array("&&&--AOkpzD3e+,2 x\u{7F}".utf8)
    for _ in 0..<20_000 {
      let wire = (0..<Int.random(in: 0...10, using: &generator)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
      }
      guard let text = ModifiedUTF7.decode(wire) else { continue }
      #expect(ModifiedUTF7.encode(text) == wire, "seed \(generator.seed), name \(wire)")
    }
  }

  @Test(arguments: [
    ("a&AAk-b", "a\\u{9}b"), ("a\u{1B}[2J", "a\\u{1B}[2J"), ("&IC4-gpj", "\\u{202E}gpj"),
    ("Entw&APw-rfe", "Entwürfe"),
  ])
  func namesForPeopleCannotPlayTricks(_ wire: String, _ shown: String) {
    #expect(ModifiedUTF7.display(Array(wire.utf8)) == shown)
    #expect(MailboxName(wire: wire).description == shown)
  }

  private static func scalar(_ generator: inout SeededGenerator) -> Unicode.Scalar {
    let limits: [ClosedRange<UInt32>] = [0x20...0x7E, 0...0x7FF, 0...0xFFFF, 0...0x10FFFF]
    while true {
      let limit = limits[Int.random(in: 0..<limits.count, using: &generator)]
      if let scalar = Unicode.Scalar(UInt32.random(in: limit, using: &generator)) { return scalar }
    }
  }
}
