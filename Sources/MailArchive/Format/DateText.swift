// mailmove: dates as the archive writes them.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The two spellings of a date in an entry.
///
/// Both have room for years of four digits only: a date before the year 1 or after 9999 is written
/// as the nearest day inside, with a day to spare for its zone.
enum DateText {
  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    .map { Array($0.utf8) }
  private static let months = InternalDate.months.map { Array($0.utf8) }
  private static let representable: ClosedRange<Int64> = -62_135_510_400...253_402_214_399
  private static let zoneMinutesMax = 1_439

  /// As the C function asctime does and RFC 4155 wants it, in UTC: `Sat Sep 14 10:40:00 2002`.
  static func asctime(_ date: InternalDate) -> [UInt8] {
    let (days, second) = split(clamped(date.secondsSinceEpoch))
    let (year, month, day) = InternalDate.civil(days)
    let weekday = ((days + 4) % 7 + 7) % 7
    var text = weekdays[weekday] + [blank] + months[month - 1] + [blank]
    append(day, 2, filledWith: blank, to: &text)
    text.append(blank)
    append(clock: second, to: &text)
    text.append(blank)
    append(year, 4, to: &text)
    return text
  }

  /// As RFC 3339 has it, in the date's own zone: `2002-09-14T12:40:00+02:00`.
  static func rfc3339(_ date: InternalDate) -> [UInt8] {
    let zone = max(-zoneMinutesMax, min(date.zoneMinutes, zoneMinutesMax))
    let (days, second) = split(clamped(date.secondsSinceEpoch) + Int64(zone * 60))
    let (year, month, day) = InternalDate.civil(days)
    var text: [UInt8] = []
    text.reserveCapacity(25)
    append(year, 4, to: &text)
    text.append(UInt8(ascii: "-"))
    append(month, 2, to: &text)
    text.append(UInt8(ascii: "-"))
    append(day, 2, to: &text)
    text.append(UInt8(ascii: "T"))
    append(clock: second, to: &text)
    text.append(UInt8(ascii: zone < 0 ? "-" : "+"))
    append(abs(zone) / 60, 2, to: &text)
    text.append(UInt8(ascii: ":"))
    append(abs(zone) % 60, 2, to: &text)
    return text
  }

  /// Reads what `rfc3339` writes; nil if it is anything else.
  static func date(rfc3339 text: some Collection<UInt8>) -> InternalDate? {
    let bytes = Array(text)
    guard bytes.count == 25, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"), bytes[22] == UInt8(ascii: ":"),
      let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
      let day = number(bytes[8..<10]), let hour = number(bytes[11..<13]),
      let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
      let zoneHour = number(bytes[20..<22]), let zoneMinute = number(bytes[23..<25]),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60,
      zoneHour < 24, zoneMinute < 60,
      bytes[19] == UInt8(ascii: "+") || bytes[19] == UInt8(ascii: "-")
    else { return nil }
    let zone = (zoneHour * 60 + zoneMinute) * (bytes[19] == UInt8(ascii: "-") ? -1 : 1)
    let days = InternalDate.days(year: year, month: month, day: day)
    let minutes = days * 1_440 + hour * 60 + minute - zone
    return InternalDate(secondsSinceEpoch: Int64(minutes * 60 + second), zoneMinutes: zone)
  }

  private static func clamped(_ seconds: Int64) -> Int64 {
    max(representable.lowerBound, min(seconds, representable.upperBound))
  }

  private static func split(_ seconds: Int64) -> (days: Int, secondOfDay: Int) {
    let second = (seconds % 86_400 + 86_400) % 86_400
    return (Int((seconds - second) / 86_400), Int(second))
  }

  private static let blank: UInt8 = 0x20
  private static let zero: UInt8 = 0x30

  private static func append(clock second: Int, to text: inout [UInt8]) {
    append(second / 3_600, 2, to: &text)
    text.append(UInt8(ascii: ":"))
    append(second / 60 % 60, 2, to: &text)
    text.append(UInt8(ascii: ":"))
    append(second % 60, 2, to: &text)
  }

  /// Writes a number with two or four digits.
  private static func append(
    _ value: Int, _ width: Int, filledWith filler: UInt8 = zero, to text: inout [UInt8]
  ) {
    var power = width == 2 ? 10 : 1_000
    while power > 0 {
      let isLeading = value < power && power > 1
      text.append(isLeading ? filler : zero + UInt8(value / power % 10))
      power /= 10
    }
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }
}
