// mailmove: days as typed.
// SPDX-License-Identifier: Apache-2.0

import MailJobs
import MailWire

/// A day of the calendar as typed: `2019-02-12`, which begins at midnight UTC.
enum CalendarDay {
  /// The day's first second since 1970-01-01 00:00:00 UTC.
  static func start(of text: String) throws(UsageError) -> Int64 {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2],
      parts.joined().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
      (1...12).contains(month),
      InternalDate.civil(InternalDate.days(year: year, month: month, day: day))
        == (year, month, day)
    else {
      throw UsageError("expected a day such as 2019-02-12, got '\(text.prefix(40))'")
    }
    return Int64(InternalDate.days(year: year, month: month, day: day)) * 86_400
  }
}
