// mailmove: what runs warn of.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine
import Synchronization

/// Keeps what runs warned of.
package final class Warnings: Sendable {
  private let texts = Mutex<[String]>([])

  package init() {}

  package var all: [String] { texts.withLock { $0 } }

  package func observe(_ event: RunEvent) {
    if case .warning(let text) = event { texts.withLock { $0.append(text) } }
  }
}
