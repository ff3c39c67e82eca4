// mailmove: numbers as servers write them.
// SPDX-License-Identifier: Apache-2.0

extension Scanner {
  /// As many digits fit 63 bits whatever they are.
  private static let digitsThatFit = 18

  /// Digits at the cursor that fit 63 bits; nil, with the digits read, if they do not or are none.
  mutating func digits() -> Int64? {
    let start = position
    var value: Int64 = 0
    var overflows = false
    while position < text.count {
      let digit = text[position] &- 0x30
      guard digit < 10 else { break }
      if position - start < Self.digitsThatFit {
        value = value &* 10 &+ Int64(digit)
      } else {
        let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
        let (sum, overflow) = product.addingReportingOverflow(Int64(digit))
        overflows = overflows || tooLarge || overflow
        value = sum
      }
      position += 1
    }
    return position == start || overflows ? nil : value
  }

  /// A number that only informs, after spaces: a sign and an exponent are understood.
  mutating func number() -> Int64? {
    skipSpaces()
    let start = position
    let isNegative = peek == UInt8(ascii: "-")
    if isNegative || peek == UInt8(ascii: "+") { position += 1 }
    let whole = digits()
    if !isFraction { return whole.map { isNegative ? -$0 : $0 } }
    while let byte = peek, Self.isPartOfFloat(byte) { position += 1 }
    guard position - start <= 40, let value = Double(string(start..<position)) else { return nil }
    return Int64(exactly: value.rounded())
  }

  /// A number from 1 up, after spaces; nil for anything else.
  mutating func positiveNumber() -> Int64? {
    guard let value = number(), value > 0 else { return nil }
    return value
  }

  /// A UID after spaces: strictly digits, from 1 to 2^32 - 1.
  mutating func uid() -> UID? {
    skipSpaces()
    guard let value = digits(), value > 0, let raw = UInt32(exactly: value) else { return nil }
    return UID(raw)
  }

  /// A set of UIDs as ranges in the order they come, after spaces; nil if it is none.
  mutating func uidRanges() -> [ClosedRange<UInt32>]? {
    var ranges: [ClosedRange<UInt32>] = []
    skipSpaces()
    repeat {
      guard let first = uid() else { return nil }
      var last = first
      if accept(UInt8(ascii: ":")) {
        guard let end = uid() else { return nil }
        last = end
      }
      ranges.append(min(first, last).rawValue...max(first, last).rawValue)
    } while accept(UInt8(ascii: ","))
    return ranges
  }

  private var isFraction: Bool {
    guard let byte = peek else { return false }
    if byte == UInt8(ascii: ".") { return true }
    guard byte | 0x20 == UInt8(ascii: "e"), position + 1 < text.count else { return false }
    let next = text[position + 1]
    return (0x30...0x39).contains(next) || next == UInt8(ascii: "+") || next == UInt8(ascii: "-")
  }

  private static func isPartOfFloat(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || byte | 0x20 == UInt8(ascii: "e")
      || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
  }
}
