// mailmove: how a program ended.
// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Process {
  /// The exit code of a program that has ended; the signal's number below zero if one killed it,
  /// which Foundation gives as if it were an exit code.
  package var ending: Int32 {
    terminationReason == .uncaughtSignal ? -terminationStatus : terminationStatus
  }

  /// Starts it and waits for its end without keeping a thread from others.
  package func runToEnd() async throws {
    try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
      terminationHandler = { _ in ended.resume() }
      do { try run() } catch { ended.resume(throwing: error) }
    }
  }
}
