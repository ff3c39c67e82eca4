// mailmove: an archive's files on a file system.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The files of an archive in a directory.
package struct DiskStorage: Storage {
  /// The directory, without a `/` at its end.
  package let root: String

  package init(root: String) {
    var root = root
    while root.count > 1, root.hasSuffix("/") { root.removeLast() }
    self.root = root
  }

  package var name: String { root }

  func full(_ path: String) -> String { path.isEmpty ? root : root + "/" + path }

  package func makeDirectory(_ path: String) throws(ArchiveError) {
    guard mkdir(full(path), 0o700) != 0 else { return }
    let code = errno
    guard code == EEXIST, try status(of: path)?.isDirectory == true else {
      throw failure("making", path, code)
    }
  }

  package func names(in directory: String) throws(ArchiveError) -> [String] {
    guard let stream = opendir(full(directory)) else {
      if errno == ENOENT { return [] }
      throw failure("listing", directory)
    }
    defer { closedir(stream) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(
          to: CChar.self, capacity: MemoryLayout.size(ofValue: field.pointee)
        ) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw failure("listing", directory) }
    return names
  }

  package func status(of path: String) throws(ArchiveError) -> FileStatus? {
    var status = stat()
    // The place itself may be a link, as a directory above it may; what is in it may not.
    let code = path.isEmpty ? stat(root, &status) : lstat(full(path), &status)
    guard code == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw failure("looking at", path)
    }
    return FileStatus(
      size: Int64(status.st_size), isDirectory: status.st_mode & S_IFMT == S_IFDIR,
      isWritable: status.st_mode & 0o222 != 0)
  }

  package func read(
    _ path: String, at offset: Int64, count: Int
  ) throws(ArchiveError) -> [UInt8] {
    let file = Foundation.open(full(path), O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure("opening", path) }
    defer { Foundation.close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure("reading", path) }
    // What is asked for may come from a damaged catalog.
    let rest = offset < 0 ? 0 : max(0, Int64(status.st_size) - offset)
    let count = Int(min(Int64(max(count, 0)), rest))
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { output, filled in
      filled = 0
      while filled < count, let base = output.baseAddress {
        let got = pread(file, base + filled, count - filled, off_t(offset) + off_t(filled))
        if got > 0 {
          filled += got
        } else if got == 0 {
          return
        } else if errno != EINTR {
          code = errno
          return
        }
      }
    }
    guard code == 0 else { throw failure("reading", path, code) }
    return bytes
  }

  package func open(_ path: String, creating: Bool) throws(ArchiveError) -> any StorageFile {
    let flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (creating ? O_CREAT | O_EXCL : 0)
    let descriptor = Foundation.open(full(path), flags, 0o600)
    guard descriptor >= 0 else { throw failure("opening", path) }
    return DiskFile(descriptor, path: full(path))
  }

  package func rename(_ path: String, to newPath: String) throws(ArchiveError) {
    guard Foundation.rename(full(path), full(newPath)) == 0 else {
      throw failure("renaming", path)
    }
  }

  package func remove(_ path: String) throws(ArchiveError) {
    guard unlink(full(path)) == 0 || errno == ENOENT else { throw failure("removing", path) }
  }

  package func synchronizeDirectory(_ path: String) throws(ArchiveError) {
    let directory = Foundation.open(full(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw failure("opening", path) }
    defer { Foundation.close(directory) }
    // Some network file systems know no such call for directories and have nothing to wait for.
    guard fsync(directory) == 0 || errno == EINVAL else { throw failure("synchronizing", path) }
  }

  package func protect(_ path: String) throws(ArchiveError) {
    guard chmod(full(path), 0o400) == 0 else { throw failure("protecting", path) }
  }

  package func lock() throws(ArchiveError) -> any StorageLock {
    let path = full(ArchiveLayout.lock)
    let file = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw failure("opening", ArchiveLayout.lock) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      Foundation.close(file)
      throw code == EWOULDBLOCK
        ? .locked(path: root) : failure("locking", ArchiveLayout.lock, code)
    }
    let directory = Foundation.open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else {
      let code = errno
      flock(file, LOCK_UN)
      Foundation.close(file)
      throw failure("opening", "", code)
    }
    return DiskLock(file, path: path, directory: directory, root: root)
  }

  private func failure(_ operation: String, _ path: String, _ code: Int32 = errno) -> ArchiveError {
    .failed(operation, full(path), errno: code)
  }
}

extension ArchiveError {
  /// A system call that failed.
  static func failed(_ operation: String, _ path: String, errno code: Int32) -> ArchiveError {
    switch code {
    case ENOSPC, EDQUOT: .diskFull(path: path)
    case EROFS, EACCES, EPERM: .readOnly(path: path)
    default: .io(operation: operation, path: path, reason: String(cString: strerror(code)))
    }
  }
}
