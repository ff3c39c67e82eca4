// mailmove: which directory a message belongs to.
// SPDX-License-Identifier: Apache-2.0

/// Mail is kept by the UTC year of its date, so that a year can be found and removed as files.
enum SegmentYear {
  private static let earliest = 1980
  /// How far ahead a date may be: clocks differ by up to a day.
  private static let tolerance: Int64 = 86_400

  /// The directory under `segments`: the year, or `undated` for a date that cannot be right.
  static func directory(of date: Int64?, now: Int64) -> String {
    guard let date, date <= now.addingReportingOverflow(tolerance).partialValue,
      let year = Timestamp.year(of: date), year >= earliest
    else { return ArchiveLayout.undated }
    return String(year)
  }
}
