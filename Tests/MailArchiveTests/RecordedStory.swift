// mailmove: a story of commits with every operation it took.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import Synchronization
import Testing

@testable import MailArchive

/// A script that was run once without disturbance.
struct RecordedStory: Sendable {
  let script: ArchiveScript
  let log: [StorageOperation]
  /// How many operations there were when each commit had been acknowledged; the first is 0.
  let ends: [Int]
  /// What the archive held after each of them; the first is an archive without commits.
  let dumps: [ArchiveDump]
  private let read = DumpCache()

  init(_ script: ArchiveScript, mutant: MemoryStorage.Mutant? = nil) async throws {
    self.script = script
    let storage = MemoryStorage(mutant: mutant)
    var ends: [Int] = []
    var dumps: [ArchiveDump] = []
    let maker = try await ArchiveWriter.open(
      storage, catalog: .memory, options: script.options, limits: script.limits,
      clock: { ArchiveScript.now })
    ends.append(storage.log.count)
    dumps.append(try await ArchiveDump(maker.reader()))
    await maker.abandon()
    try await script.run(
      on: storage,
      afterEach: { _, writer in
        ends.append(storage.log.count)
        dumps.append(try await ArchiveDump(writer.reader()))
      })
    ends.append(storage.log.count)
    dumps.append(try await ArchiveDump(reading: storage.image))
    log = storage.log
    self.ends = ends
    self.dumps = dumps
  }

  /// Every state the disk can be in while an operation is being done.
  ///
  /// The README is long and nobody reads it back, so there only some are taken.
  ///
  /// - Parameter step: of so many states inside a write, one is taken.
  func images(at index: Int, step: Int = 1) -> [DiskImage] {
    let before = DiskImage(after: log.prefix(index))
    guard index < log.count, case .write(let inode, let bytes) = log[index] else { return [before] }
    let step = bytes == Array(ArchiveReadme.text.utf8) ? 499 : step
    return stride(from: 0, to: bytes.count, by: step).map { length in
      var image = before
      image.apply(.write(inode: inode, Array(bytes.prefix(length))))
      return image
    }
  }

  /// The commits that had been acknowledged when an operation was begun.
  func acknowledged(before index: Int) -> Int64 {
    var commit: Int64 = 0
    for (end, dump) in zip(ends, dumps) where end <= index { commit = max(commit, dump.commit) }
    return commit
  }

  /// Why a disk is not what a crash may leave of this story; nil if it is.
  func complaint(
    _ image: DiskImage, after index: Int
  ) async -> String? {
    let acknowledged = acknowledged(before: index)
    let storage = MemoryStorage(image)
    do {
      let writer = try await ArchiveWriter.open(
        storage, catalog: .memory, options: script.options, limits: script.limits,
        clock: { ArchiveScript.now })
      let dump = try await read.dump(of: storage.image) { try await ArchiveDump(writer.reader()) }
      await writer.abandon()
      if dump.commit < acknowledged {
        return "commit \(acknowledged) was acknowledged, and \(dump.commit) is left"
      }
      // Opening an archive that was not made yet makes it.
      guard let expected = dumps.first(where: { $0.commit == max(dump.commit, 1) }) else {
        return "there is no commit \(dump.commit) in the story"
      }
      if dump != expected { return "commit \(dump.commit) holds something else than it did" }
      return nil
    } catch {
      return "\(error)"
    }
  }

  func judge(_ image: DiskImage, after index: Int) async throws {
    let complaint = await complaint(image, after: index)
    #expect(complaint == nil, "after operation \(index)")
  }
}

/// What recovered archives hold, by their files: most crashes come to the same few.
private final class DumpCache: Sendable {
  private let dumps = Mutex<[[String: [UInt8]]: ArchiveDump]>([:])

  func dump(
    of image: DiskImage, _ make: () async throws -> ArchiveDump
  ) async throws -> ArchiveDump {
    let files = image.files
    if let dump = dumps.withLock({ $0[files] }) { return dump }
    let dump = try await make()
    dumps.withLock { $0[files] = dump }
    return dump
  }
}
