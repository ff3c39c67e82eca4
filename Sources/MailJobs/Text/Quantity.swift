// mailmove: numbers for people.
// SPDX-License-Identifier: Apache-2.0

/// Numbers as people read them, the same in every locale.
package enum Quantity {
  /// `1,234,567`.
  package static func count(_ number: some BinaryInteger) -> String {
    var groups: [String] = []
    var digits = Substring(String(number.magnitude))
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    groups.insert(String(digits), at: 0)
    return (number < 0 ? "-" : "") + groups.joined(separator: ",")
  }

  /// `1 message`, `1,234 messages`.
  package static func count(
    _ number: some BinaryInteger, _ one: String, _ many: String? = nil
  ) -> String {
    "\(count(number)) \(number == 1 ? one : many ?? one + "s")"
  }

  /// Decimal units with three digits: `999 B`, `1.23 kB`, `48.1 MB`.
  package static func bytes(_ number: Int64) -> String {
    guard number.magnitude >= 1000 else { return "\(number) B" }
    var value = Double(number)
    var unit = ""
    for next in ["kB", "MB", "GB", "TB", "PB"] where unit.isEmpty || value.magnitude >= 999.5 {
      value /= 1000
      unit = next
    }
    let decimals = value.magnitude < 9.995 ? 2 : value.magnitude < 99.95 ? 1 : 0
    return "\(fixed(value, decimals)) \(unit)"
  }

  /// `9s`, `3m 12s`, `2h 05m`, `3d 4h`.
  package static func time(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds)
    switch seconds {
    case ..<60: return "\(seconds)s"
    case ..<3600: return "\(seconds / 60)m \(padded(seconds % 60))s"
    case ..<86400: return "\(seconds / 3600)h \(padded(seconds % 3600 / 60))m"
    default: return "\(seconds / 86400)d \(seconds % 86400 / 3600)h"
    }
  }

  private static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard decimals > 0 else { return String(Int64(value.rounded())) }
    let scale: Int64 = decimals == 1 ? 10 : 100
    let scaled = Int64((value * Double(scale)).rounded())
    let rest = String(scaled.magnitude % scale.magnitude)
    let zeros = String(repeating: "0", count: decimals - rest.count)
    return "\(scaled / scale).\(zeros)\(rest)"
  }

  private static func padded(_ number: Int64) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}
