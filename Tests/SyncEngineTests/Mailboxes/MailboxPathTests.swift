// mailmove: tests of paths.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import SyncEngine

@Suite struct MailboxPathTests {
  @Test func splitsBeforeItDecodes() {
    let path = MailboxPath(MailboxName(wire: "a/&AC8-/Entw&APw-rfe"), delimiter: 0x2F)
    #expect(path.segments.count == 3)
    #expect(path.texts.last == "Entwürfe")
  }

  @Test func foldsInboxInTheFirstSegmentOnly() {
    #expect(
      MailboxPath(MailboxName(wire: "Inbox/Inbox"), delimiter: 0x2F).texts == ["INBOX", "Inbox"])
    #expect(MailboxPath(MailboxName(wire: "Inboxes"), delimiter: 0x2F).texts == ["Inboxes"])
  }

  @Test func keepsAMultibyteNameWholeWhereItsBytesLookLikeADelimiter() {
    let name = MailboxName([0x83, 0x5C, 0x83, 0x7C])
    #expect(MailboxPath(name, delimiter: UInt8(ascii: "\\")).segments.count == 1)
    #expect(!MailboxPath(name, delimiter: UInt8(ascii: "\\")).isExact)
  }

  @Test func showsNothingThatTurnsTextAround() {
    #expect(MailboxPath.text(of: ["a\u{202E}b\u{7}", "c"]) == "ab/c")
  }

  @Test func everyKnownNameSurvivesTheWire() {
    for (_, rows) in RoleNames.tables + RoleNames.gmailTables {
      for name in rows.flatMap({ $0.trusted + $0.plausible }) {
        let path = MailboxPath(MailboxPath.name([name, "x"], delimiter: 0x7C), delimiter: 0x7C)
        #expect(path.texts[0].unicodeScalars.elementsEqual(name.unicodeScalars) && path.isExact)
      }
    }
  }

  @Test func anyBytesHaveAPath() {
    var random = SeededGenerator.printingSeed()
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...20, using: &random)).map { _ in
        random.chance(40) ? UInt8(ascii: "&") : UInt8.random(in: 0...255, using: &random)
      }
      let path = MailboxPath(MailboxName(bytes), delimiter: 0x2F)
      #expect(!path.segments.isEmpty)
    }
  }
}
