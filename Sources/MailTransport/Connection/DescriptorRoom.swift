// mailmove: how many more files this process may open.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The room this process has left for descriptors, without taking one of them.
struct DescriptorRoom: Equatable {
  /// Descriptors this process may have at once (`ulimit -n`).
  let limit: Int32

  /// The room of this process as it is now; nil if the system does not tell it.
  static var current: DescriptorRoom? {
    var files = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 else { return nil }
    return DescriptorRoom(limit: Int32(clamping: files.rlim_cur))
  }

  /// Whether fewer than `count` descriptors are free.
  ///
  /// Looks from the top, where descriptors are free if any are: that ends after `count` of them.
  func isBelow(_ count: Int, isOpen: (Int32) -> Bool = { fcntl($0, F_GETFD) >= 0 }) -> Bool {
    var free = 0
    for descriptor in (0..<limit).reversed() where !isOpen(descriptor) {
      free += 1
      if free == count { return false }
    }
    return true
  }
}
