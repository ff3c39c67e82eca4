// mailmove: the throttle gate, a wait that all lanes keep.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A wait that one lane was told to make and that all lanes of a run keep: a server that throttles
/// an account counts everything that is asked for it.
final class ThrottleGate: Sendable {
  private let end = Mutex<ContinuousClock.Instant?>(nil)

  /// Nothing more is asked for before this time is over; returns when that is.
  @discardableResult
  func hold(for time: Duration, now: ContinuousClock.Instant = .now) -> ContinuousClock.Instant {
    end.withLock { end in
      let until = max(end ?? now, now + time)
      end = until
      return until
    }
  }

  /// Whoever has waited until then says so; a longer wait that came meanwhile stays.
  func release(_ until: ContinuousClock.Instant) {
    end.withLock { if $0 == until { $0 = nil } }
  }

  /// Waits for the rest of the time, if there is any.
  func pass(_ pacing: Pacing, now: ContinuousClock.Instant = .now) async throws {
    let rest = end.withLock { end -> Duration? in
      guard let until = end, until > now else {
        end = nil
        return nil
      }
      return until - now
    }
    if let rest { try await pacing.sleep(rest) }
  }
}
