// mailmove: dates of sample messages.
// SPDX-License-Identifier: Apache-2.0

/// A local time with its zone, as headers and INTERNALDATE write it.
struct SampleDate {
  let day: Int
  let month: Int
  let year: Int
  /// Hours, minutes and seconds as `03:04:05`.
  let time: String
  /// As `+0545`.
  let zone: String

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private var monthName: String { Self.months[month - 1] }

  /// `date-time` of RFC 9051: the day takes two places.
  var internalDate: String {
    "\(day < 10 ? " " : "")\(day)-\(monthName)-\(year) \(time) \(zone)"
  }

  /// `date-time` of RFC 5322, without the day of the week.
  var header: String { "\(day) \(monthName) \(year) \(time) \(zone)" }

  /// `YYYYMMDD`.
  var compact: String { String(year * 10_000 + month * 100 + day) }
}

/// The dates of a sample: every fifth is an odd one, the others are spread over twenty years.
///
/// None lies in the future: Dovecot would make it today.
struct SampleDates {
  private static let odd = [
    SampleDate(day: 1, month: 1, year: 1995, time: "00:00:00", zone: "+0000"),
    SampleDate(day: 29, month: 2, year: 2012, time: "23:59:59", zone: "+0545"),
    SampleDate(day: 29, month: 2, year: 2000, time: "12:00:00", zone: "-0930"),
    SampleDate(day: 9, month: 9, year: 2001, time: "01:46:40", zone: "+0000"),
    SampleDate(day: 31, month: 12, year: 1999, time: "23:59:59", zone: "-1200"),
    SampleDate(day: 1, month: 1, year: 2000, time: "00:00:00", zone: "+1400"),
    SampleDate(day: 27, month: 3, year: 2011, time: "02:30:00", zone: "+0100"),
    SampleDate(day: 2, month: 1, year: 1970, time: "00:00:01", zone: "+0000"),
    SampleDate(day: 30, month: 10, year: 2005, time: "02:30:00", zone: "+0200"),
    SampleDate(day: 6, month: 11, year: 2016, time: "01:15:00", zone: "-0330"),
    SampleDate(day: 24, month: 12, year: 2018, time: "18:00:00", zone: "+1245"),
  ]

  private static let zones = ["+0100", "+0200", "+0000", "-0500", "+0900", "+0530", "-0800"]

  func next(index: Int, random: inout SeededGenerator) -> SampleDate {
    if index % 5 == 4 { return Self.odd[index / 5 % Self.odd.count] }
    func two(_ range: ClosedRange<Int>, _ random: inout SeededGenerator) -> String {
      let number = random.number(range)
      return number < 10 ? "0\(number)" : String(number)
    }
    let time = [two(0...23, &random), two(0...59, &random), two(0...59, &random)]
    return SampleDate(
      day: random.number(1...28), month: random.number(1...12), year: random.number(2003...2024),
      time: time.joined(separator: ":"), zone: random.pick(Self.zones))
  }
}
