// mailmove: tests of where mail goes that is in All Mail alone.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import Testing

@testable import SyncEngine

@Suite struct MappingRemainderTests {
  private static let view = "[Gmail]/All Mail"

  private static func gmail(_ more: Mailbox..., view: String = view) -> MailboxListing {
    var found = listing(
      row("INBOX"), row("Work"), row("[Gmail]", "\\Noselect"), row(view, "\\All", messages: 9),
      row("[Gmail]/Starred", "\\Flagged"), row("[Gmail]/Sent Mail", "\\Sent"), family: .gmail,
      tellsLabels: true)
    found.mailboxes += more
    return found
  }

  private static func plan(
    _ source: MailboxListing, _ target: MailboxListing = emptyTarget(),
    _ change: (inout MappingRules) -> Void = { _ in }
  ) throws -> MailboxMap {
    try MailboxMapping.plan(source: source, target: target, rules: MappingRules(change))
  }

  @Test func mailThatIsOnlyInAllMailGoesToTheArchive() throws {
    var target = emptyTarget()
    target.canCreateWithRole = true
    let map = try Self.plan(Self.gmail(), target)
    let row = try #require(map[Self.view])
    #expect(row.decision == .remainder && map.target(Self.view) == "Archive")
    #expect(row.createRole == .archive && row.role == .all)
    #expect(row.reason == "mail that is in no other folder -> new folder 'Archive'")
    #expect(map["[Gmail]/Starred"]?.decision == .skipped)
    #expect(!map.notes.contains { if case .onlyCopyMayBeHere = $0 { true } else { false } })
  }

  @Test func theTargetsOwnFolderForArchivedMailIsTaken() throws {
    let target = listing(row("INBOX"), row("Ablage", "\\Archive"))
    let map = try Self.plan(Self.gmail(view: "[Gmail]/Alle Nachrichten"), target)
    #expect(map.target("[Gmail]/Alle Nachrichten") == "Ablage")
    #expect(map["[Gmail]/Alle Nachrichten"]?.existsAtTarget == true)
  }

  @Test func aLabelForArchivedMailSharesItsFolder() throws {
    let map = try Self.plan(Self.gmail(row("Archive")))
    #expect(map.target("Archive") == "Archive" && map.target(Self.view) == "Archive")
    #expect(map["Archive"]?.decision == .role && map[Self.view]?.decision == .remainder)
  }

  @Test func whatTheOperatorLeavesOutStaysOut() throws {
    let excluded = try Self.plan(Self.gmail()) { $0.exclude = [Glob("*All Mail")] }
    #expect(excluded[Self.view]?.reason == "--exclude *All Mail")
    let others = try Self.plan(Self.gmail()) { $0.include = [Glob("Work")] }
    #expect(others[Self.view]?.decision == .skipped)
  }

  @Test(arguments: ["[Gmail]/All Mail=Old", "All Mail=\\Archive"])
  func aMapOfAllMailCopiesEverythingInIt(rule: String) throws {
    var rules = MappingRules()
    try rules.addMove(rule)
    let map = try MailboxMapping.plan(
      source: Self.gmail(), target: emptyTarget(), rules: rules)
    let decision = try #require(map[Self.view]?.decision)
    #expect(decision != .remainder && decision != .skipped)
  }

  @Test func aLabelThatIsOnlyCalledAllMailIsNoView() throws {
    let source = listing(row("INBOX"), row("All Mail"), tellsLabels: true)
    #expect(try Self.plan(source)["All Mail"]?.decision == .same)
  }

  @Test func withIntoItGoesBelowThatFolder() throws {
    let map = try Self.plan(Self.gmail()) { $0.into = "Old" }
    #expect(map.target(Self.view) == "Old/All Mail" && map[Self.view]?.decision == .remainder)
  }

  @Test func anArchiveKeepsItUnderItsOwnNameAndGivesItBack() throws {
    let map = try Self.plan(Self.gmail(), MailboxListing(mailboxes: [], family: .archive))
    #expect(map.target(Self.view) == Self.view && map[Self.view]?.decision == .remainder)
    for attribute in ["\\All", "\\HasNoChildren"] {
      let back = listing(row("INBOX"), row(Self.view, attribute), family: .archive)
      let restored = try Self.plan(back)
      #expect(restored.target(Self.view) == "Archive", "\(attribute)")
      #expect(restored[Self.view]?.decision == .role)
    }
  }

  @Test func aFrozenRemainderKeepsItsFolderWhateverComesLater() throws {
    let first = try Self.plan(Self.gmail())
    let map = try MailboxMapping.plan(
      source: Self.gmail(row("Archive")), target: emptyTarget(), frozen: first.rows)
    #expect(map[Self.view] == first[Self.view])
    #expect(map.target("Archive") == "Archive" && map["Archive"]?.decision == .merged)
  }

  @Test func onlyLabelsWithAMailboxThatIsListedCount() {
    let labels = ListedLabels(
      listing(
        row("INBOX"), row("Work"), row("t&AOk-l/a"), row("Parent", "\\Noselect"),
        row("[Gmail]/All Mail", "\\All"), row("[Gmail]/Sent Mail", "\\Sent"),
        row("[Gmail]/Starred", "\\Flagged"), tellsLabels: true))
    func covers(_ texts: String...) -> Bool { labels.contains(oneOf: texts.map { Array($0.utf8) }) }
    for label in ["\\Inbox", "\\Sent", "Work", "work", "t&AOk-l/a", "t\u{E9}l/a"] {
      #expect(covers("\\Starred", label), "\(label)")
    }
    for label in ["\\Starred", "\\Important", "\\Draft", "Hidden", "Parent", "Wor"] {
      #expect(!covers(label), "\(label)")
    }
    #expect(!covers())
  }
}
