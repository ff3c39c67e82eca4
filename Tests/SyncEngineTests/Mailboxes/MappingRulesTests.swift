// mailmove: tests of the operator's rules.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import Testing

@testable import SyncEngine

@Suite struct MappingRulesTests {
  @Test func archivedMailCanBeSentToGmailsAllMail() throws {
    let gmail = listing(row("INBOX"), row("[Gmail]/All Mail", "\\All"), family: .gmail)
    var rules = MappingRules()
    try rules.addMove("Archive=[Gmail]/All Mail")
    let map = try MailboxMapping.plan(
      source: listing(row("INBOX"), row("Archive", "\\Archive")), target: gmail, rules: rules)
    #expect(map.target("Archive") == "[Gmail]/All Mail")
    #expect(map["Archive"]?.existsAtTarget == true)
  }

  @Test func whatIsBelowInboxIsLiftedWhenAsked() throws {
    let source = listing(
      row("INBOX"), row("INBOX/Work"), row("INBOX/Work/a"), row("INBOX/Only"), row("Work"),
      row("Inbox/Low"))
    let map = try MailboxMapping.plan(
      source: source, target: emptyTarget(), rules: MappingRules { $0.liftsInboxChildren = true })
    #expect(map.target("INBOX") == "INBOX" && map.target("Inbox/Low") == "Low")
    #expect(map.target("INBOX/Only") == "Only" && map.target("Work") == "Work")
    #expect(map.target("INBOX/Work") == "Work (2)" && map.target("INBOX/Work/a") == "Work (2)/a")
    let kept = try MailboxMapping.plan(source: source, target: emptyTarget())
    #expect(kept.target("INBOX/Work/a") == "INBOX/Work/a")
    var rules = MappingRules { $0.liftsInboxChildren = true }
    try rules.addMove("Only=Mine")
    let mapped = try MailboxMapping.plan(source: source, target: emptyTarget(), rules: rules)
    #expect(mapped.target("INBOX/Only") == "Mine")
  }

  @Test func whatWasLiftedStaysWhereItIsWhenTheOptionIsForgotten() throws {
    let source = listing(row("INBOX"), row("INBOX/Work"))
    let first = try MailboxMapping.plan(
      source: source, target: emptyTarget(), rules: MappingRules { $0.liftsInboxChildren = true })
    let later = listing(row("INBOX"), row("INBOX/Work"), row("INBOX/Work/a"))
    let map = try MailboxMapping.plan(
      source: later, target: emptyTarget(), frozen: first.rows)
    #expect(map.target("INBOX/Work") == "Work" && map.target("INBOX/Work/a") == "Work/a")
  }

  @Test func junkAndTrashAreKeptOutOfThePurgeWhenAsked() throws {
    let source = listing(
      row("INBOX"), row("Junk", "\\Junk"), row("Papierkorb", "\\Trash"), row("Papierkorb/a"),
      row("Deleted Messages"), row("Sent", "\\Sent"))
    let target = listing(
      row("INBOX"), row("Spam", "\\Junk"), row("Trash", "\\Trash"), row("Sent", "\\Sent"))
    let rules = MappingRules { $0.quarantinesJunkAndTrash = true }
    let map = try MailboxMapping.plan(source: source, target: target, rules: rules)
    #expect(map.target("Junk") == "Old Junk" && map.target("Papierkorb") == "Old Trash")
    #expect(map.target("Papierkorb/a") == "Old Trash/a" && map.target("Sent") == "Sent")
    #expect(map.target("Deleted Messages") == "Old Trash/Deleted Messages")
    #expect(map["Junk"]?.createRole == nil && map["Junk"]?.existsAtTarget == false)
    #expect(!map.notes.contains { if case .purgedByAge = $0 { true } else { false } })
    for name in ["Old Junk", "Old Trash"] {
      #expect(RoleNames.match(MatchingForm(name)) == nil)
    }
    let frozen = try MailboxMapping.plan(source: source, target: target, frozen: map.rows)
    #expect(frozen.rows == map.rows)
  }

  private let source = listing(
    row("INBOX"), row("Work"), row("Work/2019"), row("Gesendet", "\\Sent"), row("Old"))
  private let target = listing(row("INBOX"), row("Sent", "\\Sent"))

  private func plan(_ change: (inout MappingRules) throws -> Void) throws -> MailboxMap {
    var rules = MappingRules()
    try change(&rules)
    return try MailboxMapping.plan(source: source, target: target, rules: rules)
  }

  @Test func theOperatorsWordWinsOverARoleAndChildrenFollow() throws {
    let map = try plan {
      try $0.addMove("Work=Archive/Job")
      try $0.addMove("Gesendet=Mine")
    }
    #expect(map.target("Work") == "Archive/Job" && map.target("Work/2019") == "Archive/Job/2019")
    #expect(map.target("Gesendet") == "Mine" && map["Gesendet"]?.decision == .manual)
  }

  @Test func aMailboxCanBeSentToARole() throws {
    let map = try plan { try $0.addMove("Old=\\Sent") }
    #expect(map.target("Old") == "Sent" && map["Old"]?.roleRule == .operatorRule)
    #expect(map.target("Gesendet") == "Sent/Gesendet")
  }

  @Test func twoSourcesOfOneDestinationAreMerged() throws {
    let map = try plan {
      try $0.addMove("Old=All")
      try $0.addMove("Work=All")
    }
    #expect(map.target("Old") == "All" && map.target("Work") == "All")
    #expect(map.rows.filter { $0.decision == .merged }.count == 1)
  }

  @Test func intoPutsEverythingBelowOnePlaceWithoutRoles() throws {
    let map = try plan { $0.into = "Old account" }
    #expect(map.target("INBOX") == "Old account/INBOX")
    #expect(map.target("Gesendet") == "Old account/Gesendet")
    #expect(map.target("Work/2019") == "Old account/Work/2019")
  }

  @Test func includeAndExcludeChooseMailboxes() throws {
    let map = try plan {
      $0.include = [Glob("Work*"), Glob("inbox")]
      $0.exclude = [Glob("*2019")]
    }
    #expect(map.rows.compactMap(\.targetPath) == ["INBOX", "Work"])
    #expect(map["Work/2019"]?.reason == "--exclude *2019")
  }

  @Test func emptyMailboxesCanBeLeftOut() throws {
    let source = listing(row("INBOX", messages: 0), row("A", messages: 0), row("A/B", messages: 1))
    let map = try MailboxMapping.plan(
      source: source, target: target, rules: MappingRules { $0.includesEmpty = false })
    #expect(map.rows.compactMap(\.targetPath) == ["A/B", "INBOX"])
  }

  @Test func collisionsCanMergeOrFail() throws {
    let source = listing(row("a"), row("A"))
    let merged = try MailboxMapping.plan(
      source: source, target: emptyTarget(.exchange),
      rules: MappingRules { $0.onCollision = .merge })
    #expect(Set(merged.rows.compactMap(\.target)).count == 1)
    #expect(merged.rows.filter { $0.decision == .merged }.count == 1)
    #expect(throws: MappingError.collision("A", "a", target: "a")) {
      try MailboxMapping.plan(
        source: source, target: emptyTarget(.exchange),
        rules: MappingRules { $0.onCollision = .fail })
    }
  }

  @Test(arguments: ["", "=", "a", "=b", "a=", "/=b"])
  func aMalformedRuleIsRefused(text: String) {
    var rules = MappingRules()
    #expect(throws: MappingError.malformedMove(text)) { try rules.addMove(text) }
  }

  @Test func anEqualsSignInANameIsEscaped() throws {
    var rules = MappingRules()
    try rules.addMove("a\\=b=c=d")
    #expect(rules.moves == [MappingRules.Move(from: "a=b", to: .path("c=d"))])
  }

  @Test func rulesThatCannotBeMeantAreRefused() throws {
    #expect(throws: MappingError.unknownRole("\\All")) { try plan { try $0.addMove("Old=\\All") } }
    #expect(throws: MappingError.contradictoryMoves("Old")) {
      try plan {
        try $0.addMove("Old=A")
        try $0.addMove("Old=B")
      }
    }
    #expect(throws: MappingError.emptyInto) { try plan { $0.into = "/" } }
    #expect(throws: MappingError.illegalDestination("A\t", suggestion: "A")) {
      try plan { try $0.addMove("Old=A\t") }
    }
    #expect(throws: MappingError.roleWithInto) {
      try plan {
        $0.into = "X"
        try $0.addMove("Old=\\Sent")
      }
    }
  }

  @Test func aDestinationMayBeTypedWithThePrefixOrWithout() throws {
    let courier = listing(row("INBOX", delimiter: "."), namespaces: personal("INBOX.", "."))
    for destination in ["X/Y", "INBOX/X/Y"] {
      var rules = MappingRules()
      try rules.addMove("Old=" + destination)
      let map = try MailboxMapping.plan(source: source, target: courier, rules: rules)
      #expect(map.target("Old") == "INBOX.X.Y")
    }
  }

  @Test func aMailboxCanBeSentToTheInbox() throws {
    let map = try plan { try $0.addMove("Old=\\Inbox") }
    #expect(map.target("Old") == "INBOX" && map["Old"]?.decision == .merged)
  }

  private static let composed = decodedRow(["Caf\u{E9}"])
  private static let decomposed = decodedRow(["Cafe\u{301}"])

  /// What is typed, what the source has, and where that goes.
  static let twins: [([String], [Mailbox], [String?])] = [
    (["Caf\u{E9}=Other"], [composed, decomposed], ["Other", nil]),
    (["Cafe\u{301}=Other"], [composed, decomposed], [nil, "Other"]),
    (["Caf\u{E9}=Other"], [decomposed], ["Other"]),
    (["Cafe\u{301}=Other"], [composed], ["Other"]),
    (["Caf\u{E9}=A", "Cafe\u{301}=B"], [composed, decomposed], ["A", "B"]),
    (["Cafe\u{301}=B", "Caf\u{E9}=A"], [composed, decomposed], ["A", "B"]),
    (["Caf\u{E9}=A", "Cafe\u{301}=B"], [decomposed], ["B"]),
  ]

  @Test(arguments: twins)
  func aMapMeansTheFolderToTheByteWhereThereIsOne(
    typed: [String], source: [Mailbox], targets: [String?]
  ) throws {
    var rules = MappingRules()
    for move in typed { try rules.addMove(move) }
    try rules.validate()
    let map = try MailboxMapping.plan(
      source: MailboxListing(mailboxes: source), target: emptyTarget(), rules: rules)
    for (mailbox, target) in zip(source, targets) {
      let row = try #require(map.rows.first { $0.source == mailbox.name })
      #expect((row.decision == .manual ? row.targetPath : nil) == target)
    }
    let check = RuleCheck(rules, MailboxListing(mailboxes: source), frozen: [])
    #expect(check.idle.isEmpty == (typed.count <= source.count))
  }

  @Test func includeAndExcludeMeanTheFolderToTheByteWhereThereIsOne() throws {
    let both = listing(row("INBOX"), Self.composed, Self.decomposed)
    func skipped(_ rules: MappingRules, of source: MailboxListing) throws -> [Bool] {
      let map = try MailboxMapping.plan(source: source, target: emptyTarget(), rules: rules)
      return [Self.composed, Self.decomposed].map { mailbox in
        map.rows.first { $0.source == mailbox.name }?.target == nil
      }
    }
    for (typed, expected) in [("Caf\u{E9}", [false, true]), ("Cafe\u{301}", [true, false])] {
      let include = MappingRules { $0.include = [Glob(typed)] }
      let exclude = MappingRules { $0.exclude = [Glob(typed)] }
      #expect(try skipped(include, of: both) == expected)
      #expect(try skipped(exclude, of: both) == expected.map { !$0 })
    }
    let source = listing(row("INBOX"), Self.decomposed)
    let rules = MappingRules { $0.exclude = [Glob("Caf\u{E9}")] }
    let alone = try MailboxMapping.plan(source: source, target: emptyTarget(), rules: rules)
    #expect(alone.rows.first { $0.source == Self.decomposed.name }?.target == nil)
    #expect(RuleCheck(rules, source, frozen: []).idle.isEmpty)
  }
}
