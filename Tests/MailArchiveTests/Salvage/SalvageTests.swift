// mailmove: what can be had when nothing but segments is left.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import MailWire
import Testing

@testable import MailArchive

@Suite("Salvage")
struct SalvageTests {
  @Test("gets everything back from segments alone, with folders, flags and dates")
  func everything() async throws {
    let storage = MemoryStorage()
    let archive = try await UnkindArchive(count: 200, on: storage)
    for path in storage.image.names.keys where !path.hasPrefix(ArchiveLayout.segments) {
      if !path.isEmpty { try storage.remove(path) }
    }
    let sink = MemorySink()
    let report = try await Salvage(storage).run(into: sink)
    #expect(report.messages == 200)
    #expect(report.segments == 4)
    #expect(report.damages == [])
    #expect(report.repeats == 0)
    #expect(await sink.isFinished)
    let found = try await sink.messages.map { message in
      ArchiveEntry(
        message: message.bytes, digest: message.digest,
        date: try #require(message.date),
        source: ArchiveEntry.Source(account: message.account, folder: message.folder),
        flags: message.flags)
    }
    #expect(Set(found.map(\.digest)) == Set(archive.entries.map(\.digest)))
    let byDigest = Dictionary(uniqueKeysWithValues: archive.entries.map { ($0.digest, $0) })
    #expect(found.allSatisfy { $0 == byDigest[$0.digest] })
  }

  @Test("makes an archive that reads like the old one")
  func intoAnArchive() async throws {
    let storage = MemoryStorage()
    let archive = try await UnkindArchive(count: 100, on: storage)
    let saved = MemoryStorage()
    let writer = try await ArchiveWriter.open(
      saved, catalog: .memory, clock: { ArchiveScript.now })
    let report = try await Salvage(storage).run(into: ArchiveSink(writer))
    #expect(report.messages == 100)
    _ = try await writer.close()
    let reader = try ArchiveReader.open(saved, catalog: .memory)
    let sink = MemorySink()
    let exported = try await ArchiveExport(reader).run(into: sink)
    #expect(exported.messages == 100)
    let found = await sink.messages
    let sources = Set(found.map { ArchiveEntry.Source(account: $0.account, folder: $0.folder) })
    #expect(sources == Set(archive.entries.map(\.source)))
    #expect(Set(found.map(\.digest)) == Set(archive.entries.map(\.digest)))
    #expect(try await ArchiveCheck(saved, catalog: .memory).run(.messages).isClean)
  }

  @Test("loses what was in the smashed group and no more, and never gives anything wrong")
  func smashed() async throws {
    let storage = MemoryStorage()
    let archive = try await UnkindArchive(count: 120, on: storage)
    let image = storage.image
    let reader = try ArchiveReader.open(storage, catalog: .memory)
    let stored = try await reader.messages()
    let paths = Set(stored.map(\.segmentPath)).sorted()
    let digests = Set(archive.entries.map(\.digest))
    var random = SeededGenerator(seed: UnkindMail.seed)
    print("smashing with seed \(UnkindMail.seed)")
    var losses = 0
    for _ in 0..<60 {
      let path = random.pick(paths)
      guard case .file(let inode) = image.names[path], let bytes = image.inodes[inode]?.bytes else {
        Issue.record("no file at \(path)")
        return
      }
      let start = random.number(0...(bytes.count - 64))
      var smashed = image
      smashed.inodes[inode]?.bytes.replaceSubrange(start..<(start + 64), with: random.bytes(64))
      let sink = MemorySink()
      let report = try await Salvage(MemoryStorage(smashed)).run(into: sink)
      let found = await sink.messages
      #expect(found.allSatisfy { SHA256Digest(of: $0.bytes) == $0.digest })
      let lost = digests.subtracting(found.map(\.digest))
      let touched = stored.filter { message in
        let begin = Int(message.place.offset)
        return message.segmentPath == path && begin < start + 64
          && begin + Int(message.place.compressedLength) > start
      }
      #expect(lost.isSubset(of: touched.map(\.digest)), "\(path) at \(start)")
      #expect(Set(found.map(\.digest)).isSubset(of: digests))
      #expect(!report.damages.isEmpty)
      losses += lost.count
    }
    #expect(losses > 0)
  }

  @Test("gives each message once, though a copy of its segment lies about")
  func onlyOnce() async throws {
    let storage = MemoryStorage()
    _ = try await UnkindArchive(count: 40, on: storage)
    let path = try #require(try SegmentRecovery.files(in: storage).first)
    let bytes = try #require(try storage.contents(of: path))
    let copy = try storage.open("segments/2019/99999999.mbox.gz", creating: true)
    try copy.append(bytes)
    let report = try await Salvage(storage).run(into: MemorySink())
    #expect(report.messages == 40)
    #expect(report.repeats == 10)
  }

  @Test("says so where there is nothing to salvage")
  func nothing() async throws {
    await #expect(throws: ArchiveError.notFound(path: "memory")) {
      try await Salvage(MemoryStorage()).run(into: MemorySink())
    }
  }
}
