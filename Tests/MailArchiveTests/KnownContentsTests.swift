// mailmove: tests of finding out what an archive has.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import Testing

@testable import MailArchive

@Suite("What an archive has already")
struct KnownContentsTests {
  private func open(_ storage: MemoryStorage) async throws -> ArchiveWriter {
    try await ArchiveWriter.open(storage, catalog: .memory, clock: { ArchiveScript.now })
  }

  private func isKnown(_ name: String, in folder: FolderID, _ writer: ArchiveWriter) async throws
    -> Bool
  {
    let bytes = ArchiveScript.bytes(name)
    return try await writer.stage(
      ArchiveMessage(
        bytes: bytes, digest: SHA256Digest(of: bytes), folder: folder, internalDate: nil)
    ).isKnown
  }

  /// 200 messages make the filter be filled with the seventh question; `before` and `after` are
  /// how many new messages come in which commit.
  @Test(
    "is found whether it came before the filter was filled or after, in this commit or another",
    arguments: [(0, 12), (3, 9), (5, 5), (12, 0)])
  func isFound(before: Int, after: Int) async throws {
    let storage = MemoryStorage()
    let first = try await open(storage)
    let old = (0..<200).map { "old \($0)" }
    var inbox = try await ArchiveScript.folder("INBOX", first)
    for name in old { #expect(try await !isKnown(name, in: inbox.id, first)) }
    for name in old { #expect(try await isKnown(name, in: inbox.id, first)) }
    _ = try await first.close()

    let second = try await open(storage)
    inbox = try await ArchiveScript.folder("INBOX", second)
    var new: [String] = []
    for count in [before, after] {
      for _ in 0..<count {
        new.append("new \(new.count)")
        #expect(try await !isKnown(new[new.count - 1], in: inbox.id, second))
      }
      for name in new { #expect(try await isKnown(name, in: inbox.id, second), "\(name)") }
      _ = try await second.commit()
      for name in new { #expect(try await isKnown(name, in: inbox.id, second), "\(name)") }
    }
    for name in old { #expect(try await isKnown(name, in: inbox.id, second), "\(name)") }
    #expect(try await second.reader().messages(limit: 1_000).count == 200 + before + after)
    await second.abandon()
  }

  @Test("is never taken for new by the filter, and what is new seldom for known")
  func filter() {
    func digest(_ name: String, _ number: Int) -> SHA256Digest {
      SHA256Digest(of: Array("\(name) \(number)".utf8))
    }
    var filter = ContentFilter()
    for number in 0..<20_000 { filter.insert(digest("old", number)) }
    #expect((0..<20_000).allSatisfy { filter.mayHold(digest("old", $0)) })
    let mistaken = (0..<20_000).count { filter.mayHold(digest("new", $0)) }
    #expect(mistaken < 20, "one in 40,000 is to be expected")
  }
}
