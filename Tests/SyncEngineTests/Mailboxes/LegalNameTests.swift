// mailmove: tests of legal names.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import SyncEngine

@Suite struct LegalNameTests {
  private func legal(_ family: ServerFamily, _ delimiter: Character = "/") -> LegalName {
    LegalName(profile: NamingProfile(family: family), delimiter: delimiter.asciiValue)
  }

  @Test(arguments: [
    ("2019/2020", "2019_2020"), ("", "_"), ("tab\there", "tabhere"), ("\u{1B}", "_"),
    ("INBOX ", "INBOX"), (" inbox", "inbox"),
  ])
  func replacesWhatNoTargetTakes(text: String, expected: String) {
    let name = legal(.generic)(text, isTop: true, source: [])
    #expect(name.unicodeScalars.elementsEqual(expected.unicodeScalars), "\(name)")
  }

  @Test(arguments: [
    "Dr. Jones", "Rechnungen 100%", " a  b ", "..", ".", "   ", ".hidden", "~home", "#news",
    "a*b%c\"d\\e", "Cafe\u{301}", "Caf\u{E9}", "-x", "NIL", "R&D", "\u{FEFF}a\u{2028}", "ＩＮＢＯＸ",
    "👨\u{200D}👩",
  ])
  func whatATargetMayTakeStaysByteForByte(text: String) {
    for family in [ServerFamily.generic, .dovecot] {
      let name = legal(family)(text, isTop: true, source: [])
      #expect(name.utf8.elementsEqual(text.utf8), "\(name)")
    }
  }

  @Test(arguments: [
    (" a  b ", "a b"), ("..", "_"), (".", "_"), ("   ", "_"), (".hidden", "_hidden"),
    ("~home", "_home"), ("#news", "_news"), ("a*b%c\"d\\e", "a_b_c_d_e"), ("Cafe\u{301}", "Café"),
    ("\u{FEFF}a\u{2028}", "a"),
  ])
  func afterARefusalWhatServersDoNotLikeIsReplaced(text: String, expected: String) {
    let careful = LegalName(
      profile: NamingProfile(family: .generic).careful, delimiter: UInt8(ascii: "/"))
    let name = careful(text, source: [])
    #expect(name.unicodeScalars.elementsEqual(expected.unicodeScalars), "\(name)")
    var row = MappedMailbox(
      source: MailboxName(wire: "x"), sourceDelimiter: nil, sourcePath: "x", decision: .same,
      reason: "")
    row.target = MailboxPath.name([text], delimiter: UInt8(ascii: "/"))
    row.targetDelimiter = UInt8(ascii: "/")
    let first = CreateAlternatives.names(for: row, family: .generic).first
    #expect(first == MailboxPath.name([expected], delimiter: UInt8(ascii: "/")))
  }

  @Test func replacesTheTargetsDelimiter() {
    #expect(legal(.courier, ".")("Dr. Jones", source: []) == "Dr_ Jones")
    #expect(legal(.domino, "\\")("a\\b", source: []) == "a_b")
    #expect(legal(.yandex, "|")("a|b", source: []) == "a_b")
  }

  @Test(arguments: [
    (ServerFamily.cyrus, "a!b;c{d}", "a_b_c_d_"), (.cyrus, "$x", "_x"), (.gmail, "a^b", "a_b"),
    (.cyrus, "a%b", "a_b"), (.gmail, " a  b", "a b"), (.exchange, "a ", "a"), (.uw, "~x", "_x"),
    (.zimbra, "a:b", "a_b"), (.james, "a.b", "a_b"), (.dbmail, "a?b", "a_b"),
    (.cyrus, "R&D", "R&D"),
    (.exchange, "Files", "Files_"), (.exchange, "files", "files_"), (.gmail, "[Gmail]", "[Gmail]_"),
    (.cyrus, "user", "user_"), (.dovecot, "cur", "cur_"), (.zimbra, "Calendar", "Calendar_"),
  ])
  func knowsWhatItsFamilyRefuses(family: ServerFamily, text: String, expected: String) {
    #expect(legal(family)(text, isTop: true, source: []) == expected)
  }

  @Test func reservedNamesAreFreeBelowTheTop() {
    #expect(legal(.exchange)("Files", source: []) == "Files")
    #expect(legal(.dovecot)("cur", source: []) == "cur_")
  }

  @Test func shortensAtACharacterAndAddsADigest() {
    let name = legal(.generic)(String(repeating: "Ж", count: 300), source: Array("x".utf8))
    #expect(ModifiedUTF7.encode(name).count <= 255)
    #expect(name.wholeMatch(of: /Ж+-[a-z2-7]{8}/) != nil)
    let other = legal(.generic)(String(repeating: "Ж", count: 300), source: Array("y".utf8))
    #expect(name != other)
  }

  @Test func aCharacterLargerThanTheLimitIsOnlyADigest() {
    let monster = "e" + String(repeating: "\u{301}", count: 60_000)
    let name = legal(.generic)(monster, source: [])
    #expect(name.wholeMatch(of: /_-[a-z2-7]{8}/) != nil)
  }

  @Test func aNumberFitsEvenWhereTheNameFillsTheLimit() {
    let legal = legal(.generic)
    let full = String(repeating: "a", count: 255)
    #expect(legal.appending(" (2)", to: full) == String(repeating: "a", count: 251) + " (2)")
  }

  @Test(arguments: ServerFamily.allCases)
  func makingLegalTwiceIsTheSameAsOnce(family: ServerFamily) {
    var random = SeededGenerator.printingSeed()
    for delimiter in "/.\\|^" {
      let legal = legal(family, delimiter)
      for _ in 0..<40 {
        let text = random.chance(10) ? random.text(upTo: 400) : random.segment()
        for isTop in [true, false] {
          let once = legal(text, isTop: isTop, source: Array(text.utf8))
          let twice = legal(once, isTop: isTop, source: [])
          #expect(
            twice.unicodeScalars.elementsEqual(once.unicodeScalars), "\(text.debugDescription)")
          #expect(!once.contains(delimiter) && !once.isEmpty)
          #expect(ModifiedUTF7.encode(once).count <= legal.profile.segmentBytesMax)
        }
      }
    }
  }

  @Test func base32IsThatOfTheStandard() {
    #expect(Base32.text(Array("foobar".utf8)) == "mzxw6ytboi")
    #expect(Base32.text([]) == "")
  }
}
