// mailmove: the files of an archive that a fuzzer made up.
// SPDX-License-Identifier: Apache-2.0

@testable import MailArchive

/// Files in memory that can only be read.
struct FuzzStorage: Storage {
  let name = "fuzz"
  let files: [String: [UInt8]]

  private func refuse() -> ArchiveError { .readOnly(path: name) }

  func names(in directory: String) throws(ArchiveError) -> [String] {
    let prefix = directory + "/"
    let names = files.keys.filter { $0.hasPrefix(prefix) }
      .map { String($0.dropFirst(prefix.count).prefix { $0 != "/" }) }
    return Array(Set(names))
  }

  func status(of path: String) throws(ArchiveError) -> FileStatus? {
    if let bytes = files[path] {
      return FileStatus(size: Int64(bytes.count), isDirectory: false, isWritable: true)
    }
    let isDirectory = path.isEmpty || files.keys.contains { $0.hasPrefix(path + "/") }
    return isDirectory ? FileStatus(size: 0, isDirectory: true, isWritable: true) : nil
  }

  func read(_ path: String, at offset: Int64, count: Int) throws(ArchiveError) -> [UInt8] {
    guard let bytes = files[path], offset >= 0, count >= 0 else {
      throw .io(operation: "reading", path: path, reason: "there is no such place")
    }
    return Array(bytes.dropFirst(Int(clamping: offset)).prefix(count))
  }

  func makeDirectory(_ path: String) throws(ArchiveError) { throw refuse() }
  func open(_ path: String, creating: Bool) throws(ArchiveError) -> any StorageFile {
    throw refuse()
  }
  func rename(_ path: String, to newPath: String) throws(ArchiveError) { throw refuse() }
  func remove(_ path: String) throws(ArchiveError) { throw refuse() }
  func synchronizeDirectory(_ path: String) throws(ArchiveError) { throw refuse() }
  func protect(_ path: String) throws(ArchiveError) { throw refuse() }
  func lock() throws(ArchiveError) -> any StorageLock { throw refuse() }
}
