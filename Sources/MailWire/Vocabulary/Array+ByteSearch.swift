// mailmove: finding bytes in bytes.
// SPDX-License-Identifier: Apache-2.0

extension Array where Element == UInt8 {
  /// Whether some bytes stand somewhere in these, in a row; false if they are none.
  ///
  /// For what is looked at often: searching in a String costs many times as much.
  package func holds(_ words: [UInt8]) -> Bool {
    guard let first = words.first, count >= words.count else { return false }
    return (0...(count - words.count)).contains { start in
      self[start] == first && self[start..<start + words.count].elementsEqual(words)
    }
  }
}
