// mailmove: the wish to stop.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The wish to stop: no new requests, what is in flight is finished and recorded.
///
/// Whoever works asks for it between two steps. It cannot be taken back.
package final class StopSignal: Sendable {
  private let requested = Atomic(false)

  package init() {}

  package func request() { requested.store(true, ordering: .releasing) }

  package var isRequested: Bool { requested.load(ordering: .acquiring) }
}
