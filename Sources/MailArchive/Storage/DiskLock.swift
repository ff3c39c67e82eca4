// mailmove: the lock of an archive on a file system.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A lock by `flock`, which the kernel releases when the process ends, however it ends.
final class DiskLock: StorageLock {
  private let descriptor: Mutex<Int32?>

  init(_ descriptor: Int32) { self.descriptor = Mutex(descriptor) }

  deinit { release() }

  func release() {
    descriptor.withLock { file in
      guard let open = file else { return }
      close(open)
      file = nil
    }
  }
}
