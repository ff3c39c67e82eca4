// mailmove: an archive for the tests of the command.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailArchive
import MailWire
import Testing

@testable import MailCommands
@testable import MailJobs

/// A small archive in a temporary folder: two accounts, four folders, five messages in six places.
///
/// One message is in both accounts, one has no date and bytes that no text should have, one has
/// vanished at the source, and one is in a folder with a hostile name.
final class ArchiveSample: Sendable {
  let folder: TemporaryFolder
  var path: String { folder.path + "/archive" }

  static let first = bytes("Subject: one\r\n\r\nFrom here\r\n>From there\r\n")
  static let odd = bytes("Subject: two\n\nNUL \0 and \u{FC}, no end") + [0xFF]
  static let gone = bytes("Subject: three\r\n\r\ngone\r\n")
  static let work = bytes("Subject: four\r\n\r\nwork\r\n")
  static let hostile = bytes("Subject: five\r\n\r\nhostile\r\n")

  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  init() async throws {
    folder = try TemporaryFolder()
    let writer = try await ArchiveWriter.open(at: path, clock: { 1_700_000_000 })
    let me = try await writer.account("me@example.org", proto: "imap", host: "example.org")
    let you = try await writer.account("you@example.net", proto: "pop3", host: "example.net")
    let dots = FolderProperties(delimiter: ".")
    let work = try await writer.folder("Work.Old", in: me, dots)
    let inbox = try await writer.folder(
      "INBOX", in: me, FolderProperties(delimiter: ".", special: "\\Inbox"))
    let bad = try await writer.folder("bad\u{1B}[31m\u{202E}name", in: me, dots)
    let yours = try await writer.folder("INBOX", in: you)
    let flags = FlagSet(system: [.seen, .flagged], keywords: [Keyword("$Work")])
    try await Self.put(
      Self.first, in: inbox, at: 1_550_000_000, zone: 60, flags: flags, writer)
    try await Self.put(Self.odd, in: inbox, writer)
    try await Self.put(Self.gone, in: inbox, at: 1_560_000_000, writer)
    try await Self.put(Self.work, in: work, at: 1_590_000_000, zone: -330, writer)
    try await Self.put(Self.hostile, in: bad, at: 1_590_000_001, writer)
    try await Self.put(Self.first, in: yours, at: 1_550_000_000, writer)
    _ = try await writer.commit()
    try await writer.markGone([3], in: inbox.id)
    _ = try await writer.close()
  }

  /// Puts a message into `INBOX` of the second account.
  func addMessage(at seconds: Int64, zone: Int) async throws {
    let writer = try await ArchiveWriter.open(at: path)
    let account = try await writer.account("you@example.net")
    let inbox = try await writer.folder("INBOX", in: account)
    try await Self.put(Self.work, in: inbox, at: seconds, zone: zone, writer)
    _ = try await writer.close()
  }

  /// Puts a message into a folder of the second account.
  func addMessage(in folder: String) async throws {
    let writer = try await ArchiveWriter.open(at: path)
    let account = try await writer.account("you@example.net")
    let folder = try await writer.folder(folder, in: account)
    try await Self.put(Self.work, in: folder, at: 1_600_000_000, writer)
    _ = try await writer.close()
  }

  private static func put(
    _ bytes: [UInt8], in folder: ArchiveFolder, at seconds: Int64? = nil, zone: Int = 0,
    flags: FlagSet = .none, _ writer: ArchiveWriter
  ) async throws {
    _ = try await writer.stage(
      ArchiveMessage(
        bytes: bytes, digest: SHA256Digest(of: bytes), folder: folder.id,
        internalDate: seconds.map { InternalDate(secondsSinceEpoch: $0, zoneMinutes: zone) },
        flags: flags))
  }

  /// Runs `mailmove archive …`; `ARCHIVE` and `OUT` in arguments stand for paths.
  func run(
    _ words: [String], isWatched: Bool = false
  ) async -> (status: MailJobs.ExitStatus, output: String, errors: String, delivered: [UInt8]) {
    let recorder = Recorder(["HOME": folder.path, "NO_COLOR": "1"], isWatched: isWatched)
    let arguments = words.map {
      $0.replacing("ARCHIVE", with: path).replacing("OUT", with: folder.path + "/out")
    }
    let status = await MailMoveCommand.run(
      ["archive"] + arguments, recorder.surroundings, engine: FakeEngine())
    let said = recorder.output + recorder.errors
    #expect(!said.contains("\u{1B}") && !said.contains("\u{202E}"))
    return (
      status, recorder.output.replacing(folder.path, with: "TMP"),
      recorder.errors.replacing(folder.path, with: "TMP"), recorder.delivered
    )
  }

  /// Every file below a folder, by its path in it.
  func files(in name: String) throws -> [String: [UInt8]] {
    let root = folder.path + "/" + name
    var files: [String: [UInt8]] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: root) {
      var isDirectory: ObjCBool = false
      let full = root + "/" + path
      if FileManager.default.fileExists(atPath: full, isDirectory: &isDirectory),
        !isDirectory.boolValue
      {
        files[path] = Array(try Data(contentsOf: URL(fileURLWithPath: full)))
      }
    }
    return files
  }

  /// The one segment of 2020, which holds two messages in one member.
  func segment() throws -> String {
    let year = "segments/2020"
    let names = try FileManager.default.contentsOfDirectory(atPath: path + "/" + year)
    return year + "/" + (try #require(names.first))
  }

  /// Flips a bit in the middle of the member of 2020.
  func damageSegment() throws { try flipBit(of: try segment(), at: 60) }

  func flipBit(of file: String, at index: Int) throws {
    let url = URL(fileURLWithPath: path + "/" + file)
    var bytes = Array(try Data(contentsOf: url))
    bytes[index] ^= 1
    try Data(bytes).write(to: url)
  }

  func remove(_ file: String) throws {
    try FileManager.default.removeItem(atPath: path + "/" + file)
  }
}
