// mailmove: randomness that can be repeated.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// SplitMix64: the same numbers for the same seed.
package struct SeededGenerator: RandomNumberGenerator {
  package let seed: UInt64
  private var state: UInt64

  package init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// The same cases everywhere, from a seed that is printed; MAILMOVE_TEST_SEED gives another.
  ///
  /// - Parameter function: what the seed is for, as it is printed.
  package static func printingSeed(_ function: String = #function) -> SeededGenerator {
    let given = ProcessInfo.processInfo.environment["MAILMOVE_TEST_SEED"].flatMap { UInt64($0) }
    let seed = given ?? fixedSeed
    print("seed \(seed) in \(function)")
    return SeededGenerator(seed: seed)
  }

  package mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int(next() % UInt64(elements.count))]
  }

  package mutating func number(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  package mutating func bytes(_ count: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count + 8)
    while result.count < count {
      withUnsafeBytes(of: next()) { result.append(contentsOf: $0) }
    }
    result.removeLast(result.count - count)
    return result
  }

  private static let fixedSeed: UInt64 = 20_261_124
}
