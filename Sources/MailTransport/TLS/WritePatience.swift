// mailmove: how long writing may take.
// SPDX-License-Identifier: Apache-2.0

/// How long a server may let us wait while it is written to.
struct WritePatience {
  private let progress: Duration
  private let whole: Duration?
  private let end: ContinuousClock.Instant?

  /// - Parameters:
  ///   - progress: until the next byte moves.
  ///   - whole: from now on, for everything; nil: without end.
  init(progress: Duration, whole: Duration?) {
    self.progress = progress
    self.whole = whole
    end = whole.map { .now + $0 }
  }

  /// When the next byte has to have moved, counted from now.
  var next: ContinuousClock.Instant {
    let soon = ContinuousClock.now + progress
    return end.map { min($0, soon) } ?? soon
  }

  /// What was exceeded if a deadline has passed: the time for a byte, or for everything.
  func limit(of deadline: ContinuousClock.Instant) -> Duration {
    deadline == end ? whole ?? progress : progress
  }
}
