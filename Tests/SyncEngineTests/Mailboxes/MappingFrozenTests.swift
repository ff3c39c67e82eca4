// mailmove: tests of frozen rows.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import Testing

@testable import SyncEngine

@Suite struct MappingFrozenTests {
  private let target = emptyTarget(.exchange)

  @Test func frozenRowsNeverChangeAndTheirTargetsAreTaken() throws {
    let first = try MailboxMapping.plan(source: listing(row("b"), row("b/x")), target: target)
    let second = try MailboxMapping.plan(
      source: listing(row("B"), row("b"), row("b/x"), row("b/y")), target: target,
      frozen: first.rows)
    #expect(second["b"] == first["b"] && second["b/x"] == first["b/x"])
    #expect(second.target("B") == "B (2)")
    #expect(second.target("b/y") == "b/y")
  }

  @Test func rowsOfMailboxesThatAreGoneStay() throws {
    let first = try MailboxMapping.plan(source: listing(row("a"), row("b")), target: target)
    let second = try MailboxMapping.plan(
      source: listing(row("A")), target: target, frozen: first.rows)
    #expect(second.rows.count == 3 && second.target("A") == "A (2)")
  }

  @Test func aRenamedMailboxKeepsItsTargetAndItsChildrenTheirs() throws {
    let before = listing(row("Old", validity: 7), row("Old/x", validity: 1), row("c", validity: 1))
    let after = listing(row("New", validity: 7), row("New/x", validity: 1), row("c", validity: 1))
    let first = try MailboxMapping.plan(source: before, target: target)
    let second = try MailboxMapping.plan(source: after, target: target, frozen: first.rows)
    #expect(second.target("New") == "Old" && second.target("New/x") == "Old/x")
    #expect(second["New"]?.renamedFrom == MailboxName(wire: "Old"))
    #expect(second["Old"] == nil && second.rows.count == 3)
  }

  @Test func aMailboxIDIsKnownUnderAnyName() throws {
    let first = try MailboxMapping.plan(
      source: listing(row("A", id: "F1"), row("B", id: "F2")), target: target)
    let second = try MailboxMapping.plan(
      source: listing(row("C", id: "F2"), row("D", id: "F1")), target: target, frozen: first.rows)
    #expect(second.target("C") == "B" && second.target("D") == "A")
  }

  @Test(arguments: [true, false]) func mailboxesThatSwappedTheirNamesKeepTheirTargets(
    _ hasIDs: Bool
  )
    throws
  {
    let known = { (name: String, number: Int64) in
      hasIDs ? row(name, id: "F\(number)") : row(name, validity: number)
    }
    let first = try MailboxMapping.plan(
      source: listing(known("A", 1), known("B", 2)), target: target)
    let second = try MailboxMapping.plan(
      source: listing(known("A", 2), known("B", 1)), target: target, frozen: first.rows)
    #expect(second.target("A") == "B" && second.target("B") == "A")
    #expect(second["A"]?.renamedFrom == MailboxName(wire: "B"))
    #expect(second.rows.count == 2)
  }

  @Test func aMailboxMadeAnewUnderTheNameOfARenamedOneIsAnother() throws {
    let first = try MailboxMapping.plan(source: listing(row("A", validity: 1)), target: target)
    let second = try MailboxMapping.plan(
      source: listing(row("A", validity: 3), row("A old", validity: 1)), target: target,
      frozen: first.rows)
    #expect(second.target("A old") == "A" && second.target("A") == "A (2)")
    #expect(second["A"]?.renamedFrom == nil)
  }

  @Test func aMailboxThatTookTheNameOfADeletedOneKeepsItsTarget() throws {
    let first = try MailboxMapping.plan(
      source: listing(row("A", validity: 1), row("B", validity: 2)), target: target)
    let second = try MailboxMapping.plan(
      source: listing(row("A", validity: 2)), target: target, frozen: first.rows)
    #expect(second.target("A") == "B" && second.rows.count == 2)
    let gone = try #require(second.rows.first { $0.source != MailboxName(wire: "A") })
    #expect(gone.renamedFrom == MailboxName(wire: "A") && gone.source.bytes.contains(0))
    let third = try MailboxMapping.plan(
      source: listing(row("A", validity: 2), row("Back", validity: 1)), target: target,
      frozen: second.rows)
    #expect(third.target("Back") == "A" && third.rows.count == 2)
  }

  @Test func aMailboxWithNewNumbersIsStillTheSame() throws {
    let first = try MailboxMapping.plan(
      source: listing(row("A", validity: 1), row("B", validity: 2)), target: target)
    let second = try MailboxMapping.plan(
      source: listing(row("A", validity: 9), row("B", validity: 2)), target: target,
      frozen: first.rows)
    #expect(second.target("A") == "A" && second.target("B") == "B" && second.rows.count == 2)
  }

  @Test func gmailMayChangeItsLanguage() throws {
    let german = listing(
      row("INBOX"), row("[Gmail]/Gesendet", "\\Sent"), row("[Gmail]/Papierkorb", "\\Trash"))
    let english = listing(
      row("INBOX"), row("[Gmail]/Sent Mail", "\\Sent"), row("[Gmail]/Trash", "\\Trash"))
    let first = try MailboxMapping.plan(source: german, target: target)
    let second = try MailboxMapping.plan(source: english, target: target, frozen: first.rows)
    #expect(second.target("[Gmail]/Sent Mail") == first.target("[Gmail]/Gesendet"))
    #expect(second.rows.count == 3)
  }

  @Test func aCommonUIDValidityIsNoEvidence() throws {
    let first = try MailboxMapping.plan(
      source: listing(row("A", validity: 1), row("B", validity: 1)), target: target)
    let second = try MailboxMapping.plan(
      source: listing(row("B", validity: 1), row("C", validity: 1)), target: target,
      frozen: first.rows)
    #expect(second.target("C") == "C" && second["C"]?.renamedFrom == nil)
  }

  @Test func aFrozenLeaderStaysTheLeader() throws {
    let first = try MailboxMapping.plan(
      source: listing(row("Sent", "\\Sent", messages: 5)), target: target)
    let second = try MailboxMapping.plan(
      source: listing(row("Sent", "\\Sent", messages: 5), row("Gesendet", "\\Sent", messages: 99)),
      target: target, frozen: first.rows)
    #expect(second.target("Sent") == "Sent" && second.target("Gesendet") == "Sent/Gesendet")
  }
}
