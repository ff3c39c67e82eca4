// mailmove: the lock of an archive on a file system.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A lock by `flock`, which the kernel releases when the process ends, however it ends.
///
/// It is given back by `LOCK_UN` and not by closing alone: a child process that is just being
/// started has a copy of the descriptor until it runs its program, and a copy keeps the lock.
final class DiskLock: StorageLock {
  private struct Held {
    let file: Int32
    /// The directory with the file, kept open so that no other one gets its number.
    let directory: Int32
  }

  private let held: Mutex<Held?>
  private let path: String
  private let root: String

  /// - Parameters:
  ///   - file: the descriptor that has the lock, and the path it was opened by.
  ///   - directory: a descriptor of the directory `root`.
  init(_ file: Int32, path: String, directory: Int32, root: String) {
    held = Mutex(Held(file: file, directory: directory))
    self.path = path
    self.root = root
  }

  deinit { release() }

  func release() {
    held.withLock { held in
      guard let open = held else { return }
      flock(open.file, LOCK_UN)
      close(open.file)
      close(open.directory)
      held = nil
    }
  }

  func isInPlace() throws(ArchiveError) -> Bool {
    guard let open = held.withLock({ $0 }) else { return false }
    let directory = try DiskPlace(of: open.directory, root)
    guard try directory == DiskPlace(at: root, followsLinks: true) else { return false }
    let file = try DiskPlace(of: open.file, path)
    return try file == DiskPlace(at: path)
  }
}
