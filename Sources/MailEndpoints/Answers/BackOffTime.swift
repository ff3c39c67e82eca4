// mailmove: how long a server asks to wait.
// SPDX-License-Identifier: Apache-2.0

/// Reads how long a server asks to wait, where it says so in its text.
package enum BackOffTime {
  /// Finds `Backoff Time: N milliseconds` (Exchange) and `in N seconds/minutes`; nil otherwise.
  package static func read(_ text: String) -> Duration? {
    let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    for (index, word) in words.enumerated().dropFirst() {
      guard let number = Int64(words[index - 1]), number >= 0, number <= 100_000_000 else {
        continue
      }
      switch word {
      case "millisecond", "milliseconds", "ms": return .milliseconds(number)
      case "second", "seconds", "sec", "secs": return .seconds(number)
      case "minute", "minutes", "min", "mins": return .seconds(number * 60)
      default: continue
      }
    }
    return nil
  }
}
