// mailmove: INTERNALDATE.
// SPDX-License-Identifier: Apache-2.0

/// The date a server keeps beside a message, with its zone (RFC 9051, 2.3.3).
package struct InternalDate: Hashable, Sendable, CustomStringConvertible {
  /// Seconds since 1970-01-01 00:00:00 UTC; may be negative.
  package let secondsSinceEpoch: Int64
  /// Minutes east of UTC; between -1439 and 1439.
  package let zoneMinutes: Int

  package init(secondsSinceEpoch: Int64, zoneMinutes: Int) {
    self.secondsSinceEpoch = secondsSinceEpoch
    self.zoneMinutes = zoneMinutes
  }

  /// The same moment, whatever the zone it is written in.
  package func isSameMoment(as other: InternalDate) -> Bool {
    secondsSinceEpoch == other.secondsSinceEpoch
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Reads `date-time` (RFC 9051, 9), as in ` 1-Feb-2020 03:04:05 +0100`; nil if it is no date.
  ///
  /// Accepts a day of one or two digits and a second of 60, which becomes the next minute.
  package init?(wire: some Sequence<UInt8>) {
    let text = wire.drop { $0 == UInt8(ascii: " ") }.map { $0 }
    var parts = text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
    guard parts.count == 3 else { return nil }
    let zone = parts.removeLast()
    let time = parts[1].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    let date = parts[0].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard date.count == 3, time.count == 3, zone.count == 5,
      let day = Self.number(date[0]), let month = Self.month(date[1]),
      let year = Self.number(date[2]), date[2].count == 4,
      let hour = Self.number(time[0]), let minute = Self.number(time[1]),
      let second = Self.number(time[2]), let offset = Self.number(zone.dropFirst()),
      let sign = zone.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
      (1...31).contains(day), hour < 24, minute < 60, second <= 60,
      offset % 100 < 60, offset / 100 < 24
    else { return nil }
    zoneMinutes = (offset / 100 * 60 + offset % 100) * (sign == UInt8(ascii: "-") ? -1 : 1)
    let days = Self.days(year: year, month: month, day: day)
    secondsSinceEpoch =
      Int64(days) * 86_400 + Int64(hour * 3_600 + minute * 60 + second) - Int64(zoneMinutes * 60)
  }

  /// `date-time` with the day padded by a space, as RFC 9051 writes it; without quotes.
  package var description: String {
    let local = secondsSinceEpoch + Int64(zoneMinutes * 60)
    let second = Int((local % 86_400 + 86_400) % 86_400)
    let dayNumber = Int((local - Int64(second)) / 86_400)
    let (year, month, day) = Self.civil(dayNumber)
    func pad(_ value: Int, _ width: Int = 2) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let zone = abs(zoneMinutes)
    return (day < 10 ? " " : "") + "\(day)-\(Self.months[month - 1])-\(pad(year, 4)) "
      + "\(pad(second / 3_600)):\(pad(second / 60 % 60)):\(pad(second % 60)) "
      + (zoneMinutes < 0 ? "-" : "+") + pad(zone / 60) + pad(zone % 60)
  }

  private static func number(_ digits: some Collection<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.count <= 4 else { return nil }
    var value = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return value
  }

  private static func month(_ name: some Sequence<UInt8>) -> Int? {
    let folded = String(decoding: Array(name), as: UTF8.self).lowercased()
    return months.firstIndex { $0.lowercased() == folded }.map { $0 + 1 }
  }

  /// Days since 1970-01-01 in the proleptic Gregorian calendar.
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The inverse of `days(year:month:day:)`.
  private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}
