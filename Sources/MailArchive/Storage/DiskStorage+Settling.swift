// mailmove: many files that go to the disk at the same time.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

extension DiskStorage {
  /// Threads that wait for the disk at the same time: whoever waits there does nothing else, and a
  /// file system puts on the disk in one go what several wait for.
  private static let settlingThreads = 16

  package func settle(_ files: [any StorageFile]) throws(ArchiveError) {
    for file in files { file.beginSynchronizing() }
    let open = files.compactMap { $0 as? DiskFile }
    let work = SettlingWork(open)
    // A system that gives no more threads has one that does it all.
    let threads = (1..<max(1, min(Self.settlingThreads, open.count))).compactMap { _ in
      work.startThread()
    }
    work.run()
    for thread in threads { pthread_join(thread, nil) }
    if let failure = work.failure { throw failure }
  }
}

/// Files of which each goes to the disk by whichever thread comes first.
private final class SettlingWork: Sendable {
  private struct State {
    var next = 0
    /// That of the first file in their order.
    var failure: (index: Int, error: ArchiveError)?
  }

  private let files: [DiskFile]
  private let state = Mutex(State())

  init(_ files: [DiskFile]) { self.files = files }

  var failure: ArchiveError? { state.withLock { $0.failure?.error } }

  /// nil when the system gives none.
  func startThread() -> pthread_t? {
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let context = Unmanaged.passRetained(self)
    let code = pthread_create(
      &thread, nil,
      { context in
        let context: UnsafeMutableRawPointer? = context
        guard let context else { return nil }
        Unmanaged<SettlingWork>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      return nil
    }
    return thread
  }

  func run() {
    while let index = next() {
      do throws(ArchiveError) {
        try files[index].synchronize()
        try files[index].close()
      } catch { note(error, at: index) }
    }
  }

  /// nil when all are taken, or one failed: then nothing is sure any more.
  private func next() -> Int? {
    state.withLock { state in
      guard state.failure == nil, state.next < files.count else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }

  private func note(_ error: ArchiveError, at index: Int) {
    state.withLock { state in
      if let known = state.failure, known.index < index { return }
      state.failure = (index, error)
    }
  }
}
