// mailmove: tests of names in the mapping.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import Testing

@testable import SyncEngine

@Suite struct MappingNameTests {
  @Test func translatesDelimitersAndPrefixes() throws {
    let source = listing(
      row("INBOX", delimiter: "."), row("INBOX.Work.Dr&AC8-x", delimiter: "."),
      namespaces: personal("INBOX.", "."))
    let target = listing(row("INBOX"))
    #expect(
      try MailboxMapping.plan(source: source, target: target).target("INBOX.Work.Dr&AC8-x")
        == "Work/Dr_x")
    let back = try MailboxMapping.plan(
      source: listing(row("INBOX"), row("Work/Dr. Jones"), row("INBOX/Lists")), target: source)
    #expect(back.target("Work/Dr. Jones") == "INBOX.Work.Dr_ Jones")
    #expect(back.target("INBOX/Lists") == "INBOX.Lists")
  }

  @Test func withoutNamespaceAPrefixNeedsEveryMailboxBelowIt() throws {
    let all = listing(
      row("INBOX", delimiter: "."), row("INBOX.A", delimiter: "."), row("INBOX.B", delimiter: "."))
    #expect(try MailboxMapping.plan(source: all, target: emptyTarget()).target("INBOX.A") == "A")
    let some = listing(
      row("INBOX", delimiter: "."), row("INBOX.A", delimiter: "."), row("B", delimiter: "."))
    #expect(
      try MailboxMapping.plan(source: some, target: emptyTarget()).target("INBOX.A") == "INBOX/A")
  }

  @Test func aFlatTargetGetsJoinedNames() throws {
    let target = listing(row("INBOX", delimiter: nil))
    let map = try MailboxMapping.plan(
      source: listing(row("A"), row("A/B"), row("A/B/C"), row("INBOX/x")), target: target)
    #expect(map.target("A/B/C") == "A - B - C" && map["A/B"]?.decision == .flattened)
    #expect(map.target("INBOX/x") == "INBOX - x")
  }

  @Test func anInboxWithoutDelimiterMakesNoFlatTargetWhereTheRootHasOne() throws {
    var target = listing(row("INBOX", delimiter: nil))
    target.rootDelimiter = UInt8(ascii: ".")
    let map = try MailboxMapping.plan(source: listing(row("A"), row("A/B")), target: target)
    #expect(map.target("A/B") == "A.B" && map["A/B"]?.targetDelimiter == UInt8(ascii: "."))
  }

  @Test func mailboxesThatHoldMailHaveNoChildrenOnUW() throws {
    let map = try MailboxMapping.plan(
      source: listing(row("A"), row("A/B"), row("C", "\\Noselect"), row("C/D")),
      target: emptyTarget(.uw))
    #expect(map.target("A/B") == "A - B")
    #expect(map.target("C/D") == "C/D")
  }

  @Test func anIllegalNameIsReplacedAndTheUnchangedOneKeepsIts() throws {
    let source = listing(
      row("A|B", delimiter: "|"), decodedRow(["A/B"], delimiter: "|"),
      decodedRow(["A_B"], delimiter: "|"))
    let map = try MailboxMapping.plan(
      source: MailboxListing(mailboxes: Array(source.mailboxes.dropFirst())), target: emptyTarget())
    #expect(map.target("A_B") == "A_B" && map["A_B"]?.decision == .same)
    #expect(map.target("A/B") == "A_B (2)" && map["A/B"]?.decision == .suffixed)
  }

  @Test func caseCountsOnlyWhereTheTargetSaysSo() throws {
    let source = listing(row("Test"), row("test"))
    let exact = try MailboxMapping.plan(source: source, target: emptyTarget(.dovecot))
    #expect(exact.target("test") == "test")
    let folding = try MailboxMapping.plan(source: source, target: emptyTarget(.exchange))
    #expect(folding.target("Test") == "Test" && folding.target("test") == "test (2)")
    let proven = try MailboxMapping.plan(
      source: source, target: listing(row("INBOX"), row("A"), row("a")))
    #expect(proven.target("test") == "test")
  }

  @Test func composedAndDecomposedNamesStayApart() throws {
    let map = try MailboxMapping.plan(
      source: listing(decodedRow(["Café"]), decodedRow(["Cafe\u{301}"])), target: emptyTarget())
    #expect(Set(map.rows.map(\.targetPath)) == ["Café", "Café (2)"])
  }

  @Test func mailboxesThatAreThereAreToldApartByTheirBytes() throws {
    let names = [decodedRow(["Café"]), decodedRow(["Cafe\u{301}"])]
    for family in [ServerFamily.dovecot, .archive, .generic] {
      let both = MailboxListing(mailboxes: [row("INBOX")] + names, family: family)
      let map = try MailboxMapping.plan(source: both, target: both)
      for name in names {
        let row = try #require(map.rows.first { $0.source == name.name })
        #expect(row.target == name.name && row.existsAtTarget, "\(family)")
      }
    }
  }

  @Test func ofTwoFormsAtTheTargetTheSameOneIsUsedAndElseTheOther() throws {
    let (composed, decomposed) = (decodedRow(["Caf\u{E9}"]), decodedRow(["Cafe\u{301}"]))
    let source = listing(composed, decomposed)
    let both = try MailboxMapping.plan(
      source: source, target: listing(row("INBOX"), composed, decomposed, family: .dovecot))
    #expect(both.rows.allSatisfy { $0.target == $0.source && $0.existsAtTarget })
    let one = try MailboxMapping.plan(
      source: listing(decomposed), target: listing(row("INBOX"), composed, family: .dovecot))
    #expect(one.rows.map(\.target) == [composed.name] && one.rows[0].existsAtTarget)
  }

  @Test func namesThatServersMayRefuseArePlannedAsTheyAre() throws {
    for name in ["Rechnungen 100%", "a  b", "Was?*", "\\o", ".x", "Cafe\u{301}"] {
      let source = listing(row("INBOX"), decodedRow([name]))
      let map = try MailboxMapping.plan(source: source, target: emptyTarget())
      #expect(map.rows.allSatisfy { $0.target == $0.source && $0.decision != .renamed })
    }
  }

  @Test func whereNoMailboxHasOthersBelowItNewOnesWillNotEither() throws {
    let source = listing(row("Teams"), row("Teams/Nord"), row("Teams/Nord/2024"))
    let mbox = listing(row("INBOX", "\\NoInferiors"), row("Old", "\\NoInferiors"))
    let map = try MailboxMapping.plan(source: source, target: mbox)
    #expect(map.target("Teams/Nord/2024") == "Teams - Nord - 2024")
    let yahoo = listing(row("INBOX", "\\NoInferiors"), row("Sent", "\\Sent", "\\NoInferiors"))
    #expect(
      try MailboxMapping.plan(source: source, target: yahoo).target("Teams/Nord") == "Teams/Nord")
  }

  @Test func anExistingMailboxOfTheSameTextIsUsedAndOneOfAnotherCaseIsNot() throws {
    let target = listing(row("INBOX"), row("work"), row("Plan &- Bau"), family: .exchange)
    let map = try MailboxMapping.plan(
      source: listing(row("Work"), row("Plan &- Bau")), target: target)
    #expect(map.target("Work") == "Work (2)")
    #expect(map["Plan &- Bau"]?.existsAtTarget == true)
  }

  @Test func namesThatLookLikeInboxAreNotInbox() throws {
    let source = listing(
      row("inbox"), row("INBOXES"), row("Inbox "), decodedRow(["ＩＮＢＯＸ"]), row("&AEkATgBCAE8AWA-"))
    let map = try MailboxMapping.plan(source: source, target: emptyTarget())
    #expect(map.target("INBOX") == "INBOX")
    #expect(map.target("INBOXES") == "INBOXES")
    #expect(map.target("Inbox ")?.hasPrefix("Inbox (") == true)
    #expect(map.rows.filter { $0.targetPath == "ＩＮＢＯＸ" }.count == 1)
    #expect(map["&AEkATgBCAE8AWA-"]?.targetPath?.hasPrefix("INBOX (") == true)
    #expect(Set(map.rows.compactMap(\.target)).count == 5)
  }

  @Test func childrenOfInboxStayThereInAnyCase() throws {
    let map = try MailboxMapping.plan(
      source: listing(row("INBOX"), row("Inbox/Foo"), row("INBOX/Bar"), row("x")),
      target: emptyTarget())
    #expect(map.target("Inbox/Foo") == "INBOX/Foo" && map.target("INBOX/Bar") == "INBOX/Bar")
  }

  @Test func davMailsSlashIsASlash() throws {
    let source = listing(row("A_xF8FF_B"), family: .davMail)
    #expect(
      try MailboxMapping.plan(source: source, target: emptyTarget()).target("A_xF8FF_B") == "A_B")
  }

  @Test func anArchiveTakesEveryNameAsItIs() throws {
    let source = listing(
      row("INBOX", delimiter: "."), row("INBOX.a/b", delimiter: "."),
      row("INBOX.Gesendet", delimiter: "."))
    let map = try MailboxMapping.plan(
      source: source, target: MailboxListing(mailboxes: [], family: .archive))
    #expect(map.rows.allSatisfy { $0.target == $0.source && $0.decision == .same })
    #expect(map["INBOX.Gesendet"]?.role == .sent)
  }

  @Test func tooLongAPathIsShortenedAndStaysDistinct() throws {
    let deep = Array(repeating: "abcdefghij", count: 300)
    let source = listing(
      decodedRow(deep), decodedRow(deep + ["x"]), decodedRow(deep + ["y"]),
      decodedRow([String(repeating: "z", count: 20_000)]))
    for family in ServerFamily.allCases where family != .archive {
      let map = try MailboxMapping.plan(source: source, target: emptyTarget(family))
      let profile = NamingProfile(family: family)
      #expect(Set(map.rows.compactMap(\.target)).count == 4)
      #expect(map.rows.allSatisfy { ($0.target?.bytes.count ?? 0) <= profile.pathBytesMax })
    }
  }

  @Test func twentyMailboxesAreTheLimitAtGMX() throws {
    let rows = (0..<30).map { row("f\($0)") }
    let map = try MailboxMapping.plan(
      source: MailboxListing(mailboxes: rows), target: emptyTarget(.gmx))
    #expect(map.notes.contains(.tooManyMailboxes(needed: 30, allowed: 20)))
  }

  @Test func misreadNamesAreReportedAndNotRepaired() throws {
    let map = try MailboxMapping.plan(
      source: listing(decodedRow(["03_MÃ¤rz"]), decodedRow(["Cart&APM-rio"])), target: emptyTarget()
    )
    #expect(map.notes.contains(.misreadName("03_MÃ¤rz", "03_März")))
    #expect(map.notes.contains(.misreadName("Cart&APM-rio", "Cartório")))
    #expect(map.rows.contains { $0.targetPath == "03_MÃ¤rz" })
  }

  @Test func subscriptionsAreCopiedOrMadeWhereThereWereNone() throws {
    let some = listing(row("A", isSubscribed: true), row("B", isSubscribed: false))
    let map = try MailboxMapping.plan(source: some, target: emptyTarget())
    #expect(map["A"]?.subscribe == true && map["B"]?.subscribe == false)
    let none = try MailboxMapping.plan(source: listing(row("A")), target: emptyTarget())
    #expect(none["A"]?.subscribe == true)
  }

  @Test func aRefusedNameHasPlainerAndShorterAlternatives() throws {
    let name = String(repeating: "Ж", count: 60) + "!"
    let map = try MailboxMapping.plan(
      source: listing(decodedRow(["Top", name])), target: emptyTarget())
    let mapped = try #require(map.rows.first)
    let names = CreateAlternatives.names(for: mapped, family: .generic)
    #expect(names.count == 2)
    #expect(names[1].bytes.count <= 100 && names[1].bytes.starts(with: Array("Top/".utf8)))
    #expect(!names[0].bytes.contains(UInt8(ascii: "!")))
    let plain = try MailboxMapping.plan(source: listing(row("Work")), target: emptyTarget())
    #expect(CreateAlternatives.names(for: try #require(plain["Work"]), family: .generic).isEmpty)
  }

  @Test func belowAnExistingMailboxItsOwnBytesAreUsed() throws {
    let raw = MailboxName(Array("Büro".utf8))
    let target = MailboxListing(mailboxes: [row("INBOX"), Mailbox(name: raw, delimiter: 0x2F)])
    let map = try MailboxMapping.plan(
      source: listing(decodedRow(["Büro"]), decodedRow(["Büro", "x"])), target: target)
    #expect(map.rows.map(\.target) == [raw, MailboxName(raw.bytes + Array("/x".utf8))])
  }

  @Test func twoSpellingsOfInboxAboveOneNameAreTwoMailboxes() throws {
    let map = try MailboxMapping.plan(
      source: listing(row("INBOX/a"), row("Inbox/a"), row("x")), target: emptyTarget())
    #expect(Set(map.rows.compactMap(\.targetPath)) == ["INBOX/a", "INBOX/a (2)", "x"])
  }
}
