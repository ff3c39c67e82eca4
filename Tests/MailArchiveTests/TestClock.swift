// mailmove: a clock that a test sets.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Seconds since 1970-01-01 00:00:00 UTC, as the test says.
final class TestClock: Sendable {
  private let time: Mutex<Int64>

  init(_ time: Int64) { self.time = Mutex(time) }

  var now: Int64 { time.withLock { $0 } }

  func advance(by seconds: Int64) { time.withLock { $0 += seconds } }
}
