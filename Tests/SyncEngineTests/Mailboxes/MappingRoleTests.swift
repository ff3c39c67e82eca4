// mailmove: tests of roles in the mapping.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import Testing

@testable import SyncEngine

@Suite struct MappingRoleTests {
  private let exchange = listing(
    row("INBOX"), row("Sent Items", "\\Sent"), row("Deleted Items", "\\Trash"),
    row("Junk Email", "\\Junk"), row("Drafts", "\\Drafts"), family: .exchange)

  @Test func aRoleGoesToTheTargetsOwnMailboxWhateverItsName() throws {
    let map = try MailboxMapping.plan(
      source: listing(row("INBOX"), row("Gesendet", "\\Sent")), target: exchange)
    let sent = try #require(map["Gesendet"])
    #expect(sent.target == MailboxName(wire: "Sent Items"))
    #expect(sent.role == .sent && sent.roleRule == .attribute && sent.decision == .role)
    #expect(sent.existsAtTarget && sent.createRole == nil)
    #expect(sent.reason == "marked \\Sent -> the target's folder marked \\Sent")
  }

  @Test func childrenFollowTheirRole() throws {
    let map = try MailboxMapping.plan(
      source: listing(row("Papierkorb"), row("Papierkorb/2019"), row("Papierkorb/2019/Mai")),
      target: exchange)
    #expect(map.target("Papierkorb") == "Deleted Items")
    #expect(map.target("Papierkorb/2019") == "Deleted Items/2019")
    #expect(map.target("Papierkorb/2019/Mai") == "Deleted Items/2019/Mai")
  }

  @Test(arguments: [MailboxRole.sent, .drafts, .trash, .junk, .archive])
  func everyLanguageFindsItsRole(role: MailboxRole) throws {
    let rows = try #require(RoleNames.tables.first { $0.role == role }?.rows)
    for names in rows {
      for name in names.trusted + names.plausible {
        let map = try MailboxMapping.plan(
          source: listing(row("INBOX"), decodedRow([name])), target: emptyTarget())
        let mapped = try #require(map.rows.first { !$0.source.isInbox })
        #expect(mapped.role == role && mapped.targetPath == role.defaultName, "\(name)")
      }
    }
  }

  @Test func anAttributeWinsOverAName() throws {
    let map = try MailboxMapping.plan(
      source: listing(row("Archive", "\\Sent")), target: emptyTarget())
    #expect(map.target("Archive") == "Sent")
  }

  @Test func anUnknownRoleIsCreatedInEnglishAndMarkedIfTheTargetCan() throws {
    let source = listing(row("Gesendet"))
    let plain = try MailboxMapping.plan(source: source, target: listing(row("INBOX")))
    #expect(plain.target("Gesendet") == "Sent" && plain["Gesendet"]?.createRole == nil)
    let marked = try MailboxMapping.plan(
      source: source, target: listing(row("INBOX"), canCreateWithRole: true))
    #expect(marked["Gesendet"]?.createRole == .sent)
  }

  @Test func theOnlyTrustedNameAtTheTargetIsUsed() throws {
    let source = listing(row("Sent"))
    let one = try MailboxMapping.plan(
      source: source, target: listing(row("INBOX"), row("Verzonden")))
    #expect(one.target("Sent") == "Verzonden")
    let two = try MailboxMapping.plan(
      source: source, target: listing(row("INBOX"), row("Verzonden"), row("Sent Items")))
    #expect(two.target("Sent") == "Sent")
  }

  @Test func aMarkedMailboxThatIsNotThereYetIsCreatedUnderItsName() throws {
    let map = try MailboxMapping.plan(
      source: listing(row("Sent")),
      target: listing(row("INBOX"), row("Outgoing", "\\Sent", "\\NonExistent")))
    #expect(map.target("Sent") == "Outgoing" && map["Sent"]?.existsAtTarget == false)
  }

  @Test func theFullestOfTwoLeadsAndTheOtherGoesBelowIt() throws {
    let source = listing(
      row("Sent", "\\Sent", messages: 3), row("Sent Messages", "\\Sent", messages: 90))
    let map = try MailboxMapping.plan(source: source, target: exchange)
    #expect(map.target("Sent Messages") == "Sent Items")
    #expect(map.target("Sent") == "Sent Items/Sent")
    #expect(
      map.notes.contains(.severalWithRole(.sent, leader: "Sent Messages", others: ["Sent"])))
  }

  @Test func aSecondOneTakesNoNameFromWhatIsBelowTheLeader() throws {
    let source = listing(
      row("Sent", "\\Sent"), row("Sent/Gesendet"), row("Gesendet"), row("Gesendet/a"))
    let map = try MailboxMapping.plan(source: source, target: emptyTarget())
    #expect(map.target("Sent/Gesendet") == "Sent/Gesendet")
    #expect(map.target("Gesendet") == "Sent/Gesendet (2)")
    #expect(map.target("Gesendet/a") == "Sent/Gesendet (2)/a")
  }

  @Test func mergingPutsBothIntoOne() throws {
    let source = listing(row("Sent", "\\Sent"), row("Gesendet"))
    let map = try MailboxMapping.plan(
      source: source, target: exchange, rules: MappingRules { $0.mergesRoles = true })
    #expect(map.target("Gesendet") == "Sent Items" && map["Gesendet"]?.decision == .merged)
  }

  @Test func aSecondOneStaysBesideWhereTheTargetHasNoChildren() throws {
    let target = listing(row("INBOX"), row("Sent", "\\Sent", "\\NoInferiors"))
    let map = try MailboxMapping.plan(
      source: listing(row("Sent", "\\Sent"), row("Gesendet"), row("Sent/2019")), target: target)
    #expect(map.target("Gesendet") == "Gesendet")
    #expect(map.target("Sent/2019") == "Sent - 2019" && map["Sent/2019"]?.decision == .flattened)
  }

  @Test func plausibleNamesDecideOnlyWhereTheRoleIsFree() throws {
    let free = try MailboxMapping.plan(source: listing(row("Bin")), target: exchange)
    #expect(free["Bin"]?.roleRule == .plausibleName && free.target("Bin") == "Deleted Items")
    let filled = try MailboxMapping.plan(
      source: listing(row("Bin"), row("Trash")), target: exchange)
    #expect(filled["Bin"]?.role == nil && filled.target("Bin") == "Bin")
  }

  @Test func namesBelowTheTopDecideNothing() throws {
    let map = try MailboxMapping.plan(
      source: listing(row("Projects/Archive"), row("Projects/Sent")), target: exchange)
    #expect(map["Projects/Archive"]?.role == nil)
    #expect(map.target("Projects/Sent") == "Projects/Sent")
  }

  @Test func namesBelowInboxDecideWhereTheTopHasNone() throws {
    let courier = listing(
      row("INBOX", delimiter: "."), row("INBOX.Sent", delimiter: "."), row("x", delimiter: "."))
    let map = try MailboxMapping.plan(source: courier, target: exchange)
    #expect(map.target("INBOX.Sent") == "Sent Items")
    let both = listing(row("INBOX"), row("INBOX/Sent"), row("Sent"))
    #expect(
      try MailboxMapping.plan(source: both, target: exchange).target("INBOX/Sent") == "INBOX/Sent")
  }

  @Test func noAmbiguousNameDecidesAlone() throws {
    for form in AmbiguousNames.readings.keys {
      let map = try MailboxMapping.plan(
        source: listing(row("INBOX"), decodedRow([form.text])), target: exchange)
      let mapped = try #require(map.rows.first { !$0.source.isInbox })
      #expect(mapped.role == nil && mapped.decision == .same, "\(form.text)")
      #expect(
        map.notes.contains { if case .ambiguousName = $0 { true } else { false } }, "\(form.text)")
    }
  }

  @Test func anAmbiguousNameIsWhatItsSiblingLeaves() throws {
    let map = try MailboxMapping.plan(
      source: listing(row("Papelera"), row("Basura")), target: exchange)
    #expect(map["Basura"]?.role == .junk && map["Basura"]?.roleRule == .siblingEvidence)
    #expect(map.target("Basura") == "Junk Email")
    let outbox = try MailboxMapping.plan(
      source: listing(decodedRow(["Wychodzące"]), row("Skrzynka nadawcza")), target: exchange)
    #expect(outbox["Skrzynka nadawcza"]?.role == .sent)
    let two = try MailboxMapping.plan(source: listing(row("Basura"), row("Lixo")), target: exchange)
    #expect(two["Basura"]?.role == nil && two["Lixo"]?.role == nil)
  }

  @Test func aProviderDecidesItsOwnNames() throws {
    let source = listing(
      row("INBOX"), row("INBOX/OUTBOX"), host: "imap.laposte.net")
    let map = try MailboxMapping.plan(source: source, target: exchange)
    #expect(map.target("INBOX/OUTBOX") == "Sent Items")
    #expect(map["INBOX/OUTBOX"]?.roleRule == .hostRule)
  }

  @Test func flagsListedAsAttributesAreNotBelieved() throws {
    let flags = ["\\Flagged", "\\Deleted", "\\Draft"]
    let rows = ["INBOX", "A", "B", "C"].map {
      Mailbox(name: MailboxName(wire: $0), delimiter: 0x2F, attributes: flags)
    }
    let map = try MailboxMapping.plan(
      source: MailboxListing(mailboxes: rows), target: exchange)
    #expect(map.rows.allSatisfy { $0.target == $0.source })
    #expect(map.notes.contains { if case .distrustedAttribute = $0 { true } else { false } })
    let seen = try MailboxMapping.plan(
      source: listing(row("INBOX"), row("A", "\\Seen", "\\Deleted")), target: exchange)
    #expect(seen.target("A") == "A")
  }

  @Test func mailboxesThatRefuseMailAreNoPlaceForAnything() throws {
    let target = listing(row("INBOX"), row("Snoozed", "\\Snoozed"))
    let map = try MailboxMapping.plan(source: listing(row("Snoozed")), target: target)
    #expect(map.target("Snoozed") == "Snoozed (2)")
  }

  @Test func oldGmailNamesItsInboxInTheUsersLanguage() throws {
    let map = try MailboxMapping.plan(
      source: listing(row("Postvak IN", "\\Inbox")), target: exchange)
    #expect(map.rows.first?.source == .inbox && map.rows.first?.target == .inbox)
  }
}
