// mailmove: tests of finding copies again.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Testing

@Suite("Which copy belongs to which message")
struct LocatorTests {
  /// A message on record; `body` makes its digest, `header` its fingerprint.
  static func record(_ uid: UInt32, header: String, body: String, size: Int64 = 10)
    -> MessageRecord
  {
    MessageRecord(
      key: SourceKey(uidValidity: UIDValidity(1), uid: UID(uid)), state: .stored, size: size,
      digest: digest(body), fingerprint: fingerprint(header))
  }

  static func copy(_ uid: UInt32, header: String, size: Int64 = 10) -> HeadedEntry {
    HeadedEntry(
      entry: Entry(uid: UID(uid), size: size, internalDate: nil, flags: .none),
      header: Array("Subject: \(header)\r\n\r\n".utf8))
  }

  static func digest(_ body: String) -> SHA256Digest { SHA256Digest(of: Array(body.utf8)) }

  static func fingerprint(_ header: String) -> Fingerprint {
    Fingerprint(of: Array("Subject: \(header)\r\n\r\n".utf8))
  }

  static func placed(_ findings: Locator.Findings) -> [UInt32: UInt32] {
    Dictionary(
      uniqueKeysWithValues: findings.located.map { ($0.key.uid.rawValue, $0.uid.rawValue) })
  }

  @Test func oneMessageAndOneCopyUnderAHeaderNeedNoBytes() {
    var locator = Locator(
      records: [Self.record(1, header: "a", body: "x"), Self.record(2, header: "b", body: "y")],
      copies: [Self.copy(11, header: "b"), Self.copy(12, header: "a")])
    #expect(locator.undecided.isEmpty)
    let findings = locator.assign(digests: [:])
    #expect(Self.placed(findings) == [1: 12, 2: 11])
    #expect(findings.missing.isEmpty && findings.unclaimed.isEmpty)
  }

  @Test func anotherSizeHasTheBytesReadAgain() {
    let locator = Locator(
      records: [Self.record(1, header: "a", body: "x", size: 9)],
      copies: [Self.copy(11, header: "a")])
    #expect(locator.undecided == UIDSet([UID(11)]))
  }

  /// As a ledger of an earlier version has it, which read some headers otherwise.
  @Test func aCopyUnderAnotherHeaderIsFoundBySizeAndBytes() {
    let records = [Self.record(1, header: "a", body: "x"), Self.record(2, header: "a", body: "x")]
    var locator = Locator(
      records: records + [Self.record(3, header: "b", body: "y")],
      copies: [
        Self.copy(11, header: "c"), Self.copy(12, header: "d"), Self.copy(13, header: "b"),
        Self.copy(14, header: "e", size: 11),
      ])
    #expect(locator.undecided == UIDSet([UID(11), UID(12), UID(13)]))
    let findings = locator.assign(
      digests: [
        UID(11): Self.digest("x"), UID(12): Self.digest("z"), UID(13): Self.digest("y"),
      ])
    #expect(Self.placed(findings) == [1: 11, 3: 13])
    #expect(findings.missing == [records[1].key])
    #expect(findings.unclaimed.map(\.entry.uid) == [UID(12), UID(14)])
  }

  @Test func digestsDecideWhereHeadersLeaveAChoice() {
    var locator = Locator(
      records: [Self.record(1, header: "a", body: "x"), Self.record(2, header: "a", body: "y")],
      copies: [Self.copy(11, header: "a"), Self.copy(12, header: "a")])
    #expect(locator.undecided == UIDSet([UID(11), UID(12)]))
    let findings = locator.assign(
      digests: [UID(11): Self.digest("y"), UID(12): Self.digest("x")])
    #expect(Self.placed(findings) == [1: 12, 2: 11])
  }

  @Test func rewrittenCopiesAreGivenOutInOrderWhenTheyAreAsManyAsTheMessages() {
    var locator = Locator(
      records: [Self.record(1, header: "a", body: "x"), Self.record(2, header: "a", body: "y")],
      copies: [Self.copy(11, header: "a"), Self.copy(12, header: "a")])
    let findings = locator.assign(
      digests: [UID(11): Self.digest("x'"), UID(12): Self.digest("y'")])
    #expect(Self.placed(findings) == [1: 11, 2: 12])
  }

  @Test func tooFewRewrittenCopiesBelongToNobody() {
    let findings = Self.rewritten(copies: 1)
    #expect(findings.located.isEmpty)
    #expect(findings.missing.map(\.uid) == [UID(1), UID(2)])
    #expect(findings.unclaimed.count == 1)
  }

  /// What is more was appended later: by a run that died before it could record it.
  @Test func theFirstOfMoreRewrittenCopiesAreTheOnesOnRecord() {
    let findings = Self.rewritten(copies: 3)
    #expect(Self.placed(findings) == [1: 11, 2: 12])
    #expect(findings.missing.isEmpty)
    #expect(findings.unclaimed.map(\.entry.uid) == [UID(13)])
  }

  private static func rewritten(copies: UInt32) -> Locator.Findings {
    var locator = Locator(
      records: [Self.record(1, header: "a", body: "x"), Self.record(2, header: "a", body: "y")],
      copies: (1...copies).map { Self.copy(10 + $0, header: "a") })
    return locator.assign(digests: [:])
  }

  @Test func aStrangerUnderTheSameHeaderStaysUnclaimed() {
    var locator = Locator(
      records: [Self.record(1, header: "a", body: "x")],
      copies: [Self.copy(11, header: "a"), Self.copy(12, header: "a"), Self.copy(13, header: "b")])
    let findings = locator.assign(
      digests: [UID(11): Self.digest("stranger"), UID(12): Self.digest("x")])
    #expect(Self.placed(findings) == [1: 12])
    #expect(findings.unclaimed.map(\.entry.uid) == [UID(11), UID(13)])
  }

  /// Only where no UID of the copy was ever known: else it is gone.
  @Test(arguments: [false, true])
  func whatHasOnlyTheHeaderIsContestedWhereHeadersProveNothing(wasLocated: Bool) {
    var record = Self.record(1, header: "a", body: "x")
    if wasLocated { record.targetUID = UID(7) }
    var locator = Locator(
      records: [record], copies: [Self.copy(11, header: "a")], headersProve: false)
    #expect(locator.undecided == UIDSet([UID(11)]))
    let findings = locator.assign(digests: [UID(11): Self.digest("stranger")])
    #expect(findings.located.isEmpty && findings.unclaimed.map(\.entry.uid) == [UID(11)])
    #expect(findings.contested == (wasLocated ? [] : [record.key]))
    #expect(findings.missing == (wasLocated ? [record.key] : []))
  }

  @Test func equalMessagesKeepTheirNumber() {
    var locator = Locator(
      records: (1...3).map { Self.record($0, header: "a", body: "x") },
      copies: (11...12).map { Self.copy($0, header: "a") })
    let findings = locator.assign(
      digests: [UID(11): Self.digest("x"), UID(12): Self.digest("x")])
    #expect(Self.placed(findings) == [1: 11, 2: 12])
    #expect(findings.missing.map(\.uid) == [UID(3)])
  }
}
