// mailmove: what a child process holds of a file until it runs its program.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Copies of the descriptors this process has on a file, kept as long as the value.
///
/// A child has such copies between its start and its `exec`, close-on-exec or not, and whichever
/// part of the program started it.
package final class CopiedDescriptors {
  package let copies: [Int32]

  /// - Parameter path: the file as the kernel names it, without links.
  package init(of path: String) {
    // All are found before one is copied: a copy may get the number the listing itself had.
    let descriptors = ChildProcess.openDescriptors().filter { descriptor in
      let link = "/proc/self/fd/\(descriptor)"
      return (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) == path
    }
    copies = descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, 0) }
  }

  deinit {
    for copy in copies { close(copy) }
  }
}
