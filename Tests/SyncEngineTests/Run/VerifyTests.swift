// mailmove: tests of comparing what was moved.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Synchronization
import Testing

@Suite("Comparing source, ledger and target")
struct VerifyTests {
  /// A finished move of four messages.
  static func moved(_ habits: FakeAccount.Habits = FakeAccount.Habits()) async -> Scenario {
    let source = Letter.account(3)
    source.deliver(
      Letter.text(4), flags: FlagSet(system: .seen, keywords: [Keyword("$Forwarded")]))
    let run = Scenario(source: source, target: FakeAccount(habits: habits))
    #expect(await run.run().failure == nil)
    return run
  }

  static func report(_ run: Scenario, _ level: VerifyLevel) async throws -> VerifyReport {
    try await Verify(
      source: FakeSource(run.source), target: FakeTarget(run.target), journal: run.journal,
      level: level
    ).run()
  }

  /// What is under a UID on record may be another message's copy.
  @Test func aCopyUnderTheUIDOfAMissingMessageIsNotMissing() async throws {
    let run = Scenario(source: FakeAccount(), target: FakeAccount())
    for number in 1...2 {
      run.source.deliver(
        Letter.text(number),
        date: InternalDate(secondsSinceEpoch: 1_000_000 * Int64(number), zoneMinutes: 0))
    }
    #expect(await run.run().failure == nil)
    try run.target.change(.inbox) { box in
      box.messages[UID(1)] = box.messages.removeValue(forKey: UID(2))
    }
    let missing = try await Self.report(run, .bytes).differences
    #expect(missing.map(\.kind) == [.missing] && missing.map(\.key?.uid) == [UID(1)])
  }

  /// A maildrop tells no dates: then a UID alone says nothing.
  @Test func aCopyUnderTheUIDOfAnotherMessageWithoutADateIsNotMissing() async throws {
    let run = Scenario(source: Letter.account(2), target: FakeAccount())
    try run.source.change(.inbox) { box in
      for uid in box.uids { box.messages[uid]?.date = nil }
    }
    #expect(await run.run().failure == nil)
    try run.target.change(.inbox) { box in
      box.messages[UID(3)] = box.messages.removeValue(forKey: UID(2))
      box.messages[UID(2)] = box.messages.removeValue(forKey: UID(1))
      box.nextUID = 4
    }
    let report = try await Self.report(run, .bytes)
    #expect(report.differences == [] && report.mailboxes.map(\.compared) == [2])
  }

  /// Each copy is under the UID of the next message; sizes and dates are the same.
  @Test func copiesThatAreShiftedByOneAreAllFound() async throws {
    let run = Scenario(source: Letter.account(4), target: FakeAccount())
    #expect(await run.run().failure == nil)
    try run.target.change(.inbox) { box in
      for uid in box.uids.reversed() {
        box.messages[uid.next] = box.messages.removeValue(forKey: uid)
      }
      box.nextUID = 6
    }
    let report = try await Self.report(run, .bytes)
    #expect(report.differences == [] && report.mailboxes.map(\.compared) == [4])
  }

  /// One of two equal messages is missing, and which of them can be told.
  @Test func anEqualMessageInItsPlaceIsNotTakenForTheMissingOne() async throws {
    let run = Scenario(source: FakeAccount(), target: FakeAccount())
    for _ in 1...2 { run.source.deliver(Letter.text(1)) }
    try run.source.change(.inbox) { box in
      for uid in box.uids { box.messages[uid]?.date = nil }
    }
    #expect(await run.run().failure == nil)
    run.target.expunge([UID(1)], in: .inbox)
    let missing = try await Self.report(run, .bytes).differences
    #expect(missing.map(\.kind) == [.missing] && missing.map(\.key?.uid) == [UID(1)])
  }

  static func kinds(_ run: Scenario, _ level: VerifyLevel) async throws -> [Difference.Kind] {
    try await report(run, level).differences.map(\.kind)
  }

  /// Replaces the bytes of a message at the target.
  static func rewrite(_ uid: UInt32, of run: Scenario, _ body: ([UInt8]) -> [UInt8]) throws {
    try run.target.change(.inbox) { box in
      if let bytes = box.messages[UID(uid)]?.bytes { box.messages[UID(uid)]?.bytes = body(bytes) }
    }
  }

  @Test(arguments: VerifyLevel.allCases)
  func anUndisturbedMoveShowsNoDifference(_ level: VerifyLevel) async throws {
    let report = try await Self.report(await Self.moved(), level)
    #expect(report.differences.isEmpty)
    let mailbox = try #require(report.mailboxes.first)
    #expect(mailbox.atSource == 4 && mailbox.onRecord == 4 && mailbox.atTarget == 4)
    #expect(mailbox.compared == (level == .counts ? 0 : 4))
  }

  @Test(arguments: VerifyLevel.allCases)
  func verifyingChangesNothing(_ level: VerifyLevel) async throws {
    let run = await Self.moved()
    let before = (run.source.contents(), run.target.contents())
    _ = try await Self.report(run, level)
    #expect(run.source.contents() == before.0 && run.target.contents() == before.1)
  }

  @Test(arguments: VerifyLevel.allCases)
  func aMessageMissingAtTheTargetIsFound(_ level: VerifyLevel) async throws {
    let run = await Self.moved()
    try run.target.change(.inbox) { $0.messages[UID(2)] = nil }
    #expect(try await Self.kinds(run, level) == [.missing])
  }

  @Test(arguments: VerifyLevel.allCases)
  func aMessageThatWasNeverMovedIsFound(_ level: VerifyLevel) async throws {
    let run = await Self.moved()
    run.source.deliver(Letter.text(9))
    #expect(try await Self.kinds(run, level) == [.unaccounted])
  }

  @Test(arguments: VerifyLevel.allCases)
  func aSkippedMessageIsNamed(_ level: VerifyLevel) async throws {
    var habits = FakeAccount.Habits()
    habits.refuse = { $0.key.uid == UID(2) ? SyncError.refused : nil }
    let report = try await Self.report(await Self.moved(habits), level)
    #expect(report.differences.map(\.kind) == [.notMoved])
    #expect(report.differences.first?.key?.uid == UID(2))
  }

  @Test(arguments: VerifyLevel.allCases)
  func aMailboxMissingAtTheTargetIsFound(_ level: VerifyLevel) async throws {
    let run = await Self.moved()
    run.target.remove(.inbox)
    #expect(try await Self.kinds(run, level) == [.mailbox])
  }

  @Test func otherFlagsAreFoundFromMetadataOn() async throws {
    let run = await Self.moved()
    try run.target.setFlags(FlagSet(system: .flagged), of: 1)
    #expect(try await Self.kinds(run, .counts).isEmpty)
    for level in [VerifyLevel.metadata, .headers, .bytes] {
      #expect(try await Self.kinds(run, level) == [.flags])
    }
  }

  @Test func anotherDateIsFoundAndAnotherZoneIsNone() async throws {
    let run = await Self.moved()
    try run.target.change(.inbox) { box in
      box.messages[UID(1)]?.date = InternalDate(secondsSinceEpoch: 1_000_001, zoneMinutes: 60)
      box.messages[UID(2)]?.date = InternalDate(secondsSinceEpoch: 1_000_000, zoneMinutes: 0)
    }
    let report = try await Self.report(run, .metadata)
    #expect(report.differences.map(\.kind) == [.date])
    #expect(report.differences.first?.key?.uid == UID(1))
  }

  @Test func anotherSizeIsFoundWhereBytesAreNotRead() async throws {
    let run = await Self.moved()
    try Self.rewrite(1, of: run) { $0 + Array("more".utf8) }
    #expect(try await Self.kinds(run, .metadata) == [.size])
    #expect(try await Self.kinds(run, .bytes) == [.bytes])
  }

  @Test func anotherHeaderOfTheSameLengthIsFoundFromHeadersOn() async throws {
    let run = await Self.moved()
    try Self.rewrite(1, of: run) { bytes in
      Array(String(decoding: bytes, as: UTF8.self).replacing("number 1", with: "nUmber 1").utf8)
    }
    #expect(try await Self.kinds(run, .metadata).isEmpty)
    #expect(try await Self.kinds(run, .headers) == [.header])
    #expect(try await Self.kinds(run, .bytes) == [.header, .bytes])
  }

  /// Of two names that are the same to read, a rule means the one with its bytes.
  @Test func aRuleMeansTheMailboxWithTheSameBytes() async throws {
    let (composed, decomposed) = (MailboxName(wire: "Caf&AOk-"), MailboxName(wire: "Cafe&AwE-"))
    let run = Scenario(source: FakeAccount(), target: FakeAccount())
    for name in [composed, decomposed] { run.source.deliver(Letter.text(1), to: name) }
    #expect(await run.run().total(\.copied) == 2)
    var rules = MappingRules()
    rules.include = [Glob("Caf\u{e9}")]
    let report = try await Verify(
      source: FakeSource(run.source), target: FakeTarget(run.target), journal: run.journal,
      level: .bytes, rules: rules
    ).run()
    #expect(report.mailboxes.map(\.pair.mapped.source) == [composed])
  }

  @Test func oneOtherByteIsFoundByReadingBytes() async throws {
    let run = await Self.moved()
    try Self.rewrite(3, of: run) { bytes in bytes.dropLast(3) + Array("!\r\n".utf8) }
    #expect(try await Self.kinds(run, .headers).isEmpty)
    #expect(try await Self.kinds(run, .bytes) == [.bytes])
  }

  @Test func whatTheServerRewroteIsToldFromOtherBytes() async throws {
    var habits = FakeAccount.Habits()
    habits.rewrite = { bytes in bytes.filter { $0 != UInt8(ascii: "\r") } }
    let kinds = try await Self.kinds(await Self.moved(habits), .bytes)
    #expect(kinds == Array(repeating: .rewritten, count: 4))
  }

  @Test func aSecondCopyIsFoundAndOtherMailAtTheTargetIsNone() async throws {
    let run = await Self.moved()
    run.target.deliver(Letter.text(2))
    run.target.deliver(Letter.text(8))
    let report = try await Self.report(run, .bytes)
    #expect(report.differences.map(\.kind) == [.doubled])
    #expect(report.differences.first?.targetUID == UID(5))
  }

  @Test func equalMessagesAtTheSourceAreNotTakenForDoubles() async throws {
    let source = Letter.account(2)
    source.deliver(Letter.text(1))
    let run = Scenario(source: source, target: FakeAccount())
    _ = await run.run()
    #expect(try await Self.kinds(run, .bytes).isEmpty)
  }

  @Test func whatTheSourceDeletedIsStillComparedWithTheLedger() async throws {
    let run = await Self.moved()
    try run.source.change(.inbox) { $0.messages = [:] }
    #expect(try await Self.kinds(run, .bytes).isEmpty)
    try Self.rewrite(1, of: run) { $0 + [0x21] }
    #expect(try await Self.kinds(run, .bytes) == [.bytes])
  }

  @Test func aFlagThatWasGivenUpIsNoDifference() async throws {
    var habits = FakeAccount.Habits()
    habits.permanentFlags = PermanentFlags(
      flags: FlagSet(system: .all), allowsNewKeywords: false)
    #expect(try await Self.kinds(await Self.moved(habits), .bytes).isEmpty)
  }

  @Test func onlyChosenMailboxesAreComparedAndEachIsTold() async throws {
    let run = await Self.moved()
    run.source.create(MailboxName(wire: "Other"))
    _ = await run.run()
    let told = Mutex<[String]>([])
    var rules = MappingRules()
    rules.include = [Glob("inbox")]
    let report = try await Verify(
      source: FakeSource(run.source), target: FakeTarget(run.target), journal: run.journal,
      level: .bytes, rules: rules,
      observer: { event in told.withLock { $0.append(Self.line(event)) } }
    ).run()
    #expect(report.mailboxes.map(\.pair.mapped.source) == [.inbox])
    let bytes = run.source.contents().reduce(0) { $0 + $1.bytes.count }
    #expect(bytes > 0)
    #expect(
      told.withLock { $0 } == [
        "1 mailboxes, 4 messages, \(bytes) bytes", "INBOX begins", "4 compared, \(bytes) bytes",
        "INBOX done, 4 compared",
      ])
  }

  @Test(arguments: [VerifyLevel.counts, .metadata, .headers])
  func progressIsToldInMessagesWhereBytesAreNotRead(_ level: VerifyLevel) async throws {
    let run = await Self.moved()
    let told = Mutex<[String]>([])
    _ = try await Verify(
      source: FakeSource(run.source), target: FakeTarget(run.target), journal: run.journal,
      level: level, observer: { event in told.withLock { $0.append(Self.line(event)) } }
    ).run()
    #expect(told.withLock { $0.first } == "1 mailboxes, 4 messages, 0 bytes")
    #expect(told.withLock { $0.contains("4 compared, 0 bytes") })
  }

  private static func line(_ event: VerifyEvent) -> String {
    switch event {
    case .planned(let mailboxes, let work):
      "\(mailboxes) mailboxes, \(work.messages) messages, \(work.bytes) bytes"
    case .mailboxStarted(let pair): "\(pair.mapped.sourcePath) begins"
    case .compared(_, let messages, let bytes): "\(messages) compared, \(bytes) bytes"
    case .mailboxFinished(let mailbox):
      "\(mailbox.pair.mapped.sourcePath) done, \(mailbox.compared) compared"
    }
  }

  @Test(arguments: VerifyLevel.allCases)
  func aMessageUnderAnotherKeyIsKnownByItsContent(_ level: VerifyLevel) async throws {
    var habits = FakeAccount.Habits()
    habits.traits = [.keysMayChange, .withoutFlags]
    habits.hasModSeq = false
    let run = Scenario(source: CrashTests.source(habits), target: FakeAccount())
    _ = await run.run()
    CrashTests.changeKeys(run.source, of: .max)
    try run.target.change(.inbox) { box in
      for uid in box.uids { box.messages[uid]?.flags = FlagSet(system: .draft) }
    }
    #expect(try await Self.kinds(run, level) == [])
    run.source.deliver(CrashTests.mail(77))
    #expect(try await Self.kinds(run, level) == [.unaccounted])
  }

  @Test(arguments: VerifyLevel.allCases)
  func aFolderThatIsGoneFromTheSourceIsNoDifference(_ level: VerifyLevel) async throws {
    let run = await Self.movedWith("Gone")
    run.source.remove(MailboxName(wire: "Gone"))
    let report = try await Self.report(run, level)
    #expect(report.differences.isEmpty && report.mailboxes.allSatisfy { $0.failure == nil })
    #expect(report.mailboxes.map(\.atSource).sorted() == [0, 4])
    // What is lost of it at the target still is.
    try run.target.change(MailboxName(wire: "Gone")) { $0.messages = [:] }
    #expect(try await Self.kinds(run, level) == [.missing])
  }

  @Test(arguments: VerifyLevel.allCases)
  func aFolderThatCannotBeOpenedIsNamedAndTheOthersAreCompared(_ level: VerifyLevel) async throws {
    let run = await Self.movedWith("Locked")
    let refusing: @Sendable (String) throws -> Void = { request in
      guard request == "snapshot Locked" || request == "status Locked" else { return }
      throw SyncError(.permissionDenied, scope: .mailbox, remedy: .stop, side: .source)
    }
    for isSource in [true, false] {
      let source =
        isSource ? FakeSource(run.source, onRequest: refusing) : FakeSource(run.source)
      let target =
        isSource ? FakeTarget(run.target) : FakeTarget(run.target, onRequest: refusing)
      let report = try await Verify(
        source: source, target: target, journal: run.journal, level: level
      ).run()
      let failures = report.mailboxes.compactMap(\.failure)
      #expect(failures.map(\.mailbox) == [MailboxName(wire: "Locked")])
      #expect(report.differences.isEmpty)
      #expect(report.mailboxes.reduce(0) { $0 + $1.atTarget } == 4)
    }
  }

  /// The same with one message in another folder.
  private static func movedWith(_ name: String) async -> Scenario {
    let run = await moved()
    run.source.deliver(Letter.text(7), to: MailboxName(wire: name))
    #expect(await run.run().failure == nil)
    return run
  }

  @Test(arguments: [VerifyLevel.metadata, .headers, .bytes])
  func copiesThatTheLedgerDoesNotFindAreFoundByContent(_ level: VerifyLevel) async throws {
    let run = await Self.moved()
    try run.target.change(.inbox) { box in
      box.uidValidity = UIDValidity(77)
      let first = box.messages.removeValue(forKey: UID(1))
      box.messages[UID(40)] = first
    }
    let report = try await Self.report(run, level)
    #expect(report.differences.isEmpty, "\(report.differences)")
    #expect(report.mailboxes.map(\.foundByContent) == [4])
    try run.target.change(.inbox) { $0.messages[UID(40)] = nil }
    run.target.deliver(Letter.text(50))
    let lost = try await Self.report(run, level)
    #expect(lost.differences.map(\.kind) == [.missing])
    #expect(lost.differences.first?.key?.uid == UID(1))
  }

  @Test func equalMessagesAreFoundAsOftenAsTheyAreThere() async throws {
    let source = FakeAccount()
    for _ in 0..<3 { source.deliver(Letter.text(1)) }
    let run = Scenario(source: source, target: FakeAccount())
    _ = await run.run()
    try run.target.change(.inbox) { box in
      box.uidValidity = UIDValidity(77)
      box.messages[UID(2)] = nil
    }
    #expect(try await Self.kinds(run, .metadata) == [.missing])
  }

  @Test func aCopyThatTheServerRewroteIsFoundAndTold() async throws {
    var habits = FakeAccount.Habits()
    habits.rewrite = { bytes in bytes.filter { $0 != UInt8(ascii: "\r") } }
    let run = await Self.moved(habits)
    try run.target.change(.inbox) { $0.uidValidity = UIDValidity(77) }
    #expect(try await Self.kinds(run, .bytes) == Array(repeating: .rewritten, count: 4))
  }

  @Test func anotherMessageUnderTheSameHeaderIsNotTheCopy() async throws {
    let run = await Self.moved()
    try Self.rewrite(1, of: run) { $0.dropLast(3) + Array("!\r\n".utf8) }
    try run.target.change(.inbox) { $0.uidValidity = UIDValidity(77) }
    let report = try await Self.report(run, .metadata)
    #expect(report.differences.map(\.kind) == [.missing])
    #expect(report.differences.first?.key?.uid == UID(1))
  }
}
