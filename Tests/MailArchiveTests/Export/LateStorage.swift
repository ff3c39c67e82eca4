// mailmove: a storage that says only late that it keeps nothing.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

@testable import MailArchive

/// A storage in memory that takes every write, as network file systems and quotas do, and tells of
/// its troubles at `fsync` or `close`. It may also refuse characters in names.
final class LateStorage: Storage {
  /// What was done to a path.
  enum Event: Sendable, Equatable {
    case made(String)
    case wrote(String)
    case synchronized(String)
    case closed(String)
    case synchronizedDirectory(String)
  }

  /// When trouble is told.
  enum Moment: Sendable, CaseIterable { case synchronize, close, directory }

  struct Trouble: Sendable {
    let moment: Moment
    let code: Int32
    /// How many times all is well before.
    var after = 0
  }

  /// How a name that is not fit is met.
  enum Manner: Sendable {
    case refuses(Int32)
    /// Says yes, and has another name, as a server of Windows that takes it for a stream.
    case mangles
  }

  private struct State {
    var events: [Event] = []
    var trouble: Trouble?
  }

  let name = "late"
  let memory = MemoryStorage()
  private let unfit: Set<Character>
  private let manner: Manner
  private let state: Mutex<State>

  init(
    _ trouble: Trouble? = nil, unfit: Set<Character> = [], manner: Manner = .refuses(EINVAL)
  ) {
    self.unfit = unfit
    self.manner = manner
    state = Mutex(State(trouble: trouble))
  }

  var events: [Event] { state.withLock { $0.events } }
  var files: [String: [UInt8]] { memory.image.files }

  fileprivate func note(_ event: Event) { state.withLock { $0.events.append(event) } }

  fileprivate func meet(_ moment: Moment) throws(ArchiveError) {
    let code = state.withLock { state -> Int32? in
      guard let trouble = state.trouble, trouble.moment == moment else { return nil }
      guard trouble.after == 0 else {
        state.trouble?.after -= 1
        return nil
      }
      return trouble.code
    }
    if let code { throw .failed("synchronizing", name, errno: code) }
  }

  func makeDirectory(_ path: String) throws(ArchiveError) {
    try memory.makeDirectory(path)
    note(.made(path))
  }

  func names(in directory: String) throws(ArchiveError) -> [String] {
    let names = try memory.names(in: directory)
    return names.map { name in name.contains(where: unfit.contains) ? "mangled" : name }
  }

  func status(of path: String) throws(ArchiveError) -> FileStatus? { try memory.status(of: path) }

  func read(_ path: String, at offset: Int64, count: Int) throws(ArchiveError) -> [UInt8] {
    try memory.read(path, at: offset, count: count)
  }

  func open(_ path: String, creating: Bool) throws(ArchiveError) -> any StorageFile {
    if case .refuses(let code) = manner, path.contains(where: unfit.contains) {
      throw .failed("opening", path, errno: code)
    }
    let file = try memory.open(path, creating: creating)
    if creating { note(.made(path)) }
    return LateFile(file, path: path, in: self)
  }

  func rename(_ path: String, to newPath: String) throws(ArchiveError) {
    try memory.rename(path, to: newPath)
  }

  func remove(_ path: String) throws(ArchiveError) { try memory.remove(path) }

  func synchronizeDirectory(_ path: String) throws(ArchiveError) {
    if path != ".." { try meet(.directory) }
    note(.synchronizedDirectory(path))
  }

  func protect(_ path: String) throws(ArchiveError) { try memory.protect(path) }

  func lock() throws(ArchiveError) -> any StorageLock { try memory.lock() }
}

private final class LateFile: StorageFile {
  private let file: any StorageFile
  private let path: String
  private let storage: LateStorage

  init(_ file: any StorageFile, path: String, in storage: LateStorage) {
    self.file = file
    self.path = path
    self.storage = storage
  }

  func append(_ bytes: [UInt8]) throws(ArchiveError) {
    try file.append(bytes)
    storage.note(.wrote(path))
  }

  func truncate(to length: Int64) throws(ArchiveError) { try file.truncate(to: length) }

  func synchronize() throws(ArchiveError) {
    try storage.meet(.synchronize)
    storage.note(.synchronized(path))
  }

  func close() throws(ArchiveError) {
    try storage.meet(.close)
    storage.note(.closed(path))
  }
}
