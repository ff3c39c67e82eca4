// mailmove: what is left of an archive when the program is killed.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import Testing

@testable import MailArchive

@Suite("An archive whose writer is killed")
struct CrashTests {
  static let scripts: [(name: String, script: ArchiveScript)] = [
    ("plain", .plain), ("rolling", .rolling), ("large", .large),
  ]

  @Test(
    "opens at every byte with exactly what was committed, and nothing acknowledged is lost",
    arguments: [("plain", 1), ("rolling", 5), ("large", 3)])
  func everyByte(name: String, step: Int) async throws {
    let story = try await RecordedStory(try #require(Self.scripts.first { $0.name == name }).script)
    var points = 0
    for index in 0...story.log.count {
      for image in story.images(at: index, step: step) {
        points += 1
        try await story.judge(image, after: index)
      }
    }
    #expect(points > 1_000, "the story has become too short to prove anything")
  }

  @Test("goes on to the same end, whatever the moment", arguments: ["plain", "rolling", "large"])
  func resumes(name: String) async throws {
    let script = try #require(Self.scripts.first { $0.name == name }).script
    let story = try await RecordedStory(script)
    let end = try #require(story.dumps.last)
    var points = 0
    for index in 0...story.log.count {
      for (place, image) in story.images(at: index).enumerated() where place % 97 == 0 {
        points += 1
        let storage = MemoryStorage(image)
        let writer = try await ArchiveWriter.open(
          storage, catalog: .memory, options: script.options, limits: script.limits,
          clock: { ArchiveScript.now })
        let commit = try await writer.position().commit
        await writer.abandon()
        // The first commit makes the archive, each step makes another.
        try await script.run(on: storage, from: Int(max(0, commit - 1)))
        let dump = try await ArchiveDump(reading: storage.image)
        #expect(dump == end, "after operation \(index), part \(place)")
      }
    }
    #expect(points > 40)
  }

  @Test("recovers as well when it is killed while it recovers")
  func killedWhileRecovering() async throws {
    let story = try await RecordedStory(.plain)
    // In the middle of the third commit: a torn journal and segments that are too long.
    let torn = try #require(
      story.log.indices.last { index in
        if case .write = story.log[index], index < story.ends[2] { true } else { false }
      })
    let image = try #require(story.images(at: torn).dropFirst(20).first)
    let storage = MemoryStorage(image)
    let writer = try await ArchiveWriter.open(storage, catalog: .memory)
    await writer.abandon()
    #expect(storage.log.count > 1)
    for count in 0...storage.log.count {
      let again = DiskImage(after: storage.log.prefix(count), of: image)
      try await story.judge(again, after: torn)
    }
  }
}
