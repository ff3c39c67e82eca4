// mailmove: tests of the mail vocabulary.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MailWire

@Suite struct VocabularyTests {
  @Test func setsOfUIDsAreAscendingAndMerged() {
    #expect(UIDSet([5, 1, 2, 3, 3, 9].map { UID($0) }).description == "1:3,5,9")
    #expect(UIDSet(ranges: [7...9, 1...3, 4...4, 8...12]).description == "1:4,7:12")
    #expect(UIDSet([UID(.max), UID(.max), UID(.max - 1)]).description == "4294967294:4294967295")
    #expect(UIDSet(ranges: [1 ... .max, 5...6]).ranges == [1 ... .max])
    #expect(UIDSet(ranges: [.max ... .max, .max ... .max]).count == 1)
    let set = UIDSet(ranges: [2...4, 9...9])
    #expect((0...10).filter { set.contains(UID($0)) } == [2, 3, 4, 9])
  }

  @Test(arguments: [
    ("1:9", "3,5:6", "1:2,4,7:9"), ("1:9", "1:9", ""), ("1:3,7:9", "2:8", "1,9"),
    ("5", "", "5"), ("", "5", ""), ("4:4294967295", "1:4,4294967295", "5:4294967294"),
    ("1,3,5", "2,4,6", "1,3,5"), ("2:4", "1:9", ""),
  ])
  func aSetWithoutAnotherKeepsTheRest(set: String, other: String, rest: String) {
    #expect(Self.uids(set).subtracting(Self.uids(other)).description == rest)
  }

  private static func uids(_ text: String) -> UIDSet {
    UIDSet(
      ranges: text.split(separator: ",").map { range in
        let ends = range.split(separator: ":").compactMap { UInt32($0) }
        return (ends.first ?? 0)...(ends.last ?? 0)
      })
  }

  @Test(arguments: [
    (" 1-Feb-2020 03:04:05 +0100", 1_580_522_645, 60), ("01-JAN-1970 00:00:00 +0000", 0, 0),
    ("31-Dec-1969 23:59:59 +0000", -1, 0), ("1-jan-1900 00:00:00 -0930", -2_208_954_600, -570),
    ("30-Jun-2012 23:59:60 +0000", 1_341_100_800, 0),
    ("19-Jan-2038  03:14:08 +0000 ", 2_147_483_648, 0),
  ])
  func datesAreReadAndWritten(_ wire: String, _ seconds: Int64, _ zone: Int) throws {
    let date = try #require(InternalDate(wire: Array(wire.utf8)))
    #expect(date == InternalDate(secondsSinceEpoch: seconds, zoneMinutes: zone))
    #expect(InternalDate(wire: Array(date.description.utf8)) == date)
    #expect(date.description.utf8.count == 26)
  }

  @Test(arguments: [
    (Int64.max, 1_439, "31-Dec-9999 23:59:59 +2359"), (.min, -1_439, " 1-Jan-0000 00:00:00 -2359"),
  ])
  func aDateThatNoYearHasIsWrittenAsTheNearest(seconds: Int64, zone: Int, wire: String) {
    let date = InternalDate(secondsSinceEpoch: seconds, zoneMinutes: zone)
    #expect(date.description == wire)
  }

  @Test(arguments: [
    "", " ", "00-Jan-0000 00:00:00 +0000", "1-Foo-2020 00:00:00 +0000", "1-Jan-20 00:00:00 +0000",
    "32-Jan-2020 00:00:00 +0000", "1-Jan-2020 24:00:00 +0000", "1-Jan-2020 00:60:00 +0000",
    "1-Jan-2020 00:00:00 0000", "1-Jan-2020 00:00:00 +2400", "1-Jan-2020 00:00:00 +0060",
    "1-Jan-2020 00:00:00 +0000x", "1-Jan-2020 00:00:00", "1-Jan-20200 00:00:00 +0000", "1-Ja",
  ])
  func whatIsNoDateIsNone(_ wire: String) { #expect(InternalDate(wire: Array(wire.utf8)) == nil) }

  @Test func mechanismsAreNamedInOrder() {
    let set = CapabilitySet(["auth=plain", "AUTH=LOGIN", "ID"])
    #expect(set.mechanisms == ["LOGIN", "PLAIN"])
    #expect(LiteralMode(CapabilitySet(["LITERAL-", "LITERAL+"])) == .plus)
    #expect(LiteralMode(CapabilitySet(["LITERAL-"])) == .minus)
    #expect(LiteralMode(CapabilitySet(["IMAP4rev2"])) == .minus)
    #expect(LiteralMode(.none) == .synchronizing)
  }
}
