// mailmove: time and chance, injected.
// SPDX-License-Identifier: Apache-2.0

/// Time and chance as the engine sees them, so that tests need neither.
package struct Pacing: Sendable {
  /// Throws `CancellationError` if the task is cancelled meanwhile.
  package let sleep: @Sendable (Duration) async throws -> Void
  /// A number between 0 and 1.
  package let chance: @Sendable () -> Double
  /// How often idle connections are looked after; nil: never.
  package let keepAliveInterval: Duration?

  package init(
    sleep: @escaping @Sendable (Duration) async throws -> Void,
    chance: @escaping @Sendable () -> Double, keepAliveInterval: Duration? = nil
  ) {
    self.keepAliveInterval = keepAliveInterval
    self.sleep = sleep
    self.chance = chance
  }

  package static let real = Pacing(
    sleep: { try await Task.sleep(for: $0) }, chance: { Double.random(in: 0..<1) },
    keepAliveInterval: .seconds(60))
}
