// mailmove: an archive that is replaced while it is written to.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import MailWire
import Testing

@testable import MailArchive

@Suite("An archive that is replaced under its writer")
struct DisplacedArchiveTests {
  /// What happens at the archive's path.
  enum Event: String, CaseIterable {
    case movedAway = "mv a away"
    case deleted = "rm -rf a"
    case emptyFolder = "mv a away && mkdir a"
    case another = "mv a away && cp -a other a"
    case olderCopy = "mv a away && cp -a old a"
    case deletedAndOlderCopy = "rm -rf a && cp -a old a"
    case sameCopy = "cp -a a copy && mv a away && mv copy a"
    case hardLinkedCopy = "cp -al a copy && mv a away && mv copy a"
    case link = "mv a away && ln -s other a"
    case file = "mv a away && touch a"
    case filesReplaced = "cd old && tar cf - . | tar xf - -C ../a"
    case filesOverwritten = "cat old/journal/00000001.jsonl.gz > a/journal/00000001.jsonl.gz"
    case lockRemoved = "rm a/LOCK"
  }

  private func put(_ text: String, _ writer: ArchiveWriter) async throws {
    let account = try await writer.account("me")
    let inbox = try await writer.folder("INBOX", in: account)
    let bytes = Array("Subject: \(text)\r\n\r\n".utf8)
    _ = try await writer.stage(
      ArchiveMessage(
        bytes: bytes, digest: SHA256Digest(of: bytes), folder: inbox.id, internalDate: nil))
  }

  private func night(_ texts: [String], at path: String) async throws {
    let writer = try await ArchiveWriter.open(at: path)
    for text in texts { try await put(text, writer) }
    _ = try await writer.close()
  }

  /// A writer that has committed to the archive `a`, of which `old` is an older copy.
  private func prepared(_ folder: TemporaryFolder) async throws -> ArchiveWriter {
    try await night(["x"], at: folder.file("other"))
    try await night(["one"], at: folder.file("a"))
    _ = try Shell.run("cp -a a old", in: folder.path)
    let writer = try await ArchiveWriter.open(at: folder.file("a"))
    try await put("two", writer)
    _ = try await writer.commit()
    return writer
  }

  private func listing(_ folder: TemporaryFolder) throws -> String {
    try Shell.run("find a a/ -type f -exec sha256sum {} + 2>/dev/null | sort -u", in: folder.path)
  }

  @Test("no commit ends well", arguments: Event.allCases)
  func commit(event: Event) async throws {
    let folder = try TemporaryFolder()
    let writer = try await prepared(folder)
    _ = try Shell.run(event.rawValue, in: folder.path)
    let before = try listing(folder)
    try await put("three", writer)
    let displaced = ArchiveError.displaced(path: folder.file("a"))
    await #expect(throws: displaced) { try await writer.commit() }
    await #expect(throws: displaced) { try await writer.close() }
    if event != .filesOverwritten { #expect(try listing(folder) == before) }
  }

  @Test("no clean end is written", arguments: Event.allCases)
  func close(event: Event) async throws {
    // Nobody looks into files that nothing more is written to.
    guard event != .filesOverwritten else { return }
    let folder = try TemporaryFolder()
    let writer = try await prepared(folder)
    _ = try Shell.run(event.rawValue, in: folder.path)
    let before = try listing(folder)
    await #expect(throws: ArchiveError.displaced(path: folder.file("a"))) {
      try await writer.close()
    }
    #expect(try listing(folder) == before)
  }

  @Test("what was committed before is there for the next writer", arguments: ["a", "away"])
  func goesOn(place: String) async throws {
    let folder = try TemporaryFolder()
    let writer = try await prepared(folder)
    _ = try Shell.run(Event.movedAway.rawValue, in: folder.path)
    try await put("three", writer)
    await #expect(throws: ArchiveError.self) { try await writer.close() }
    if place == "a" { _ = try Shell.run("mv away a", in: folder.path) }
    try await night(["three"], at: folder.file(place))
    let reader = try ArchiveReader.open(at: folder.file(place))
    #expect(try await reader.messages().count == 3)
    #expect(try await ArchiveCheck(at: folder.file(place)).run(.messages).isClean)
  }

  @Test("a link to the archive that leads to the same one is no matter")
  func renamedAbove() async throws {
    let folder = try TemporaryFolder()
    try await night(["one"], at: folder.file("real"))
    _ = try Shell.run("ln -s real a", in: folder.path)
    let writer = try await ArchiveWriter.open(at: folder.file("a"))
    try await put("two", writer)
    _ = try Shell.run("mv real true && ln -sfn true a", in: folder.path)
    _ = try await writer.close()
    let reader = try ArchiveReader.open(at: folder.file("a"))
    #expect(try await reader.messages().count == 2)
  }
}
