// mailmove: mail nobody here wrote, in the archive.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import MailWire
import Testing

@testable import MailArchive

@Suite("A corpus of real messages, archived")
struct CorpusTests {
  /// From MAILMOVE_CORPUS, or beside the project; nil when it is absent.
  static let folder: String? = {
    let named = ProcessInfo.processInfo.environment["MAILMOVE_CORPUS"]
    let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../../shared/corpus").standardized.path
    let found = [named, beside].compactMap { $0 }.first {
      FileManager.default.fileExists(atPath: $0 + "/index.tsv")
    }
    if found == nil { print("the corpus is absent: set MAILMOVE_CORPUS to its folder") }
    return found
  }()

  private static func messages(_ folder: String) throws -> [[UInt8]] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
      .filter { $0.hasSuffix(".eml") }
      .map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0))) }
  }

  @Test(
    "comes back byte for byte, from the archive, from its segments alone, and for the README",
    .enabled(if: folder != nil, "the corpus is absent"))
  func comesBack() async throws {
    let messages = try Self.messages(try #require(Self.folder))
    #expect(messages.count > 1_900)
    let digests = Set(messages.map { SHA256Digest(of: $0) })
    let folder = try TemporaryFolder()
    let path = folder.file("archive")
    let writer = try await ArchiveWriter.open(at: path)
    let account = try await writer.account("corpus")
    let inbox = try await writer.folder("INBOX", in: account)
    for (index, message) in messages.enumerated() {
      let date = InternalDate(
        secondsSinceEpoch: 1_700_000_000 + Int64(index), zoneMinutes: 0)
      _ = try await writer.stage(
        ArchiveMessage(
          bytes: message, digest: SHA256Digest(of: message), folder: inbox.id, internalDate: date))
    }
    _ = try await writer.close()

    let report = try await ArchiveCheck(at: path).run(.messages)
    #expect(report.findings == [])
    #expect(report.messagesRead == digests.count)
    let salvaged = try await Salvage(at: path).run(into: MemorySink())
    #expect(salvaged.messages == digests.count)
    #expect(salvaged.damages == [])
    try Data(ArchiveReadme.program.utf8).write(to: URL(fileURLWithPath: folder.file("check.py")))
    let lines = try Shell.run("python3 check.py archive/segments/*/*.mbox.gz", in: folder.path)
      .split(separator: "\n")
    #expect(lines.count == digests.count)
    #expect(lines.allSatisfy { $0.hasPrefix("True ") })

    let raw = messages.reduce(0) { $0 + $1.count }
    let segments = try DiskUsage.bytes(in: path + "/segments")
    let journal = try DiskUsage.bytes(in: path + "/journal")
    print("corpus: \(messages.count) messages, \(raw) bytes; segments \(segments) bytes,")
    print(
      "  journal \(journal) bytes, catalog \(try DiskUsage.bytes(of: path + "/catalog.sqlite"))")
    #expect(segments + journal < raw * 45 / 100)
  }
}

enum DiskUsage {
  static func bytes(of path: String) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
  }

  static func bytes(in folder: String) throws -> Int {
    try FileManager.default.subpathsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".gz") }
      .reduce(0) { try $0 + bytes(of: folder + "/" + $1) }
  }
}
