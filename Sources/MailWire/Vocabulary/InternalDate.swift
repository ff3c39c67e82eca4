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

  /// The names of the months as protocols write them, January first.
  package static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Reads `date-time` (RFC 9051, 9), as in ` 1-Feb-2020 03:04:05 +0100`; nil if it is no date.
  ///
  /// Accepts a day of one or two digits and a second of 60, which becomes the next minute.
  package init?(wire: some Collection<UInt8>) {
    let date =
      wire.withContiguousStorageIfAvailable(Self.read)
      ?? Array(wire).withUnsafeBufferPointer(Self.read)
    guard let date else { return nil }
    self = date
  }

  private static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> InternalDate? {
    var cursor = DateCursor(bytes: bytes)
    cursor.skipSpaces()
    guard let day = cursor.number(1...2), (1...31).contains(day), cursor.accept("-"),
      let month = cursor.month(), cursor.accept("-"), let year = cursor.number(4...4),
      cursor.skipSpaces() > 0,
      let hour = cursor.number(1...2), hour < 24, cursor.accept(":"),
      let minute = cursor.number(1...2), minute < 60, cursor.accept(":"),
      let second = cursor.number(1...2), second <= 60, cursor.skipSpaces() > 0,
      let sign = cursor.sign(), let offset = cursor.number(4...4),
      offset % 100 < 60, offset / 100 < 24
    else { return nil }
    cursor.skipSpaces()
    guard cursor.peek == nil else { return nil }
    let zone = (offset / 100 * 60 + offset % 100) * sign
    let minutes = days(year: year, month: month, day: day) * 1_440 + hour * 60 + minute
    return InternalDate(
      secondsSinceEpoch: Int64((minutes - zone) * 60 + second), zoneMinutes: zone)
  }

  /// Seconds of the years 0 to 9999, the only ones that four digits can write.
  private static let writable: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

  private static func clamped(_ seconds: Int64) -> Int64 {
    min(max(seconds, writable.lowerBound), writable.upperBound)
  }

  /// `date-time` with the day padded by a space, as RFC 9051 writes it; without quotes.
  ///
  /// A year with more than four digits, which only a forged record can have, becomes the nearest.
  package var description: String {
    let local = Self.clamped(Self.clamped(secondsSinceEpoch) + Int64(zoneMinutes * 60))
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

  /// Days since 1970-01-01 in the proleptic Gregorian calendar; months and days count from 1.
  package static func days(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The inverse of `days(year:month:day:)`.
  package static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
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

/// A cursor over the parts of a date; a listing reads a million of them, so nothing is allocated.
private struct DateCursor {
  let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  @discardableResult mutating func skipSpaces() -> Int {
    let start = position
    while accept(" ") {}
    return position - start
  }

  mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  mutating func sign() -> Int? {
    if accept("+") { return 1 }
    return accept("-") ? -1 : nil
  }

  /// A number with as many digits as `width` says.
  mutating func number(_ width: ClosedRange<Int>) -> Int? {
    let start = position
    var value = 0
    while position - start < width.upperBound, let digit = peek, (0x30...0x39).contains(digit) {
      value = value * 10 + Int(digit - 0x30)
      position += 1
    }
    return position - start < width.lowerBound ? nil : value
  }

  /// A month by its three letters, in any case, from 1.
  mutating func month() -> Int? {
    var name: UInt32 = 0
    for _ in 0..<3 {
      guard let letter = peek else { return nil }
      position += 1
      name = name << 8 | UInt32(letter | 0x20)
    }
    return switch name {
    case 0x6A_616E: 1
    case 0x66_6562: 2
    case 0x6D_6172: 3
    case 0x61_7072: 4
    case 0x6D_6179: 5
    case 0x6A_756E: 6
    case 0x6A_756C: 7
    case 0x61_7567: 8
    case 0x73_6570: 9
    case 0x6F_6374: 10
    case 0x6E_6F76: 11
    case 0x64_6563: 12
    default: nil
    }
  }
}
