// mailmove: waiting until something is so.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A moment after which the laboratory gives up waiting.
package struct Deadline: Sendable {
  private let end: ContinuousClock.Instant

  package init(seconds: Double) {
    end = ContinuousClock.now + .seconds(seconds) * Instrumentation.patience
  }

  package var isOver: Bool { ContinuousClock.now >= end }

  /// Asks every few milliseconds until there is an answer; nil once the deadline is over.
  package func poll<Answer>(_ ask: () throws -> Answer?) rethrows -> Answer? {
    while true {
      if let answer = try ask() { return answer }
      if isOver { return nil }
      _ = Glibc.poll(nil, 0, 3)
    }
  }
}
