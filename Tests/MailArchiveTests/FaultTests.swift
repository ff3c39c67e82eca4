// mailmove: what an archive does when the disk fails.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailWire
import Synchronization
import Testing

@testable import MailArchive

@Suite("An archive on a failing disk")
struct FaultTests {
  @Test(
    "stops at the first error, acknowledges nothing after it, and the next run completes",
    arguments: ["plain", "rolling"], [ENOSPC, EIO])
  func everyOperation(name: String, code: Int32) async throws {
    let script = try #require(CrashTests.scripts.first { $0.name == name }).script
    let story = try await RecordedStory(script)
    let end = try #require(story.dumps.last)
    for operation in 0..<story.log.count {
      let storage = MemoryStorage(
        fault: MemoryStorage.Fault(operation: operation, code: code, written: 11))
      var acknowledged = 0
      await #expect(throws: ArchiveError.self, "operation \(operation)") {
        try await script.run(on: storage, afterEach: { _, _ in acknowledged += 1 })
      }
      let known = story.acknowledged(before: operation)
      #expect(Int64(acknowledged) <= max(0, known - 1), "operation \(operation)")
      // The next run has room again.
      let repaired = MemoryStorage(storage.image)
      let writer = try await ArchiveWriter.open(
        repaired, catalog: .memory, options: script.options, limits: script.limits,
        clock: { ArchiveScript.now })
      let commit = try await writer.position().commit
      #expect(commit >= known, "operation \(operation)")
      await writer.abandon()
      try await script.run(on: repaired, from: Int(max(0, commit - 1)))
      let dump = try await ArchiveDump(reading: repaired.image)
      #expect(dump == end, "operation \(operation)")
    }
  }

  @Test("says the same error for ever, and writes nothing more")
  func isPoisoned() async throws {
    let story = try await RecordedStory(.plain)
    let storage = MemoryStorage(
      fault: MemoryStorage.Fault(operation: story.ends[2] - 1, code: ENOSPC))
    let writer = try await ArchiveWriter.open(
      storage, catalog: .memory, clock: { ArchiveScript.now })
    try await ArchiveScript.plain.steps[0](writer)
    _ = try await writer.commit()
    try await ArchiveScript.plain.steps[1](writer)
    await #expect(throws: ArchiveError.self) { try await writer.commit() }
    let count = storage.log.count
    storage.state.withLock { $0.fault = nil }
    await #expect(throws: ArchiveError.self) { try await writer.commit() }
    await #expect(throws: ArchiveError.self) {
      try await ArchiveScript.plain.steps[0](writer)
    }
    await #expect(throws: ArchiveError.self) { try await writer.close() }
    #expect(storage.log.count == count, "HEAD must not be written over a fault")
    await #expect(throws: ArchiveError.closed) { try await writer.commit() }
  }

  @Test("tells a full disk from one that cannot be written and from a broken one")
  func errnoMeanings() {
    #expect(ArchiveError.failed("writing", "x", errno: ENOSPC) == .diskFull(path: "x"))
    #expect(ArchiveError.failed("writing", "x", errno: EDQUOT) == .diskFull(path: "x"))
    #expect(ArchiveError.failed("writing", "x", errno: EROFS) == .readOnly(path: "x"))
    guard
      case .io(operation: "writing", path: "x", _) = ArchiveError.failed(
        "writing", "x", errno: EIO)
    else {
      Issue.record("EIO is an input/output error")
      return
    }
  }
}
