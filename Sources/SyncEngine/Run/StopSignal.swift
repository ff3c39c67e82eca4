// mailmove: a wish to stop.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The user's wish to stop: no new requests, what is in flight is finished and recorded.
package final class StopSignal: Sendable {
  private let requested = Atomic<Bool>(false)

  package init() {}

  package func request() { requested.store(true, ordering: .sequentiallyConsistent) }

  package var isRequested: Bool { requested.load(ordering: .sequentiallyConsistent) }
}
