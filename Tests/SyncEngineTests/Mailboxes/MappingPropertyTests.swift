// mailmove: properties of every mapping.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import MailWire
import Testing

@testable import SyncEngine

@Suite struct MappingPropertyTests {
  private static let rounds = 2

  /// Adversarial sources against a bare target of each family.
  private func forEachPlan(
    _ function: String = #function,
    _ check: (MailboxListing, MailboxListing, MailboxMap, inout SeededGenerator) throws -> Void
  ) throws {
    var random = SeededGenerator.printingSeed(function)
    for family in ServerFamily.allCases where family != .archive {
      for _ in 0..<Self.rounds {
        let source = random.listing(
          25, delimiter: random.chance(50) ? "." : "/", prefix: random.chance(20) ? ["INBOX"] : [])
        var target = emptyTarget(family, delimiter: random.chance(50) ? "." : "/")
        if random.chance(30), let delimiter = target.mailboxes[0].delimiter {
          let text = "INBOX" + String(Unicode.Scalar(delimiter))
          target.namespaces = personal(text, Character(Unicode.Scalar(delimiter)))
        }
        try check(
          source, target, try MailboxMapping.plan(source: source, target: target), &random)
      }
    }
  }

  /// The target after everything in the plan has been made there.
  private func after(_ map: MailboxMap, _ target: MailboxListing) -> MailboxListing {
    var result = target
    let known = Set(target.mailboxes.map(\.name))
    for row in map.rows {
      guard let name = row.target, !known.contains(name) else { continue }
      let attributes = row.decision == .role ? row.role?.attributes.prefix(1) ?? [] : []
      result.mailboxes.append(
        Mailbox(name: name, delimiter: row.targetDelimiter, attributes: Array(attributes)))
    }
    return result
  }

  @Test func everyListedMailboxHasOneRow() throws {
    try forEachPlan { source, _, map, _ in
      let names = Set(source.mailboxes.map(\.name))
      #expect(map.rows.count == names.count && Set(map.rows.map(\.source)) == names)
      #expect(map.rows.allSatisfy { ($0.target == nil) == ($0.decision == .skipped) })
      #expect(map.rows.allSatisfy { !$0.reason.isEmpty })
    }
  }

  @Test func planningAPlannedTreeChangesNothing() throws {
    try forEachPlan { _, target, map, _ in
      let made = after(map, target)
      let again = try MailboxMapping.plan(source: made, target: made)
      // A plain mailbox may have got a name that means a role where nothing was marked.
      let roots = again.rows.filter { $0.role != nil && $0.target != $0.source }.map(\.sourcePath)
      for row in again.rows where row.target != row.source && row.decision != .skipped {
        #expect(
          roots.contains { row.sourcePath == $0 || row.sourcePath.hasPrefix($0 + "/") }, "\(row)")
      }
    }
  }

  @Test func aNameThatWouldBeLiftedOutOfGmailsContainerIsNotMade() throws {
    // Below the container, and below INBOX where the target has all its mailboxes.
    let source = listing(
      row("INBOX"), row("INBOX/[Gmail]/a"), row("[Gmail]/[Gmail]/b"), row("Mailspring"), row("a"))
    for family in ServerFamily.allCases where family != .archive {
      var target = emptyTarget(family, delimiter: "/")
      target.namespaces = personal("INBOX/", "/")
      let made = after(try MailboxMapping.plan(source: source, target: target), target)
      let again = try MailboxMapping.plan(source: made, target: made)
      #expect(again.rows.allSatisfy { $0.target == $0.source || $0.decision == .skipped })
      #expect(made.mailboxes.count == 5, "\(made.mailboxes.map(\.name))")
    }
  }

  @Test func aLegalNameWithoutARoleMapsToItself() throws {
    let target = emptyTarget()
    let source = listing(
      row("INBOX"), row("Work"), row("Work/a b"), decodedRow(["Привет", "中文"]), row("R&-D"),
      row("NIL"))
    let map = try MailboxMapping.plan(source: source, target: target)
    #expect(map.rows.allSatisfy { $0.target == $0.source })
  }

  @Test func noTwoRowsShareATargetUnlessMerged() throws {
    try forEachPlan { _, _, map, _ in
      let targets = map.rows.filter { $0.decision != .merged }.compactMap(\.target)
      #expect(Set(targets).count == targets.count)
      #expect(map.rows.allSatisfy { $0.decision != .merged })
    }
  }

  @Test func theOrderOfTheListingDecidesNothing() throws {
    try forEachPlan { source, target, map, random in
      var shuffled = source
      shuffled.mailboxes.shuffle(using: &random)
      let again = try MailboxMapping.plan(source: shuffled, target: target)
      #expect(again == map)
    }
  }

  @Test func theRawSourceNameIsInTheRow() throws {
    try forEachPlan { source, _, map, _ in
      for mailbox in source.mailboxes {
        #expect(map.rows.contains { $0.source.bytes == mailbox.name.bytes })
      }
    }
  }

  @Test func aParentsTargetBeginsItsChildsUnlessFlattened() throws {
    try forEachPlan { _, _, map, _ in
      let byName = Dictionary(map.rows.map { ($0.source.bytes, $0) }) { first, _ in first }
      for row in map.rows {
        guard let target = row.target, row.role == nil, row.decision != .flattened,
          let delimiter = row.sourceDelimiter,
          let end = row.source.bytes.lastIndex(of: delimiter),
          let parent = byName[Array(row.source.bytes[..<end])], let above = parent.target,
          // A namespace prefix and Gmail's container are no parents.
          !parent.source.isInbox, !parent.sourcePath.hasSuffix("[Gmail]")
        else { continue }
        #expect(target.bytes.starts(with: above.bytes), "\(row)")
      }
    }
  }

  @Test func everyTargetIsLegalAndWithinLimits() throws {
    try forEachPlan { _, target, map, _ in
      let profile = NamingProfile(family: target.family)
      for name in map.rows.compactMap(\.target) {
        #expect(name.bytes.count <= profile.pathBytesMax)
        for segment in name.bytes.split(separator: target.mailboxes[0].delimiter ?? 0) {
          #expect(ModifiedUTF7.decode(segment) != nil)
          #expect(segment.count <= profile.segmentBytesMax)
        }
      }
    }
  }

  @Test func noAmbiguousNameDecidesInAnyListing() throws {
    try forEachPlan { _, _, map, _ in
      for row in map.rows where row.roleRule == .trustedName || row.roleRule == .plausibleName {
        let last = MailboxPath(row.source, delimiter: row.sourceDelimiter).texts.last ?? ""
        #expect(AmbiguousNames.readings[MatchingForm(last)] == nil)
      }
    }
  }

  @Test func planningAgainWithAnyPartFrozenGivesTheSameTree() throws {
    try forEachPlan { source, target, map, random in
      // A run was killed after it had frozen everything and made a part.
      let made = after(
        MailboxMap(rows: map.rows.filter { _ in random.chance(50) }, notes: []), target)
      let again = try MailboxMapping.plan(source: source, target: made, frozen: map.rows)
      #expect(again.rows == map.rows)
      // Killed before it froze anything, after it had made a part.
      let anew = try MailboxMapping.plan(source: source, target: made)
      #expect(Set(anew.rows.compactMap(\.target)).count <= Set(map.rows.compactMap(\.target)).count)
    }
  }

  @Test func newMailboxesNeverMoveFrozenOnes() throws {
    try forEachPlan { source, target, map, random in
      let frozen = map.rows.filter { _ in random.chance(60) }
      let again = try MailboxMapping.plan(source: source, target: target, frozen: frozen)
      for row in frozen { #expect(again.rows.contains(row)) }
      let rows = again.rows.filter { $0.decision != .merged && $0.target != nil }
      for (name, sharing) in Dictionary(grouping: rows, by: \.target) where sharing.count > 1 {
        Issue.record("\(target.family) \(name?.description ?? "") \(sharing)")
      }
    }
  }

  @Test func bytesOfAnyKindMakeAPlan() throws {
    var random = SeededGenerator.printingSeed()
    for _ in 0..<200 {
      let rows = (0..<20).map { _ in
        let bytes = (0..<Int.random(in: 0...30, using: &random)).map { _ in
          random.chance(30) ? UInt8(ascii: "/") : UInt8.random(in: 0...255, using: &random)
        }
        return Mailbox(
          name: MailboxName(bytes),
          delimiter: random.chance(80)
            ? UInt8(ascii: "/") : UInt8.random(in: 0...255, using: &random))
      }
      let source = MailboxListing(mailboxes: rows)
      let map = try MailboxMapping.plan(source: source, target: source)
      let targets = map.rows.filter { $0.decision != .merged }.compactMap(\.target)
      #expect(Set(targets).count == targets.count)
    }
  }

  /// A plan that goes back over all rows for each row would take minutes.
  @Test(.timeLimit(.minutes(1))) func tenThousandMailboxesArePlanned() throws {
    var rows = [row("INBOX")]
    for index in 0..<9_999 {
      rows.append(decodedRow(["Kunde \(index % 40)", "Jahr \(index % 97)", "Ж \(index)?"]))
    }
    let source = MailboxListing(mailboxes: rows)
    let target = emptyTarget(.exchange)
    let map = try MailboxMapping.plan(source: source, target: target)
    #expect(map.rows.count == 10_000)
  }

  @Test func tenThousandCollisionsArePlannedToo() throws {
    let rows = (0..<10_000).map { index in
      decodedRow([
        "a" + String(repeating: "\u{1}", count: index % 100 + 1) + "b"
          + String(repeating: "\u{2}", count: index / 100)
      ])
    }
    let map = try MailboxMapping.plan(
      source: MailboxListing(mailboxes: rows), target: emptyTarget())
    #expect(Set(map.rows.compactMap(\.target)).count == 10_000)
  }
}
