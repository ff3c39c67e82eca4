// mailmove: asynchronous work for a caller that cannot wait for it otherwise.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// The fuzzer calls a C function; this one waits in it until the work is done.
enum Waiting {
  static func until<T: Sendable>(_ work: @escaping @Sendable () async -> T) -> T? {
    let done = DispatchSemaphore(value: 0)
    let result = Slot<T>()
    Task {
      let value = await work()
      result.value.withLock { $0 = value }
      done.signal()
    }
    done.wait()
    return result.value.withLock { $0 }
  }

  private final class Slot<T: Sendable>: Sendable {
    let value = Mutex<T?>(nil)
  }
}
