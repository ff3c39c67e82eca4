// mailmove: every way in which an archive touches a file system.
// SPDX-License-Identifier: Apache-2.0

/// Every way in which an archive touches a file system, so that tests can let each of them fail.
///
/// Paths are relative to the archive and have `/` between their parts. Directories are made with
/// mode 0700 and files with 0600. Every function throws `readOnly`, `diskFull` or `io`. After an
/// error of a function that changes something, nothing is known about what is on disk: the caller
/// has to stop, and the next opening finds out.
package protocol Storage: Sendable {
  /// How the place is named in messages.
  var name: String { get }

  /// Makes a directory whose parent exists; one that is there already is fine.
  func makeDirectory(_ path: String) throws(ArchiveError)

  /// The names in a directory in no order, without `.` and `..`; none if there is no directory.
  func names(in directory: String) throws(ArchiveError) -> [String]

  /// nil if there is nothing.
  func status(of path: String) throws(ArchiveError) -> FileStatus?

  /// Reads up to `count` bytes; fewer only where the file ends.
  func read(_ path: String, at offset: Int64, count: Int) throws(ArchiveError) -> [UInt8]

  /// Opens a file to write at its end.
  ///
  /// - Parameter creating: makes the file, which must not be there yet; else it must be there.
  func open(_ path: String, creating: Bool) throws(ArchiveError) -> any StorageFile

  /// Gives a file a new name in the same directory, in place of whatever had that name.
  func rename(_ path: String, to newPath: String) throws(ArchiveError)

  func remove(_ path: String) throws(ArchiveError)

  /// Returns when the names in a directory are on disk.
  func synchronizeDirectory(_ path: String) throws(ArchiveError)

  /// Takes away every right to write to a file (mode 0400).
  func protect(_ path: String) throws(ArchiveError)

  /// Takes the lock that keeps other writers away, or throws `locked`; ends with the process.
  func lock() throws(ArchiveError) -> any StorageLock

  /// Synchronizes and closes files, in any order and several at a time where that is faster; throws
  /// what the first of them that failed did.
  func settle(_ files: [any StorageFile]) throws(ArchiveError)
}

extension Storage {
  package func settle(_ files: [any StorageFile]) throws(ArchiveError) {
    for file in files { file.beginSynchronizing() }
    for file in files {
      try file.synchronize()
      try file.close()
    }
  }
}

/// A file that is open for writing at its end.
package protocol StorageFile: AnyObject {
  func append(_ bytes: [UInt8]) throws(ArchiveError)

  func truncate(to length: Int64) throws(ArchiveError)

  /// Returns when the bytes and the length are on disk (`fdatasync`).
  func synchronize() throws(ArchiveError)

  /// Begins to put the bytes on disk without waiting for it, where that is possible.
  func beginSynchronizing()

  /// Sets the time of the last change; some file systems have no room for such a time.
  ///
  /// - Parameter seconds: since 1970-01-01 00:00:00 UTC.
  func setTime(_ seconds: Int64)

  /// Whether its path leads to this very file, and it has that length: nobody put another one
  /// there, and nobody else wrote to it.
  func isInPlace(length: Int64) throws(ArchiveError) -> Bool

  /// Throws when the file system says only now that it did not keep the bytes. A file that nobody
  /// holds any more is closed without asking.
  func close() throws(ArchiveError)
}

extension StorageFile {
  package func beginSynchronizing() {}

  package func setTime(_ seconds: Int64) {}

  package func isInPlace(length: Int64) throws(ArchiveError) -> Bool { true }
}

/// The lock against a second writer; given back by `release` or with the last reference.
package protocol StorageLock: AnyObject, Sendable {
  func release()

  /// Whether what was locked is what its path leads to: no other directory was put there, and the
  /// lock that others would take is this one.
  func isInPlace() throws(ArchiveError) -> Bool
}

extension StorageLock {
  package func isInPlace() throws(ArchiveError) -> Bool { true }
}

/// What is known of a file without reading it.
package struct FileStatus: Sendable, Equatable {
  /// Bytes.
  package let size: Int64
  package let isDirectory: Bool
  /// Somebody has the right to write to it.
  package let isWritable: Bool

  package init(size: Int64, isDirectory: Bool, isWritable: Bool) {
    self.size = size
    self.isDirectory = isDirectory
    self.isWritable = isWritable
  }
}

extension Storage {
  /// Reads a whole file; nil if there is none.
  func contents(of path: String) throws(ArchiveError) -> [UInt8]? {
    guard let status = try status(of: path), !status.isDirectory else { return nil }
    guard let count = Int(exactly: status.size) else { return nil }
    return try read(path, at: 0, count: count)
  }

  /// Puts a small file in place as a whole: after a crash it is the old one or the new one.
  func replace(_ path: String, with bytes: [UInt8]) throws(ArchiveError) {
    let temporary = path + ".tmp"
    if try status(of: temporary) != nil { try remove(temporary) }
    let file = try open(temporary, creating: true)
    try file.append(bytes)
    try file.synchronize()
    try file.close()
    try rename(temporary, to: path)
    try synchronizeDirectory(ArchiveLayout.directory(of: path))
  }
}
