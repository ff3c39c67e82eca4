// mailmove: what the target hears of messages that vanished at the source.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import SyncEngine

@Suite struct VanishedTests {
  private func scenario(hasModSeq: Bool = false, _ traits: MailboxSnapshot.Traits = []) -> Scenario
  {
    var there = FakeAccount.Habits()
    there.hasModSeq = hasModSeq
    there.traits = traits
    var here = FakeAccount.Habits()
    here.notesVanished = true
    let scenario = Scenario(
      source: FakeAccount(habits: there), target: FakeAccount(habits: here))
    for number in 1...4 { scenario.source.deliver("Subject: \(number)\r\n\r\n\(number)\r\n") }
    return scenario
  }

  private func remove(_ uid: UInt32, from account: FakeAccount) throws {
    try account.change(.inbox) { box in
      box.messages[UID(uid)] = nil
      box.modSeq += 1
    }
  }

  private func told(_ scenario: Scenario) throws -> [[UID]] {
    try scenario.target.read(.inbox) { $0.vanished }
  }

  @Test(arguments: [false, true])
  func theTargetHearsOfItAndKeepsTheMessage(hasModSeq: Bool) async throws {
    let scenario = scenario(hasModSeq: hasModSeq)
    #expect(await scenario.run().failure == nil)
    #expect(try told(scenario).isEmpty)
    try remove(2, from: scenario.source)
    scenario.source.deliver("Subject: new\r\n\r\nnew\r\n")
    let report = await scenario.run()
    #expect(report.failure == nil && report.total(\.copied) == 1)
    #expect(try told(scenario) == [[UID(2)]])
    #expect(scenario.target.contents().count == 5)
  }

  @Test func whatWeRemovedOurselvesIsNotTold() async throws {
    var scenario = scenario()
    scenario.options.removal = Removal(confirmed: 4)
    #expect(await scenario.run().total(\.removed) == 4)
    scenario.options.removal = nil
    #expect(await scenario.run().failure == nil)
    #expect(try told(scenario).isEmpty)
  }

  @Test func whereKeysMayChangeTheTargetHearsOfItInANightWithNewMail() async throws {
    let scenario = scenario(.keysMayChange)
    #expect(await scenario.run().failure == nil)
    try remove(2, from: scenario.source)
    try remove(3, from: scenario.source)
    // The one is listed under another key, and one is new.
    scenario.source.deliver("Subject: 3\r\n\r\n3\r\n")
    scenario.source.deliver("Subject: new\r\n\r\nnew\r\n")
    #expect(await scenario.run().total(\.copied) == 1)
    #expect(try told(scenario) == [[UID(2)]])
    #expect(scenario.target.contents().count == 5)
  }

  @Test func whereKeysMayChangeAMessageThatWasNeverReadMayBeTheOneThatIsMissing() {
    let stored = MessageRecord(
      key: SourceKey(uidValidity: UIDValidity(1), uid: UID(9)), state: .stored, size: 1,
      targetUID: UID(9))
    func gone(_ state: MessageState, digest: SHA256Digest?) -> Int {
      let other = MessageRecord(
        key: SourceKey(uidValidity: UIDValidity(1), uid: UID(10)), state: state, size: 1,
        digest: digest, reason: .messageUnreadable)
      let entry = Entry(uid: UID(10), size: 1, internalDate: nil, flags: .none)
      let snapshot = MailboxSnapshot(
        status: MailboxStatus(messages: 1, uidValidity: UIDValidity(1)), extent: .complete,
        entries: [entry], traits: [.keysMayChange])
      return WorkList(snapshot: snapshot, records: [stored, other]).gone.count
    }
    #expect(gone(.pending, digest: nil) == 0)
    #expect(gone(.skipped, digest: nil) == 0)
    #expect(gone(.skipped, digest: SHA256Digest(of: [1])) == 1)
    #expect(gone(.stored, digest: SHA256Digest(of: [1])) == 1)
  }

  @Test func whereKeysMayChangeAnOldMessageUnderANewKeyIsNotGone() async throws {
    let scenario = scenario(.keysMayChange)
    #expect(await scenario.run().failure == nil)
    try remove(3, from: scenario.source)
    scenario.source.deliver("Subject: 3\r\n\r\n3\r\n")
    #expect(await scenario.run().failure == nil)
    #expect(try told(scenario).isEmpty)
    try remove(1, from: scenario.source)
    #expect(await scenario.run().failure == nil)
    #expect(try told(scenario) == [[UID(1)]])
  }

  @Test func aDoubtfulListProvesNothing() {
    let record = MessageRecord(
      key: SourceKey(uidValidity: UIDValidity(1), uid: UID(9)), state: .stored, size: 1,
      targetUID: UID(9))
    func gone(messages: Int64, listingDoubt: String?, _ extent: MailboxSnapshot.Extent) -> Int {
      let snapshot = MailboxSnapshot(
        status: MailboxStatus(messages: messages, uidValidity: UIDValidity(1)), extent: extent,
        entries: [], listingDoubt: listingDoubt)
      return WorkList(snapshot: snapshot, records: [record]).gone.count
    }
    #expect(gone(messages: 0, listingDoubt: nil, .complete) == 1)
    #expect(gone(messages: 1, listingDoubt: nil, .complete) == 0)
    #expect(gone(messages: 0, listingDoubt: "odd", .complete) == 0)
    #expect(gone(messages: 0, listingDoubt: nil, .changes(among: UIDSet([]))) == 0)
  }
}
