// mailmove: what an archive makes of files that are not as it left them.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import MailWire
import Testing

@testable import MailArchive

@Suite("Opening an archive")
struct OpeningTests {
  /// An archive on disk, closed, with what it held.
  private func made(
    _ script: ArchiveScript = .plain
  ) async throws -> (folder: TemporaryFolder, path: String, dump: ArchiveDump) {
    let folder = try TemporaryFolder()
    let path = folder.file("archive")
    try await script.run(on: DiskStorage(root: path), catalog: .file(path + "/catalog.sqlite"))
    return (folder, path, try await dump(path))
  }

  private func dump(_ path: String) async throws -> ArchiveDump {
    let reader = try ArchiveReader.open(at: path)
    defer { try? reader.close() }
    return try await ArchiveDump(reader)
  }

  private func reopen(_ path: String) async throws -> ArchiveDump {
    let writer = try await ArchiveWriter.open(at: path, clock: { ArchiveScript.now })
    let dump = try await ArchiveDump(writer.reader())
    _ = try await writer.close()
    return dump
  }

  private func change(_ path: String, _ edit: (inout [UInt8]) -> Void) throws {
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    edit(&bytes)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  @Test(
    "gives the same answers when a derived file is gone or nonsense",
    arguments: ["catalog.sqlite", "catalog.sqlite-wal", "HEAD", "SHA256SUMS", "README.txt"],
    [Int?.none, 0, 40, 5_000])
  func derivedFilesAreReplaceable(name: String, garbage: Int?) async throws {
    let (folder, path, dump) = try await made()
    let file = path + "/" + name
    try? FileManager.default.removeItem(atPath: file)
    if let garbage {
      var generator = SeededGenerator(seed: UInt64(garbage))
      let bytes = (0..<garbage).map { _ in UInt8.random(in: 0...255, using: &generator) }
      try Data(bytes).write(to: URL(fileURLWithPath: file))
    }
    #expect(try await self.dump(path) == dump, "for a reader")
    #expect(try await reopen(path) == dump, "for a writer")
    #expect(try await self.dump(path) == dump, "for a reader afterwards")
    withExtendedLifetime(folder) {}
  }

  @Test("catches up a catalog from an earlier night, and makes another archive's anew")
  func olderAndForeignCatalogs() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("archive")
    let catalog = path + "/catalog.sqlite"
    var early = ArchiveScript.plain
    early.steps = Array(early.steps.prefix(2))
    try await early.run(on: DiskStorage(root: path), catalog: .file(catalog))
    try FileManager.default.copyItem(atPath: catalog, toPath: folder.file("early"))
    try await ArchiveScript.plain.run(
      on: DiskStorage(root: path), catalog: .file(catalog), from: 2)
    let dump = try await dump(path)
    let (other, foreign, _) = try await made(.rolling)
    for replacement in [folder.file("early"), foreign + "/catalog.sqlite"] {
      try FileManager.default.removeItem(atPath: catalog)
      try FileManager.default.copyItem(atPath: replacement, toPath: catalog)
      #expect(try await self.dump(path) == dump)
      #expect(try await reopen(path) == dump)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    #expect(names.contains("catalog.sqlite.bad"), "\(names.sorted())")
    withExtendedLifetime(other) {}
  }

  @Test("refuses a journal that was rolled back under its catalog or its HEAD")
  func refusesRolledBackJournal() async throws {
    for kept in ["catalog.sqlite", "HEAD"] {
      let (folder, path, _) = try await made()
      let journal = path + "/journal/00000001.jsonl.gz"
      let whole = Array(try Data(contentsOf: URL(fileURLWithPath: journal)))
      let last = try #require(offsets(in: whole).last)
      try change(journal) { $0.removeLast($0.count - last) }
      for name in ["catalog.sqlite", "HEAD"] where name != kept {
        try FileManager.default.removeItem(atPath: path + "/" + name)
      }
      let before = try files(path)
      await #expect(throws: ArchiveError.self, "\(kept)") { try await reopen(path) }
      #expect(try files(path) == before, "something was changed")
      withExtendedLifetime(folder) {}
    }
  }

  @Test("refuses a rotten member, the last one too, and cuts nothing off")
  func refusesRottenMembers() async throws {
    for index in 0..<5 {
      let (folder, path, _) = try await made()
      let journal = path + "/journal/00000001.jsonl.gz"
      let whole = Array(try Data(contentsOf: URL(fileURLWithPath: journal)))
      let starts = offsets(in: whole)
      #expect(starts.count == 5)
      try change(journal) { $0[starts[index] + 30] ^= 0x10 }
      let before = try files(path)
      await #expect(throws: ArchiveError.self, "member \(index)") { try await reopen(path) }
      #expect(try files(path) == before, "something was changed")
      // Without catalog and HEAD only the chain is left, which is enough for all but the last.
      if index < 4 {
        try FileManager.default.removeItem(atPath: path + "/catalog.sqlite")
        try FileManager.default.removeItem(atPath: path + "/HEAD")
        await #expect(throws: ArchiveError.self) { try await reopen(path) }
        #expect(
          try Data(contentsOf: URL(fileURLWithPath: journal)).count == whole.count, "it was cut")
      }
      withExtendedLifetime(folder) {}
    }
  }

  @Test("lets people read by the catalog when the journal is damaged or gone")
  func readersOfDamagedJournals() async throws {
    let damages: [(inout [UInt8]) -> Void] = [
      { $0[40] ^= 1 }, { $0.removeLast(10) }, { $0.removeAll() },
    ]
    for damage in damages {
      let (folder, path, dump) = try await made()
      try change(path + "/journal/00000001.jsonl.gz", damage)
      #expect(try await self.dump(path) == dump)
      withExtendedLifetime(folder) {}
    }
  }

  @Test("refuses segments that are short, missing, or unknown though old, and changes nothing")
  func refusesDamagedSegments() async throws {
    let damages: [(String) throws -> Void] = [
      { path in try self.change(path + "/segments/2019/00000001.mbox.gz") { $0.removeLast() } },
      { path in
        try FileManager.default.removeItem(atPath: path + "/segments/2026/00000002.mbox.gz")
      },
      { path in
        try FileManager.default.copyItem(
          atPath: path + "/segments/2019/00000001.mbox.gz",
          toPath: path + "/segments/undated/00000001.mbox.gz")
      },
      { path in try FileManager.default.removeItem(atPath: path + "/journal/00000001.jsonl.gz") },
      { path in
        // Everything that knew how far the journal went is gone, but its mail is there.
        for name in ["journal/00000001.jsonl.gz", "catalog.sqlite", "HEAD"] {
          try FileManager.default.removeItem(atPath: path + "/" + name)
        }
      },
    ]
    for (index, damage) in damages.enumerated() {
      let (folder, path, _) = try await made()
      try damage(path)
      let before = try files(path)
      await #expect(throws: ArchiveError.self, "damage \(index)") { try await reopen(path) }
      #expect(try files(path) == before, "damage \(index): something was changed")
      withExtendedLifetime(folder) {}
    }
  }

  @Test("puts on record what a disk lost that had said it was written")
  func unfaithfulDisk() async throws {
    let story = try await RecordedStory(.plain)
    // Killed behind the last commit and before HEAD, with one byte other than it was written.
    var image = DiskImage(after: story.log.prefix(story.ends[4]))
    let path = "segments/2019/00000001.mbox.gz"
    var bytes = try #require(image[path])
    bytes[bytes.count / 2] ^= 1
    image[path] = bytes
    let storage = MemoryStorage(image)
    let writer = try await ArchiveWriter.open(
      storage, catalog: .memory, clock: { ArchiveScript.now })
    #expect(await writer.damages().map(\.path) == [path])
    let states = try await writer.reader().messages().map(\.state)
    #expect(states.contains(.damaged) && states.contains(.live), "it is on record at once")
    _ = try await writer.close()
    #expect(storage.image[path] == bytes, "nothing is written to it")
    let report = try await ArchiveCheck(storage, catalog: .memory).run(.files)
    #expect(report.damagedMessages == [] && !report.damagedOnRecord.isEmpty)
    let again = try await ArchiveWriter.open(storage, catalog: .memory)
    #expect(await again.damages() == [], "it was on record")
    await again.abandon()
  }

  @Test("leaves other people's directories alone")
  func foreignDirectories() async throws {
    let folder = try TemporaryFolder()
    try Data("x".utf8).write(to: URL(fileURLWithPath: folder.file("letter.txt")))
    await #expect(throws: ArchiveError.self) {
      try await ArchiveWriter.open(at: folder.path)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["letter.txt"])
    await #expect(throws: ArchiveError.notFound(path: folder.file("none"))) {
      try await ArchiveWriter.open(at: folder.file("none"), createIfMissing: false)
    }
    #expect(throws: ArchiveError.self) { try ArchiveReader.open(at: folder.path) }
  }

  @Test("refuses what only a later version understands")
  func laterVersions() async throws {
    let (folder, path, _) = try await made()
    let identity = path + "/mailmove-archive.json"
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: identity)), as: UTF8.self)
    let later = text.replacingOccurrences(of: "\"required\":[]", with: "\"required\":[\"age\"]")
    #expect(later != text)
    try Data(later.utf8).write(to: URL(fileURLWithPath: identity))
    #expect(throws: ArchiveError.newer(detail: "it needs age")) {
      try ArchiveReader.open(at: path)
    }
    withExtendedLifetime(folder) {}
  }

  /// Where the members of a journal begin.
  private func offsets(in bytes: [UInt8]) -> [Int] {
    var offsets: [Int] = []
    var start = 0
    while let offset = GzipMember.nextOffset(in: bytes, from: start) {
      offsets.append(offset)
      start = offset + 1
    }
    return offsets
  }

  /// Everything but the catalog, which is derived.
  private func files(_ path: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: path)
    where !name.hasPrefix("catalog") {
      files[name] = try? Data(contentsOf: URL(fileURLWithPath: path + "/" + name))
    }
    return files
  }
}
