// mailmove: waking a blocked connection.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Glibc
import Synchronization

/// Ends a connection's waiting from any thread, for good.
///
/// Every `poll` of a connection also watches this descriptor (`man eventfd`); once interrupted,
/// each read, write, connect and handshake throws `TransportError.interrupted`. There is no way
/// back: make a new one for a new connection. The descriptor is closed with the last reference.
package final class Interrupt: Sendable {
  let descriptor: Int32
  private let flag = Atomic<Bool>(false)

  /// - Throws: `TransportError.system` when the process has no descriptor left.
  package init() throws(TransportError) {
    descriptor = mm_eventfd()
    guard descriptor >= 0 else { throw .system(call: "eventfd", reason: systemText(errno)) }
  }

  deinit { close(descriptor) }

  /// True once `interrupt()` has been called.
  package var isInterrupted: Bool { flag.load(ordering: .acquiring) }

  /// Wakes whoever waits. Callable from any thread, any number of times.
  package func interrupt() {
    flag.store(true, ordering: .releasing)
    // An eventfd refuses a write only at 2^64 - 2, and is readable then anyway.
    eventfd_write(descriptor, 1)
  }

  func check() throws(TransportError) {
    if isInterrupted { throw .interrupted }
  }
}
