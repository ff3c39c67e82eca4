// mailmove: tests of archive export and archive salvage.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailArchive
import MailWire
import SyncEngine
import Synchronization
import Testing

@testable import MailCommands
@testable import MailJobs

@Suite("mailmove archive export and salvage")
struct ArchiveExportTests {
  private let sample: ArchiveSample

  init() async throws { sample = try await ArchiveSample() }

  @Test("write single files with the exact bytes and say how many")
  func eml() async throws {
    let said = await sample.run(["export", "ARCHIVE", "OUT", "--format", "eml"])
    #expect(said.status == .success)
    #expect(said.output == "5 messages (164 B) of 4 folders exported as eml to TMP/out\n")
    #expect(
      said.errors
        == "1 message of these folders that vanished at the source not exported; "
        + "--all takes them too\n")
    #expect(
      try sample.files(in: "out") == [
        "me@example.org/INBOX/00000001.eml": ArchiveSample.first,
        "me@example.org/INBOX/00000002.eml": ArchiveSample.odd,
        "me@example.org/Work/Old/00000001.eml": ArchiveSample.work,
        "me@example.org/bad%1B[31m\u{202E}name/00000001.eml": ArchiveSample.hostile,
        "you@example.net/INBOX/00000001.eml": ArchiveSample.first,
      ])
  }

  /// Options, and the files that come of them.
  static let selections: [([String], [String])] = [
    (["--folder", "Work/*"], ["me@example.org/Work/Old/00000001.eml"]),
    (
      ["--folder", "Work/*", "--folder", "INBOX", "--account", "me@example.org", "--all"],
      [
        "me@example.org/INBOX/00000001.eml", "me@example.org/INBOX/00000002.eml",
        "me@example.org/INBOX/00000003.eml", "me@example.org/Work/Old/00000001.eml",
      ]
    ),
    (
      ["--since", "2019-02-12", "--before", "2019-02-13"],
      ["me@example.org/INBOX/00000001.eml", "you@example.net/INBOX/00000001.eml"]
    ),
    (["--since", "2019-02-13", "--before", "2020-05-20"], []),
  ]

  @Test("choose by folder, account and days", arguments: selections)
  func selection(options: [String], files: [String]) async throws {
    let said = await sample.run(["export", "ARCHIVE", "OUT", "--format", "eml"] + options)
    #expect(said.status == .success)
    #expect(try sample.files(in: "out").keys.sorted() == files)
  }

  @Test("write every format they name", arguments: ExportFormat.allCases)
  func formats(format: ExportFormat) async throws {
    let said = await sample.run(["export", "ARCHIVE", "OUT", "--format", format.rawValue, "-q"])
    #expect(said.status == .success)
    #expect(said.output.isEmpty && said.errors.isEmpty)
    #expect(try sample.files(in: "out").count == (format == .mbox ? 4 : 5))
  }

  @Test("refuse a folder that is occupied and touch nothing in it")
  func occupied() async throws {
    _ = try sample.folder.file("out/mine.txt", "keep")
    for command in [
      ["export", "ARCHIVE", "OUT", "--format", "mbox"], ["salvage", "ARCHIVE", "OUT"],
    ] {
      let said = await sample.run(command)
      #expect(said.status == .usage)
      #expect(
        said.errors
          == "mailmove: TMP/out is not empty, and nothing is ever overwritten\n"
          + "  give a folder that is new or empty\n")
      #expect(try sample.files(in: "out") == ["mine.txt": Array("keep".utf8)])
    }
  }

  /// Arguments, and what is said about them.
  static let mistakes: [([String], String)] = [
    (
      ["export", "ARCHIVE", "OUT", "--format", "mobx"],
      """
      mailmove: --format: expected mbox, maildir or eml, got 'mobx'
        did you mean 'mbox'?
      """
    ),
    (
      ["export", "ARCHIVE", "OUT", "--format", "mbox", "--folder", "Nope"],
      """
      mailmove: --folder: no folder of the archive matches 'Nope'
        'mailmove archive ls TMP/archive' lists the folders
      """
    ),
    (
      ["export", "ARCHIVE", "OUT", "--format", "mbox", "--since", "2019-02-29"],
      "mailmove: --since: expected a day such as 2019-02-12, got '2019-02-29'"
    ),
    (
      ["export", "ARCHIVE", "OUT", "--format", "mbox", "--before", "yesterday"],
      "mailmove: --before: expected a day such as 2019-02-12, got 'yesterday'"
    ),
    (
      [
        "export", "ARCHIVE", "OUT", "--format", "mbox", "--since", "2019-02-02", "--before",
        "2019-02-02",
      ],
      "mailmove: no day is since 2019-02-02 and before 2019-02-02"
    ),
    (
      ["export", "ARCHIVE", "ARCHIVE/out", "--format", "mbox"],
      """
      mailmove: TMP/archive/out is inside the archive
        give a folder outside of it
      """
    ),
    (
      ["export", "ARCHIVE", "OUT/of/reach", "--format", "mbox"],
      """
      mailmove: there is no folder TMP/out/of
        make it first, or give another
      """
    ),
    (
      ["export", "ARCHIVE", "/proc/mailmove", "--format", "mbox"],
      """
      mailmove: /proc/mailmove cannot be made: no such file or directory
        give another folder
      """
    ),
    (
      ["salvage", "ARCHIVE", "/proc/mailmove"],
      """
      mailmove: /proc/mailmove cannot be made: no such file or directory
        give another folder
      """
    ),
    (
      ["salvage", "ARCHIVE", "ARCHIVE"],
      """
      mailmove: TMP/archive is inside the archive
        give a folder outside of it
      """
    ),
    (
      ["salvage", "ARCHIVE", "OUT", "--format", "zip"],
      "mailmove: --format: expected archive, mbox, maildir or eml, got 'zip'"
    ),
  ]

  @Test("say what was mistaken and make nothing", arguments: mistakes)
  func mistaken(arguments: [String], words: String) async throws {
    let before = try sample.files(in: "archive").keys.sorted()
    let said = await sample.run(arguments)
    #expect(said.status == .usage)
    #expect(said.errors == words + "\n")
    #expect(said.output.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: sample.folder.path + "/out"))
    #expect(try sample.files(in: "archive").keys.sorted() == before)
  }

  @Test("leave out what is damaged, say so, and end with 3")
  func damaged() async throws {
    try sample.damageSegment()
    let said = await sample.run(["export", "ARCHIVE", "OUT", "--format", "eml"])
    #expect(said.status == .skips)
    #expect(
      said.output == """
        left out: segments/2020/00000002.mbox.gz at byte 0: message 4: its member is damaged
        left out: segments/2020/00000002.mbox.gz at byte 0: message 5: its member is damaged
        3 messages (115 B) of 2 folders exported as eml to TMP/out; 2 left out

        """)
    #expect(try sample.files(in: "out").count == 3)
  }

  @Test("tell programs what came out")
  func json() async throws {
    let said = await sample.run(["export", "ARCHIVE", "OUT", "--format", "mbox", "--json"])
    #expect(
      said.output == #"""
        {"schema":1,"event":"export","time":"2026-03-01T12:00:00Z","exit":0,"format":"mbox",\#
        "folder":"TMP/out","folders":4,"messages":5,"bytes":164,"vanished":1,"damages":[]}

        """#)
    let salvaged = await sample.run(["salvage", "ARCHIVE", "OUT2", "--json"])
    #expect(
      salvaged.output == #"""
        {"schema":1,"event":"salvage","time":"2026-03-01T12:00:00Z","exit":0,\#
        "format":"archive","folder":"TMP/out2","segments":3,"messages":5,"bytes":148,\#
        "repeats":0,"damages":[]}

        """#)
  }

  @Test("make a new archive of segments that nothing else is left of")
  func salvage() async throws {
    for file in ["journal", "catalog.sqlite", "HEAD", "mailmove-archive.json"] {
      try sample.remove(file)
    }
    let said = await sample.run(["salvage", "ARCHIVE", "OUT"])
    #expect(said.status == .success)
    #expect(
      said.output
        == "5 messages (148 B) of 3 segments salvaged as archive to TMP/out; nothing was lost\n")
    #expect(await sample.run(["check", "OUT", "--deep"]).status == .success)
    for bytes in [
      ArchiveSample.first, ArchiveSample.odd, ArchiveSample.gone, ArchiveSample.work,
      ArchiveSample.hostile,
    ] {
      let digest = "\(SHA256Digest(of: bytes))"
      #expect(await sample.run(["cat", "OUT", "--sha256", digest]).delivered == bytes)
    }
  }

  @Test("end with 3 when something is lost, and with 7 when there is nothing")
  func salvageOfDamage() async throws {
    try sample.damageSegment()
    let said = await sample.run(["salvage", "ARCHIVE", "OUT", "--format", "eml"])
    #expect(said.status == .skips)
    #expect(
      said.output == """
        lost: segments/2020/00000002.mbox.gz at byte 0: a damaged member
        3 messages (99 B) of 3 segments salvaged as eml to TMP/out; something was lost at 1 place

        """)
    let nothing = await sample.run(["salvage", "OUT/of", "OUT2"])
    #expect(nothing.status == .localState)
    #expect(
      nothing.errors == "mailmove: there is no such archive: TMP/out/of\n  check the path\n")
    #expect(!FileManager.default.fileExists(atPath: sample.folder.path + "/out2"))
  }

  @Test("say now and then how far they are, to somebody who watches only")
  func progress() async throws {
    let words =
      "3 messages (98 B) so far, now in INBOX\n6 messages (188 B) so far, now in INBOX\n"
    for (isWatched, expected) in [(true, words), (false, "")] {
      let said = Mutex("")
      let clock = Mutex(ContinuousClock.now)
      let surroundings = Surroundings(
        environment: [:], isTerminal: { _ in isWatched }, width: { 80 },
        now: {
          clock.withLock { moment in
            moment += .seconds(1)
            return moment
          }
        }, seconds: { 0 },
        write: { text, stream in
          if case .errors = stream { said.withLock { $0 += text } }
        }, deliver: { _ in })
      let out = sample.folder.path + "/\(isWatched)"
      _ = await MailMoveCommand.run(
        ["archive", "export", sample.path, out, "--format", "mbox", "--all"], surroundings,
        engine: FakeEngine())
      #expect(said.withLock { $0 } == expected)
    }
  }

  @Test("mean a folder to the byte where there is one, and else what is the same to read")
  func twins() async throws {
    let composed = "Caf\u{E9}"
    let decomposed = "Cafe\u{301}"
    try await sample.addMessage(in: composed)
    let alone = await sample.run([
      "export", "ARCHIVE", "OUT1", "--format", "eml", "--folder", decomposed,
    ])
    #expect(alone.output.hasPrefix("1 message "), "\(alone)")
    #expect(await sample.run(["cat", "ARCHIVE", decomposed, "1"]).delivered == ArchiveSample.work)
    try await sample.addMessage(in: decomposed)
    try await sample.addMessage(in: decomposed)
    for (name, count) in [(composed, 1), (decomposed, 2)] {
      let said = await sample.run(
        ["export", "ARCHIVE", "OUT\(count)x", "--format", "eml", "--folder", name])
      #expect(said.output.hasPrefix("\(count) message"), "\(said)")
      #expect(
        await sample.run(["cat", "ARCHIVE", name, "2"]).status == (count == 2 ? .success : .usage))
    }
    let all = await sample.run(
      ["export", "ARCHIVE", "OUT9", "--format", "eml", "--account", "you@example.net"])
    #expect(all.output.hasPrefix("4 messages "), "\(all)")
  }

  @Test("say after a failure what can be done, and not that the same command may be typed again")
  func failure() async throws {
    let out = sample.folder.path + "/out"
    let error = await #expect(throws: SyncError.self) {
      try await OutputFolder.fill(out) { () throws(ArchiveError) in
        throw ArchiveError.notExported(.diskFull(path: "x"))
      }
    }
    #expect(error?.cause == .diskFull && error?.side == .target)
    #expect(
      error?.hint
        == "make room; \(out) is not complete: remove it, or give another folder, and then run the "
        + "command again")
    for failed in [
      ArchiveError.notExported(.io(operation: "closing", path: "x", reason: "y")),
      .notExported(.readOnly(path: "x")),
      .notExported(.damaged(ArchiveDamage(.journal, path: "", ""))),
    ] {
      let error = await #expect(throws: SyncError.self) {
        try await OutputFolder.fill(out) { () throws(ArchiveError) in throw failed }
      }
      #expect(error?.cause == .exportFailed && error?.hint.contains(out) == true)
      #expect(error.map { MailJobs.ExitStatus($0) } == .localState)
    }
    let reading = await #expect(throws: SyncError.self) {
      try await OutputFolder.fill(out) { () throws(ArchiveError) in
        throw ArchiveError.io(operation: "reading", path: "x", reason: "y")
      }
    }
    #expect(reading?.cause == .archiveFailed && reading?.hint.contains("remove it") == true)
  }
}
