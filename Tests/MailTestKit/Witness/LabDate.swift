// mailmove: dates as servers write them, for tests.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Reads and writes dates with the C library, apart from the product's own code.
enum LabDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Seconds since 1970 of `17-Jul-1996 02:44:25 -0700` (RFC 9051, `date-time`).
  static func seconds(ofInternalDate text: String) -> Int? {
    let words = text.split(separator: " ")
    guard words.count == 3, let zone = Int(words[2]) else { return nil }
    let date = words[0].split(separator: "-").map(String.init)
    guard date.count == 3,
      let local = seconds(day: date[0], month: date[1], year: date[2], time: String(words[1]))
    else { return nil }
    return local - (zone / 100 * 3600 + zone % 100 * 60)
  }

  /// Seconds since 1970 of a moment in UTC, from words such as `17`, `Jul`, `1996`, `02:44:25`.
  static func seconds(day: String, month: String, year: String, time: String) -> Int? {
    let clock = time.split(separator: ":").compactMap { Int32($0) }
    guard let day = Int32(day), let month = months.firstIndex(of: month),
      let year = Int32(year), clock.count == 3
    else { return nil }
    var fields = tm()
    fields.tm_mday = day
    fields.tm_mon = Int32(month)
    fields.tm_year = year - 1900
    fields.tm_hour = clock[0]
    fields.tm_min = clock[1]
    fields.tm_sec = clock[2]
    return timegm(&fields)
  }

  /// `date-time` of RFC 9051, in UTC.
  static func internalDate(seconds: Int) -> String {
    var seconds = seconds
    var fields = tm()
    gmtime_r(&seconds, &fields)
    var text = [CChar](repeating: 0, count: 64)
    let count = strftime(&text, text.count, "%e-%b-%Y %H:%M:%S +0000", &fields)
    return String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
