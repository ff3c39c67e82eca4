// mailmove: times in the archive's files.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Times as the archive writes them: `2026-11-23T02:00:00Z`.
package enum Timestamp {
  /// Seconds since 1970-01-01 00:00:00 UTC.
  package typealias Clock = @Sendable () -> Int64

  package static let systemClock: Clock = { Int64(Date().timeIntervalSince1970) }

  package static func text(of seconds: Int64) -> String {
    Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
  }

  /// nil if the text is no time.
  package static func time(of text: String) -> Int64? {
    guard let date = try? Date(text, strategy: .iso8601) else { return nil }
    return Int64(exactly: date.timeIntervalSince1970.rounded(.down))
  }

  /// The year in UTC; nil for moments that no calendar of the system holds.
  package static func year(of seconds: Int64) -> Int? {
    var time = time_t(seconds)
    var parts = tm()
    guard gmtime_r(&time, &parts) != nil else { return nil }
    return Int(parts.tm_year) + 1900
  }
}
