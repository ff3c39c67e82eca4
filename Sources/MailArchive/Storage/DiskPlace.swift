// mailmove: what a path leads to.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a path leads to, or a descriptor stands for: the file itself, whatever it is called.
struct DiskPlace: Equatable {
  private let device: UInt64
  private let number: UInt64
  /// Bytes, of a file.
  let length: Int64

  private init(_ status: stat) {
    device = UInt64(truncatingIfNeeded: status.st_dev)
    number = UInt64(truncatingIfNeeded: status.st_ino)
    length = status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : 0
  }

  /// What an open descriptor stands for.
  init(of descriptor: Int32, _ path: String) throws(ArchiveError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .failed("looking at", path, errno: errno)
    }
    self.init(status)
  }

  /// What is at a path; nil if there is nothing.
  init?(at path: String, followsLinks: Bool = false) throws(ArchiveError) {
    var status = stat()
    guard (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw .failed("looking at", path, errno: errno)
    }
    self.init(status)
  }
}
