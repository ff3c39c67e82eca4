// mailmove: a storage that remembers everything done to it.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

@testable import MailArchive

/// A storage in memory that logs what is done, and fails when it is told to.
final class MemoryStorage: Storage {
  /// An operation that fails, counted from 0 over all changes.
  struct Fault: Sendable {
    var operation: Int
    var code: Int32
    /// Bytes of a write that happen all the same.
    var written = 0
  }

  /// A mistake a writer might make, to see that a test would notice.
  enum Mutant: CaseIterable, Sendable {
    case segmentsNotSynchronized
    case journalNotSynchronized
    case directoriesNotSynchronized
    case journalBeforeSegments
    case truncationNotDone
  }

  struct State {
    var image: DiskImage
    var log: [StorageOperation] = []
    var nextInode: Int
    var isLocked = false
    var fault: Fault?
    var delayed: [StorageOperation] = []
  }

  let state: Mutex<State>
  let mutant: Mutant?
  let name = "memory"

  init(_ image: DiskImage = DiskImage(), fault: Fault? = nil, mutant: Mutant? = nil) {
    state = Mutex(
      State(image: image, nextInode: (image.inodes.keys.max() ?? 0) + 1, fault: fault))
    self.mutant = mutant
  }

  var log: [StorageOperation] { state.withLock { $0.log } }
  var image: DiskImage { state.withLock { $0.image } }

  /// Logs a change and makes it, or fails.
  func change(_ operation: StorageOperation, of path: String) throws(ArchiveError) {
    let failure = state.withLock { state -> ArchiveError? in
      if let fault = state.fault, fault.operation <= state.log.count {
        if case .write(let inode, let bytes) = operation, fault.operation == state.log.count {
          let part = StorageOperation.write(inode: inode, Array(bytes.prefix(fault.written)))
          state.log.append(part)
          state.image.apply(part)
        }
        return .failed("changing", path, errno: fault.code)
      }
      for operation in Self.altered(operation, path, mutant, &state) {
        state.log.append(operation)
      }
      state.image.apply(operation)
      return nil
    }
    if let failure { throw failure }
  }

  /// What a mutant makes of an operation.
  private static func altered(
    _ operation: StorageOperation, _ path: String, _ mutant: Mutant?, _ state: inout State
  ) -> [StorageOperation] {
    let isSegment = path.hasPrefix(ArchiveLayout.segments + "/")
    let isJournal = path.hasPrefix(ArchiveLayout.journal + "/")
    switch (mutant, operation) {
    case (.segmentsNotSynchronized, .synchronize) where isSegment: return []
    case (.journalNotSynchronized, .synchronize) where isJournal: return []
    case (.directoriesNotSynchronized, .synchronizeDirectory): return []
    case (.truncationNotDone, .truncate): return []
    case (.journalBeforeSegments, _) where isSegment:
      state.delayed.append(operation)
      return []
    case (.journalBeforeSegments, .synchronize) where isJournal:
      defer { state.delayed = [] }
      return [operation] + state.delayed
    case (.some, _), (.none, _): return [operation]
    }
  }

  // MARK: Storage

  func makeDirectory(_ path: String) throws(ArchiveError) {
    if image.names[path] == .directory { return }
    try change(.makeDirectory(path), of: path)
  }

  func names(in directory: String) throws(ArchiveError) -> [String] {
    image.names.keys.filter { !$0.isEmpty && ArchiveLayout.directory(of: $0) == directory }
      .map { String($0.split(separator: "/").last ?? "") }
  }

  func status(of path: String) throws(ArchiveError) -> FileStatus? {
    state.withLock { state in
      switch state.image.names[path] {
      case nil: nil
      case .directory: FileStatus(size: 0, isDirectory: true, isWritable: true)
      case .file(let inode):
        FileStatus(
          size: Int64(state.image.inodes[inode]?.bytes.count ?? 0), isDirectory: false,
          isWritable: state.image.inodes[inode]?.isProtected != true)
      }
    }
  }

  func read(_ path: String, at offset: Int64, count: Int) throws(ArchiveError) -> [UInt8] {
    let found = state.withLock { state -> [UInt8]? in
      guard case .file(let inode) = state.image.names[path] else { return nil }
      return Array((state.image.inodes[inode]?.bytes ?? []).dropFirst(Int(offset)).prefix(count))
    }
    guard let found else { throw .failed("opening", path, errno: ENOENT) }
    return found
  }

  func open(_ path: String, creating: Bool) throws(ArchiveError) -> any StorageFile {
    let inode = state.withLock { state -> Int? in
      if creating {
        guard state.image.names[path] == nil else { return nil }
        state.nextInode += 1
        return state.nextInode
      }
      guard case .file(let inode) = state.image.names[path],
        state.image.inodes[inode]?.isProtected != true
      else { return nil }
      return inode
    }
    guard let inode else { throw .failed("opening", path, errno: creating ? EEXIST : ENOENT) }
    if creating { try change(.create(path, inode: inode), of: path) }
    return MemoryFile(inode, path: path, in: self)
  }

  func rename(_ path: String, to newPath: String) throws(ArchiveError) {
    try change(.rename(path, to: newPath), of: path)
  }

  func remove(_ path: String) throws(ArchiveError) { try change(.remove(path), of: path) }

  func synchronizeDirectory(_ path: String) throws(ArchiveError) {
    try change(.synchronizeDirectory(path), of: path)
  }

  func protect(_ path: String) throws(ArchiveError) { try change(.protect(path), of: path) }

  func lock() throws(ArchiveError) -> any StorageLock {
    let isFree = state.withLock { state in
      defer { state.isLocked = true }
      return !state.isLocked
    }
    guard isFree else { throw .locked(path: name) }
    return MemoryLock(self)
  }
}

final class MemoryFile: StorageFile {
  private let inode: Int
  private let path: String
  private let storage: MemoryStorage

  init(_ inode: Int, path: String, in storage: MemoryStorage) {
    self.inode = inode
    self.path = path
    self.storage = storage
  }

  func append(_ bytes: [UInt8]) throws(ArchiveError) {
    try storage.change(.write(inode: inode, bytes), of: path)
  }

  func truncate(to length: Int64) throws(ArchiveError) {
    try storage.change(.truncate(inode: inode, Int(length)), of: path)
  }

  func synchronize() throws(ArchiveError) {
    try storage.change(.synchronize(inode: inode), of: path)
  }

  func close() {}
}

final class MemoryLock: StorageLock {
  private let storage: MemoryStorage

  init(_ storage: MemoryStorage) { self.storage = storage }

  func release() { storage.state.withLock { $0.isLocked = false } }

  deinit { release() }
}
