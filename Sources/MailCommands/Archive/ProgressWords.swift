// mailmove: words about long work.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Says now and then how far long work has come, to somebody who watches.
final class ProgressWords: Sendable {
  /// The least time between two words, and before the first.
  static let interval = Duration.seconds(3)

  private let terminal: Terminal
  private let last = Mutex(Duration.zero)

  init(_ terminal: Terminal) { self.terminal = terminal }

  /// Says it, if it is time.
  func note(_ words: () -> String) {
    guard terminal.isWatched, terminal.isWordy else { return }
    let now = terminal.elapsed
    let isDue = last.withLock { last in
      guard now - last >= Self.interval else { return false }
      last = now
      return true
    }
    if isDue { terminal.word(words()) }
  }
}
