// mailmove: did you mean.
// SPDX-License-Identifier: Apache-2.0

/// Finds what somebody meant who mistyped a word.
package enum Suggestion {
  /// `did you mean 'x'?`, or nil when nothing is close enough to be meant.
  package static func closest(to word: String, in known: some Sequence<String>) -> String? {
    let tolerance = max(1, min(3, word.count / 3))
    let best = known.map { (distance(word.lowercased(), $0.lowercased()), $0) }.min(by: <)
    guard let best, best.0 <= tolerance else { return nil }
    return "did you mean '\(best.1)'?"
  }

  /// Letters to insert, remove, replace, or swap with their neighbour (optimal string alignment).
  static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.prefix(64))
    let right = Array(right.prefix(64))
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
        var best = min(replaced, last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
