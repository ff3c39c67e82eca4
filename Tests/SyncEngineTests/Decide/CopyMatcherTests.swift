// mailmove: tests of finding copies again.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Testing

@Suite("Which copy belongs to which message")
struct CopyMatcherTests {
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

  static func placed(_ matches: CopyMatcher.Matches) -> [UInt32: UInt32] {
    Dictionary(
      uniqueKeysWithValues: matches.located.map { ($0.key.uid.rawValue, $0.uid.rawValue) })
  }

  @Test func oneMessageAndOneCopyUnderAHeaderNeedNoBytes() {
    var matcher = CopyMatcher(
      records: [Self.record(1, header: "a", body: "x"), Self.record(2, header: "b", body: "y")],
      copies: [Self.copy(11, header: "b"), Self.copy(12, header: "a")])
    #expect(matcher.undecided.isEmpty)
    let matches = matcher.assign(digests: [:])
    #expect(Self.placed(matches) == [1: 12, 2: 11])
    #expect(matches.missing.isEmpty && matches.unclaimed.isEmpty)
  }

  @Test func anotherSizeHasTheBytesReadAgain() {
    let matcher = CopyMatcher(
      records: [Self.record(1, header: "a", body: "x", size: 9)],
      copies: [Self.copy(11, header: "a")])
    #expect(matcher.undecided == UIDSet([UID(11)]))
  }

  /// As a ledger of an earlier version has it, which read some headers otherwise.
  @Test func aCopyUnderAnotherHeaderIsFoundBySizeAndBytes() {
    let records = [Self.record(1, header: "a", body: "x"), Self.record(2, header: "a", body: "x")]
    var matcher = CopyMatcher(
      records: records + [Self.record(3, header: "b", body: "y")],
      copies: [
        Self.copy(11, header: "c"), Self.copy(12, header: "d"), Self.copy(13, header: "b"),
        Self.copy(14, header: "e", size: 11),
      ])
    #expect(matcher.undecided == UIDSet([UID(11), UID(12), UID(13)]))
    let matches = matcher.assign(
      digests: [
        UID(11): Self.digest("x"), UID(12): Self.digest("z"), UID(13): Self.digest("y"),
      ])
    #expect(Self.placed(matches) == [1: 11, 3: 13])
    #expect(matches.missing == [records[1].key])
    #expect(matches.unclaimed.map(\.entry.uid) == [UID(12), UID(14)])
  }

  @Test func digestsDecideWhereHeadersLeaveAChoice() {
    var matcher = CopyMatcher(
      records: [Self.record(1, header: "a", body: "x"), Self.record(2, header: "a", body: "y")],
      copies: [Self.copy(11, header: "a"), Self.copy(12, header: "a")])
    #expect(matcher.undecided == UIDSet([UID(11), UID(12)]))
    let matches = matcher.assign(
      digests: [UID(11): Self.digest("y"), UID(12): Self.digest("x")])
    #expect(Self.placed(matches) == [1: 12, 2: 11])
  }

  @Test func rewrittenCopiesAreGivenOutInOrderWhenTheyAreAsManyAsTheMessages() {
    var matcher = CopyMatcher(
      records: [Self.record(1, header: "a", body: "x"), Self.record(2, header: "a", body: "y")],
      copies: [Self.copy(11, header: "a"), Self.copy(12, header: "a")])
    let matches = matcher.assign(
      digests: [UID(11): Self.digest("x'"), UID(12): Self.digest("y'")])
    #expect(Self.placed(matches) == [1: 11, 2: 12])
  }

  @Test func tooFewRewrittenCopiesBelongToNobody() {
    let matches = Self.rewritten(copies: 1)
    #expect(matches.located.isEmpty)
    #expect(matches.missing.map(\.uid) == [UID(1), UID(2)])
    #expect(matches.unclaimed.count == 1)
  }

  /// What is more was appended later: by a run that died before it could record it.
  @Test func theFirstOfMoreRewrittenCopiesAreTheOnesOnRecord() {
    let matches = Self.rewritten(copies: 3)
    #expect(Self.placed(matches) == [1: 11, 2: 12])
    #expect(matches.missing.isEmpty)
    #expect(matches.unclaimed.map(\.entry.uid) == [UID(13)])
  }

  private static func rewritten(copies: UInt32) -> CopyMatcher.Matches {
    var matcher = CopyMatcher(
      records: [Self.record(1, header: "a", body: "x"), Self.record(2, header: "a", body: "y")],
      copies: (1...copies).map { Self.copy(10 + $0, header: "a") })
    return matcher.assign(digests: [:])
  }

  @Test func aStrangerUnderTheSameHeaderStaysUnclaimed() {
    var matcher = CopyMatcher(
      records: [Self.record(1, header: "a", body: "x")],
      copies: [Self.copy(11, header: "a"), Self.copy(12, header: "a"), Self.copy(13, header: "b")])
    let matches = matcher.assign(
      digests: [UID(11): Self.digest("stranger"), UID(12): Self.digest("x")])
    #expect(Self.placed(matches) == [1: 12])
    #expect(matches.unclaimed.map(\.entry.uid) == [UID(11), UID(13)])
  }

  /// Only where no UID of the copy was ever known: else it is gone.
  @Test(arguments: [false, true])
  func whatHasOnlyTheHeaderIsContestedWhereHeadersProveNothing(wasLocated: Bool) {
    var record = Self.record(1, header: "a", body: "x")
    if wasLocated { record.targetUID = UID(7) }
    var matcher = CopyMatcher(
      records: [record], copies: [Self.copy(11, header: "a")], headersProve: false)
    #expect(matcher.undecided == UIDSet([UID(11)]))
    let matches = matcher.assign(digests: [UID(11): Self.digest("stranger")])
    #expect(matches.located.isEmpty && matches.unclaimed.map(\.entry.uid) == [UID(11)])
    #expect(matches.contested == (wasLocated ? [] : [record.key]))
    #expect(matches.missing == (wasLocated ? [record.key] : []))
  }

  @Test func equalMessagesKeepTheirNumber() {
    var matcher = CopyMatcher(
      records: (1...3).map { Self.record($0, header: "a", body: "x") },
      copies: (11...12).map { Self.copy($0, header: "a") })
    let matches = matcher.assign(
      digests: [UID(11): Self.digest("x"), UID(12): Self.digest("x")])
    #expect(Self.placed(matches) == [1: 11, 2: 12])
    #expect(matches.missing.map(\.uid) == [UID(3)])
  }
}
