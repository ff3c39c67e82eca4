// mailmove: tests of rules that have no effect.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Synchronization
import Testing

@testable import SyncEngine

@Suite struct RuleCheckTests {
  private static let source = listing(
    row("INBOX"), row("Work"), row("Work/2019"), row("Box", "\\Noselect"), row("Box/a"))

  private static func idle(
    _ rules: MappingRules, _ source: MailboxListing = source, frozen: [MappedMailbox] = []
  ) -> [String] {
    RuleCheck(rules, source, frozen: frozen).idle.map { "\($0)" }
  }

  private static func rows(_ change: (inout MappingRules) throws -> Void) throws
    -> [MappedMailbox]
  {
    try MailboxMapping.plan(source: source, target: emptyTarget(), rules: rules(change)).rows
  }

  private static func rules(_ change: (inout MappingRules) throws -> Void) rethrows
    -> MappingRules
  {
    var rules = MappingRules()
    try change(&rules)
    return rules
  }

  @Test func rulesThatFitNothingAreFound() throws {
    let rules = try Self.rules {
      try $0.addMove("Nowhere=X")
      $0.include = [Glob("Wrok"), Glob("Work*")]
      $0.exclude = [Glob("None*"), Glob("*2019")]
    }
    #expect(
      Self.idle(rules) == [
        "--exclude None* fits no folder of the source",
        "--include Wrok fits no folder of the source",
        "--map Nowhere=X fits no folder of the source",
      ])
    #expect(!RuleCheck(rules, Self.source, frozen: []).selectsNothing)
  }

  @Test func anIncludeOfWhatIsNotCopiedIsFoundWithTheReason() {
    let rules = Self.rules {
      $0.include = [Glob("Box"), Glob("Work")]
      $0.exclude = [Glob("Work")]
    }
    #expect(
      Self.idle(rules) == [
        "--include Box fits only folders that are not copied: it cannot be opened; it only holds "
          + "other folders",
        "--include Work fits only folders that are not copied: --exclude Work",
      ])
    #expect(RuleCheck(rules, Self.source, frozen: []).selectsNothing)
  }

  @Test func anEmptyFolderThatIsIncludedIsThere() {
    let rules = Self.rules {
      $0.include = [Glob("Empty")]
      $0.includesEmpty = false
    }
    let source = listing(row("INBOX"), row("Empty", messages: 0))
    #expect(Self.idle(rules, source).isEmpty)
  }

  @Test func whatARuleDidAtOnceIsNoNews() throws {
    for change: (inout MappingRules) throws -> Void in [
      { $0.into = "Old" }, { try $0.addMove("Work=Job") }, { try $0.addMove("Box=Crate") },
      { try $0.addMove("Work=\\Sent") },
      {
        $0.into = "Old"
        try $0.addMove("Work=Job")
      },
    ] {
      let rows = try Self.rows(change)
      #expect(Self.idle(try Self.rules(change), frozen: rows).isEmpty)
    }
    let courier = listing(row("INBOX", delimiter: "."), namespaces: personal("INBOX.", "."))
    let rules = try Self.rules {
      $0.into = "Old"
      try $0.addMove("Work=Job")
    }
    let rows = try MailboxMapping.plan(source: Self.source, target: courier, rules: rules).rows
    #expect(Self.idle(rules, frozen: rows).isEmpty)
  }

  @Test func whatComesTooLateIsFound() throws {
    let rows = try Self.rows { try $0.addMove("Work=Job") }
    #expect(
      Self.idle(Self.rules { $0.into = "Old" }, frozen: rows) == [
        "--into Old comes too late: an earlier run put folders elsewhere, and they stay there"
      ])
    for rule in ["Work=Other", "Work=\\Sent", "INBOX=Mail", "Box=Crate"] {
      #expect(
        Self.idle(try Self.rules { try $0.addMove(rule) }, frozen: rows) == [
          "--map \(rule) comes too late: an earlier run put the folder elsewhere, and it stays "
            + "there"
        ])
    }
  }

  @Test func namesMeanTheFolderThatIsWrittenSoAndElseTheOneThatLooksTheSame() {
    let both = listing(decodedRow(["Caf\u{E9}"]), decodedRow(["Cafe\u{301}"]))
    let one = listing(decodedRow(["Cafe\u{301}"]))
    for pattern in ["Caf\u{E9}", "Cafe\u{301}"] {
      let rules = Self.rules { $0.include = [Glob(pattern)] }
      #expect(Self.idle(rules, one).isEmpty)
      let chosen = ListingTree(both).mailboxes.filter {
        SkipReason.of($0, role: nil, in: both, rules: rules) == nil
      }
      #expect(chosen.map { Array($0.path.text.utf8) } == [Array(pattern.utf8)])
    }
  }

  @Test func aMapMeansOneOfTwoFoldersThatLookTheSame() throws {
    let both = listing(decodedRow(["Caf\u{E9}"]), decodedRow(["Cafe\u{301}"]))
    let rules = try Self.rules { try $0.addMove("Caf\u{E9}=Other") }
    let rows = try MailboxMapping.plan(source: both, target: emptyTarget(), rules: rules).rows
    #expect(rows.filter { $0.targetPath == "Other" }.map(\.source) == [both.mailboxes[0].name])
    let one = listing(decodedRow(["Cafe\u{301}"]))
    let only = try MailboxMapping.plan(source: one, target: emptyTarget(), rules: rules).rows
    #expect(only.map(\.targetPath) == ["Other"])
  }

  @Test func aRunWarnsOfItsOwnRulesAndNotOfThoseOfOtherJobs() async throws {
    let warnings = Mutex<[String]>([])
    var run = Scenario(source: Letter.account(1), target: FakeAccount())
    run.rules.exclude = [Glob("Trsah")]
    run.rules.into = "Old"
    run.observer = { event in
      if case .warning(let text) = event { warnings.withLock { $0.append(text) } }
    }
    let first = await run.run()
    #expect(first.failure == nil && first.total(\.copied) == 1)
    #expect(warnings.withLock { $0 } == ["--exclude Trsah fits no folder of the source"])
    run.rules.shared = [.exclude]
    run.rules.into = "Elsewhere"
    warnings.withLock { $0 = [] }
    let second = await run.run()
    #expect(second.failure == nil)
    #expect(second.rules?.sharedIdle.map(\.typed) == ["--exclude Trsah"])
    #expect(warnings.withLock { $0.count } == 1)
    #expect(warnings.withLock { $0.first?.hasPrefix("--into Elsewhere comes too late") == true })
  }

  @Test func whereNothingIsSelectedTheRunEndsBeforeAnythingIsTouched() async throws {
    var run = Scenario(source: Letter.account(1), target: FakeAccount())
    run.rules.include = [Glob("Wrok")]
    let report = await run.run()
    #expect(report.failure?.cause == .nothingSelected)
    #expect(report.failure?.detail == "--include Wrok fits no folder of the source")
    #expect(try await run.journal.pairs().isEmpty)
    run.rules.include = []
    #expect(await run.run().failure == nil)
    run.rules.exclude = [Glob("*")]
    #expect(await run.run().failure?.cause == .nothingSelected)
    run.rules.maySelectNothing = true
    #expect(await run.run().failure == nil)
  }

  @Test func whatWasNeverMadeIsDecidedAgain() async throws {
    let work = MailboxName(wire: "Work")
    let source = Letter.account(1)
    source.deliver(Letter.text(2), to: work)
    var run = Scenario(source: source, target: FakeAccount())
    run.onTarget = { request in
      guard request == "open Work" else { return }
      throw SyncError(.mailboxNameRefused, scope: .mailbox, remedy: .stop, side: .target)
    }
    let first = await run.run()
    let failure = try #require(first.mailboxes.last?.failure)
    #expect(failure.cause == .mailboxNameRefused && failure.mailbox == work)
    try run.rules.addMove("Work=Job")
    let second = await run.run()
    #expect(second.mailboxes.allSatisfy { $0.failure == nil })
    #expect(run.target.contents(of: MailboxName(wire: "Job")).count == 1)
    #expect(second.rules?.idle == [])
    // What was made stays where it is.
    run.rules.moves = []
    try run.rules.addMove("Work=Other")
    let third = await run.run()
    #expect(third.rules?.idle.map(\.reason) == [.tooLate])
    #expect(run.target.contents(of: MailboxName(wire: "Job")).count == 1)
  }
}
