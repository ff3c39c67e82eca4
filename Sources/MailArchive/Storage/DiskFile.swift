// mailmove: a file of an archive that is open for writing.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A descriptor that appends; one thread uses it at a time.
final class DiskFile: StorageFile, Sendable {
  /// nil once it is closed.
  private let descriptor: Mutex<Int32?>
  private let path: String

  init(_ descriptor: Int32, path: String) {
    self.descriptor = Mutex(descriptor)
    self.path = path
  }

  deinit { if let open = descriptor.withLock({ $0 }) { Foundation.close(open) } }

  func append(_ bytes: [UInt8]) throws(ArchiveError) {
    let descriptor = try opened()
    var code: Int32 = 0
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written > 0 {
          rest = rest.dropFirst(written)
        } else if written == 0 || errno != EINTR {
          // A write of nothing would go on for ever.
          code = written == 0 ? EIO : errno
          return
        }
      }
    }
    guard code == 0 else { throw .failed("writing", path, errno: code) }
  }

  func truncate(to length: Int64) throws(ArchiveError) {
    let descriptor = try opened()
    while ftruncate(descriptor, off_t(length)) != 0 {
      guard errno == EINTR else { throw .failed("truncating", path, errno: errno) }
    }
  }

  /// Not repeated after an error: the system may have dropped the pages and then say yes.
  func synchronize() throws(ArchiveError) {
    let descriptor = try opened()
    #if canImport(Darwin)
      let code = fcntl(descriptor, F_FULLFSYNC)
    #else
      let code = fdatasync(descriptor)
    #endif
    guard code == 0 else { throw .failed("synchronizing", path, errno: errno) }
  }

  func beginSynchronizing() {
    #if os(Linux)
      // Whoever says that pages are not needed again has them written.
      if let open = descriptor.withLock({ $0 }) {
        posix_fadvise(open, 0, 0, POSIX_FADV_DONTNEED)
      }
    #endif
  }

  func setTime(_ seconds: Int64) {
    guard let open = descriptor.withLock({ $0 }) else { return }
    let time = timespec(tv_sec: time_t(seconds), tv_nsec: 0)
    _ = [time, time].withUnsafeBufferPointer { futimens(open, $0.baseAddress) }
  }

  func isInPlace(length: Int64) throws(ArchiveError) -> Bool {
    let place = try DiskPlace(of: opened(), path)
    let found = try DiskPlace(at: path)
    return place.length == length && place == found
  }

  func close() throws(ArchiveError) {
    let last = descriptor.withLock { descriptor in
      defer { descriptor = nil }
      return descriptor
    }
    guard let open = last else { return }
    // Interrupted is closed, and must not be tried again.
    guard Foundation.close(open) == 0 || errno == EINTR else {
      throw .failed("closing", path, errno: errno)
    }
  }

  private func opened() throws(ArchiveError) -> Int32 {
    guard let open = descriptor.withLock({ $0 }) else {
      throw .failed("writing", path, errno: EBADF)
    }
    return open
  }
}
