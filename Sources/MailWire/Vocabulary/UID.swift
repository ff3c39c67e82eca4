// mailmove: UIDs and sets of UIDs.
// SPDX-License-Identifier: Apache-2.0

/// The unique identifier of a message within one mailbox and one UIDVALIDITY (RFC 9051, 2.3.1.1).
package struct UID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let rawValue: UInt32

  package init(_ rawValue: UInt32) { self.rawValue = rawValue }

  package static func < (lhs: UID, rhs: UID) -> Bool { lhs.rawValue < rhs.rawValue }
  package var description: String { String(rawValue) }

  /// The next higher UID; stays at the highest one that 32 bits can hold.
  package var next: UID { UID(rawValue == .max ? .max : rawValue + 1) }
}

/// The generation of a mailbox's UIDs (RFC 9051, 2.3.1.1).
///
/// Some servers send 0 and some send more than 32 bits. Zero means that the server keeps no promise
/// about its UIDs, so nothing remembered about them may be used.
package struct UIDValidity: Hashable, Sendable, CustomStringConvertible {
  package let rawValue: Int64

  package init(_ rawValue: Int64) { self.rawValue = rawValue }

  /// No promise: 0 on the wire.
  package static let unknown = UIDValidity(0)

  package var isKnown: Bool { rawValue != 0 }
  package var description: String { String(rawValue) }
}

/// A set of UIDs, kept as ascending ranges that neither overlap nor touch.
///
/// Some servers refuse sets that are not ascending, so no other form exists.
package struct UIDSet: Hashable, Sendable, CustomStringConvertible {
  package private(set) var ranges: [ClosedRange<UInt32>]

  package init() { ranges = [] }

  package init(_ uids: some Sequence<UID>) {
    ranges = []
    // Nearly always ascending, and then not worth an array of its own.
    var late: [UInt32] = []
    for uid in uids where !extend(to: uid.rawValue) { late.append(uid.rawValue) }
    guard !late.isEmpty else { return }
    self = UIDSet(ranges: ranges + late.map { $0...$0 })
  }

  /// Adds a UID that is not below the others; returns false if it is.
  private mutating func extend(to uid: UInt32) -> Bool {
    guard let tail = ranges.last else {
      ranges.append(uid...uid)
      return true
    }
    guard uid >= tail.upperBound else { return false }
    if uid - tail.upperBound <= 1 {
      ranges[ranges.count - 1] = tail.lowerBound...uid
    } else {
      ranges.append(uid...uid)
    }
    return true
  }

  /// A set from ranges in any order.
  package init(ranges unordered: [ClosedRange<UInt32>]) {
    ranges = []
    for range in unordered.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let tail = ranges.last,
        range.lowerBound <= tail.upperBound || range.lowerBound - tail.upperBound == 1
      {
        ranges[ranges.count - 1] = tail.lowerBound...max(tail.upperBound, range.upperBound)
      } else {
        ranges.append(range)
      }
    }
  }

  package var isEmpty: Bool { ranges.isEmpty }
  package var count: Int { ranges.reduce(0) { $0 + Int($1.upperBound - $1.lowerBound) + 1 } }

  package func contains(_ uid: UID) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < uid.rawValue { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(uid.rawValue)
  }

  /// What is in this set and not in the other; costs by the number of ranges, not of UIDs.
  package func subtracting(_ other: UIDSet) -> UIDSet {
    var left: [ClosedRange<UInt32>] = []
    var taken = other.ranges[...]
    for range in ranges {
      var start = range.lowerBound
      var isOver = false
      while let next = taken.first, next.upperBound < start { taken.removeFirst() }
      while !isOver, let next = taken.first, next.lowerBound <= range.upperBound {
        if next.lowerBound > start { left.append(start...(next.lowerBound - 1)) }
        if next.upperBound >= range.upperBound {
          isOver = true
        } else {
          start = next.upperBound + 1
          taken.removeFirst()
        }
      }
      if !isOver { left.append(start...range.upperBound) }
    }
    return UIDSet(ranges: left)
  }

  /// The `sequence-set` form (RFC 9051, 9): `1:5,7`.
  package var description: String {
    ranges.map { range in
      range.lowerBound == range.upperBound
        ? String(range.lowerBound) : "\(range.lowerBound):\(range.upperBound)"
    }.joined(separator: ",")
  }
}
