// mailmove: how a writer proves its members.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import Testing

@testable import MailArchive

@Suite("The proof of a member")
struct MemberProofTests {
  @Test(
    "accepts the text it was made of, of any length", arguments: [0, 1, 65_535, 65_536, 300_000])
  func accepts(length: Int) {
    var generator = SeededGenerator(seed: UInt64(length))
    let text = (0..<length).map { _ in UInt8.random(in: 0...7, using: &generator) }
    let member = GzipMember.build(.mail, text)
    #expect(GzipMember.isFaithful(member, to: text))
    #expect(!GzipMember.isFaithful(member, to: text + [0]))
    #expect(length == 0 || !GzipMember.isFaithful(member, to: Array(text.dropLast())))
  }

  @Test("refuses another text and a member that was changed")
  func refuses() {
    let text = Array("some text, and some more text".utf8)
    let member = GzipMember.build(.mail, text)
    var other = text
    other[3] ^= 1
    #expect(!GzipMember.isFaithful(member, to: other))
    #expect(!GzipMember.isFaithful(GzipMember.build(.journal, text), to: text))
    #expect(!GzipMember.isFaithful(Array(member.prefix(25)), to: text))
    #expect(!GzipMember.isFaithful([], to: []))
    for index in 20..<(member.count - 9) {
      var changed = member
      changed[index] ^= 0x24
      #expect(!GzipMember.isFaithful(changed, to: text), "byte \(index)")
    }
  }
}
