// mailmove: how old something is.
// SPDX-License-Identifier: Apache-2.0

/// An age as people type it: `30d`, `8w`, `6m`, `2y`; a month has 30 days and a year 365.
struct Age: Sendable, Equatable {
  let seconds: Int64

  private static let days: [Character: Int64] = ["d": 1, "w": 7, "m": 30, "y": 365]
  private static let countMax = 100_000

  init?(_ text: String) {
    guard let unit = text.last.flatMap({ Self.days[$0] }), let count = Int(text.dropLast()),
      (0...Self.countMax).contains(count), text.dropLast().allSatisfy(\.isNumber)
    else { return nil }
    seconds = Int64(count) * unit * 86_400
  }
}
