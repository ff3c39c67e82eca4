// mailmove: tests of what is not copied.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import Testing

@testable import SyncEngine

@Suite struct MappingSkipTests {
  private let gmail = listing(
    row("INBOX"), row("Work"), row("[Gmail]", "\\Noselect"),
    row("[Gmail]/All Mail", "\\All", messages: 900), row("[Gmail]/Starred", "\\Flagged"),
    row("[Gmail]/Important", "\\Important"), row("[Gmail]/Chats"),
    row("[Gmail]/Sent Mail", "\\Sent"), row("[Gmail]/Bin", "\\Trash"), row("[Gmail]/Odd"),
    family: .gmail)

  @Test func gmailsViewsAreSkippedAndItsOwnMailboxesLifted() throws {
    let map = try MailboxMapping.plan(source: gmail, target: emptyTarget())
    for name in ["[Gmail]", "[Gmail]/All Mail", "[Gmail]/Starred", "[Gmail]/Important"] {
      #expect(map[name]?.decision == .skipped && map[name]?.reason.isEmpty == false, "\(name)")
    }
    #expect(map["[Gmail]/Chats"]?.decision == .skipped)
    #expect(map.target("[Gmail]/Sent Mail") == "Sent")
    #expect(map.target("[Gmail]/Bin") == "Trash")
    #expect(map.target("[Gmail]/Odd") == "Odd")
    #expect(
      map.notes.contains(
        .onlyCopyMayBeHere("[Gmail]/All Mail", messages: 900, onlyHere: nil)))
  }

  @Test(arguments: [(40, 60), (100, 0), (500, 0)] as [(Int64, Int64)])
  func mailThatIsOnlyInAllMailIsCountedAndTold(inbox: Int64, onlyHere: Int64) throws {
    let source = listing(
      row("INBOX", messages: inbox), row("[Gmail]/All Mail", "\\All", messages: 100),
      row("[Gmail]/Spam", "\\Junk", messages: 30), row("[Gmail]/Bin", "\\Trash", messages: 30),
      row("[Gmail]/Starred", "\\Flagged", messages: 30), family: .gmail)
    let map = try MailboxMapping.plan(source: source, target: emptyTarget())
    #expect(map["[Gmail]/All Mail"]?.decision == .skipped)
    let note = try #require(
      map.notes.first { if case .onlyCopyMayBeHere = $0 { true } else { false } })
    #expect(note == .onlyCopyMayBeHere("[Gmail]/All Mail", messages: 100, onlyHere: onlyHere))
    #expect("\(note)".contains("--map '[Gmail]/All Mail=Archive'"))
    #expect("\(note)".contains("at least 60 messages") == (onlyHere == 60))
  }

  @Test func everyFolderOfAnArchiveIsTheAccountsOwn() throws {
    let source = listing(
      row("INBOX"), row("Other Users"), row("Other Users/bob"), row("Public Folders"),
      row("#shared"), row("/home/ann/x"), row("Starred", "\\Flagged"), row("Chats"),
      row("All Mail", "\\All"), family: .archive)
    let map = try MailboxMapping.plan(source: source, target: emptyTarget())
    #expect(map.rows.allSatisfy { $0.target != nil }, "\(map.rows.filter { $0.target == nil })")
    #expect(map.target("Other Users/bob") == "Other Users/bob")
  }

  @Test func theOperatorCanAskForAllMail() throws {
    var rules = MappingRules()
    try rules.addMove("[Gmail]/All Mail=Archive/Gmail")
    let map = try MailboxMapping.plan(source: gmail, target: emptyTarget(), rules: rules)
    #expect(map.target("[Gmail]/All Mail") == "Archive/Gmail")
    #expect(map["[Gmail]/All Mail"]?.decision == .manual)
  }

  @Test func aGmailTreeWithoutAttributesIsKnownByGmailsNames() throws {
    let source = listing(
      row("INBOX"), decodedRow(["[Gmail]", "Tous les messages"]),
      decodedRow(["[Google Mail]", "Corbeille"]))
    let map = try MailboxMapping.plan(source: source, target: emptyTarget())
    #expect(map["[Gmail]/Tous les messages"]?.decision == .skipped)
    #expect(map.target("[Google Mail]/Corbeille") == "Trash")
  }

  @Test func mailboxesOfOthersAreSkippedUnlessAskedFor() throws {
    let namespaces = Namespaces(
      personal: [Namespaces.Entry(prefix: [], delimiter: 0x2F)],
      shared: [Namespaces.Entry(prefix: Array("Team/".utf8), delimiter: 0x2F)])
    let source = listing(row("INBOX"), row("Team/Info"), row("Teams"), namespaces: namespaces)
    let map = try MailboxMapping.plan(source: source, target: emptyTarget())
    #expect(map["Team/Info"]?.decision == .skipped && map.target("Teams") == "Teams")
    #expect(map.notes.contains(.skippedAsShared(1)))
    let asked = try MailboxMapping.plan(
      source: source, target: emptyTarget(), rules: MappingRules { $0.includesShared = true })
    #expect(asked.target("Team/Info") == "Team/Info")
  }

  @Test(arguments: ["Shared Folders/Bob", "#Public/x", "Other Users/x", "/home/bob/Inbox"])
  func withoutNamespaceOthersAreKnownByName(name: String) throws {
    let map = try MailboxMapping.plan(
      source: listing(row("INBOX"), row(name)), target: emptyTarget())
    #expect(map[name]?.decision == .skipped)
  }

  @Test func exchangeKeepsMoreThanMail() throws {
    let source = listing(
      row("INBOX"), row("Calendar"), row("Sync Issues/Conflicts"), row("Conversation History"),
      family: .exchange)
    let map = try MailboxMapping.plan(source: source, target: emptyTarget())
    #expect(map["Calendar"]?.decision == .skipped)
    #expect(map["Sync Issues/Conflicts"]?.decision == .skipped)
    #expect(map.target("Conversation History") == "Conversation History")
    #expect(map.notes.contains(.slashNamesAreHidden))
    #expect(map.notes.contains(.skippedAsNonMail(["Calendar", "Sync Issues/Conflicts"])))
    let elsewhere = try MailboxMapping.plan(
      source: listing(row("Calendar")), target: emptyTarget())
    #expect(elsewhere.target("Calendar") == "Calendar")
  }

  @Test func protonsContainersAreTranslatedBothWays() throws {
    let proton = listing(
      row("INBOX"), row("Folders", "\\Noselect"), row("Folders/Work"), row("Labels/Red"),
      row("All Mail"), row("Starred"), row("Sent", "\\Sent"), family: .protonBridge)
    let out = try MailboxMapping.plan(source: proton, target: emptyTarget())
    #expect(out.target("Folders/Work") == "Work")
    for name in ["Labels/Red", "All Mail", "Starred", "Folders"] {
      #expect(out[name]?.decision == .skipped, "\(name)")
    }
    let back = try MailboxMapping.plan(
      source: listing(row("INBOX"), row("Work"), row("Sent")), target: proton)
    #expect(back.target("Work") == "Folders/Work" && back.target("Sent") == "Sent")
    #expect(back["Work"]?.existsAtTarget == true)
    let below = try MailboxMapping.plan(
      source: listing(row("x"), row("INBOX/Lists"), row("Sent"), row("Sent/2019")), target: proton)
    #expect(below.target("INBOX/Lists") == "Folders/INBOX - Lists")
    #expect(below.target("Sent/2019") == "Folders/Sent - 2019")
  }

  @Test func parentsThatCannotBeOpenedAreNotCopiedThemselves() throws {
    let map = try MailboxMapping.plan(
      source: listing(row("A", "\\Noselect"), row("A/B"), row("C/D")), target: emptyTarget())
    #expect(map["A"]?.target == nil)
    #expect(map.target("A/B") == "A/B" && map.target("C/D") == "C/D")
    #expect(map.rows.count == 3)
  }
}
