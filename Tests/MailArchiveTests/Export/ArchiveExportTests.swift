// mailmove: that others can use what comes out of an archive.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import MailWire
import Testing

@testable import MailArchive

@Suite("An export")
struct ArchiveExportTests {
  private let folder: TemporaryFolder
  private let archive: UnkindArchive
  private let reader: ArchiveReader

  init() async throws {
    folder = try TemporaryFolder()
    archive = try await UnkindArchive(count: 120, at: folder.file("archive"))
    reader = try ArchiveReader.open(at: folder.file("archive"))
  }

  private func export(
    _ format: ExportFormat, _ selection: ArchiveExport.Selection = ArchiveExport.Selection()
  ) async throws -> ArchiveExport.Report {
    try await ArchiveExport(reader).run(selection, into: format.sink(at: folder.file("out")))
  }

  private func files() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.file("out")).filter { name in
      var isDirectory: ObjCBool = false
      _ = FileManager.default.fileExists(
        atPath: folder.file("out/" + name), isDirectory: &isDirectory)
      return !isDirectory.boolValue
    }.sorted()
  }

  private func digests(of files: [String]) throws -> Set<SHA256Digest> {
    Set(
      try files.map { name in
        SHA256Digest(
          of: [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("out/" + name)))))
      })
  }

  @Test("as mbox is a file for each folder, which Python reads")
  func mbox() async throws {
    let report = try await export(.mbox)
    #expect(report.messages == 120)
    #expect(report.folders == 4)
    #expect(report.damages == [])
    #expect(
      try files() == [
        "me@example.org/INBOX.mbox", "me@example.org/INBOX/Ünkind.mbox", "other/INBOX.mbox",
        "other/INBOX/Ünkind.mbox",
      ])
    let program = """
      import mailbox, sys
      print(sum(len(mailbox.mbox(name)) for name in sys.argv[1:]))
      """
    let names = try files().map { "'out/\($0)'" }.joined(separator: " ")
    #expect(try Shell.run("python3 -c '\(program)' \(names)", in: folder.path) == "120")
    #expect(
      try Shell.run(
        "cat \(names) | LC_ALL=C grep -ac '^X-Mailmove: 1 lines=[3-5] sha'; true",
        in: folder.path) == "0")
  }

  @Test("as Maildir has exact bytes, the flags in the names and the date as the file's")
  func maildir() async throws {
    #expect(try await export(.maildir).messages == 120)
    #expect(try digests(of: files()) == Set(archive.entries.map(\.digest)))
    let letters: [(SystemFlags, Character)] = [
      (.seen, "S"), (.answered, "R"), (.flagged, "F"), (.draft, "D"), (.deleted, "T"),
    ]
    let names = try files()
    for (flag, letter) in letters {
      let expected = archive.entries.filter { $0.flags.system.contains(flag) }.count
      #expect(
        names.filter { $0.split(separator: ",").count > 2 && $0.hasFlag(letter) }.count == expected)
    }
    let dates = try names.map { name in
      try FileManager.default.attributesOfItem(atPath: folder.file("out/" + name))[
        .modificationDate] as? Date
    }
    #expect(
      Set(dates.compactMap { $0.map { Int64($0.timeIntervalSince1970) } })
        == Set(archive.entries.map(\.date.secondsSinceEpoch)))
    let program = """
      import mailbox
      print(sum(len(mailbox.Maildir("out/" + name)) for name in (
        "me@example.org/INBOX", "me@example.org/INBOX/Ünkind", "other/INBOX",
        "other/INBOX/Ünkind")))
      """
    #expect(
      try Shell.run("PYTHONUTF8=1 LC_ALL=C.UTF-8 python3 -c '\(program)'", in: folder.path)
        == "120")
  }

  @Test("as single files has exact bytes")
  func eml() async throws {
    #expect(try await export(.eml).messages == 120)
    #expect(try digests(of: files()) == Set(archive.entries.map(\.digest)))
    #expect(try files().first == "me@example.org/INBOX/00000001.eml")
  }

  @Test("of some folders or some years has those and no others")
  func selection() async throws {
    let inbox = try #require(try await reader.folders().first { $0.name == "INBOX" })
    let account = try #require(
      try await reader.accounts().first { $0.id == inbox.account }?.label)
    let start: Int64 = 1_550_000_000 + 31_556_952
    let chosen = ArchiveExport.Selection(
      folders: [inbox.id], since: start, before: start + 20_000_000)
    let sink = MemorySink()
    let report = try await ArchiveExport(reader).run(chosen, into: sink)
    let expected = archive.entries.filter {
      $0.source == ArchiveEntry.Source(account: account, folder: "INBOX")
        && (start..<(start + 20_000_000)).contains($0.date.secondsSinceEpoch)
    }
    #expect(!expected.isEmpty)
    #expect(report.messages == Int64(expected.count))
    #expect(Set(await sink.messages.map(\.digest)) == Set(expected.map(\.digest)))
    #expect(!ArchiveExport.Selection(since: 1).includes(nil))
    #expect(ArchiveExport.Selection().includes(nil))
  }

  @Test("never overwrites", arguments: ExportFormat.allCases)
  func overwrites(format: ExportFormat) async throws {
    _ = try await export(format)
    let before = try files()
    await #expect(throws: ArchiveError.occupied(path: folder.file("out"))) {
      try await export(format)
    }
    #expect(try files() == before)
  }

  @Test("leaves out what is damaged, says so, and goes on")
  func damaged() async throws {
    let path = try #require(try await reader.segments().first?.path)
    let file = folder.file("archive/" + path)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
    bytes[40] ^= 0xFF
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    let report = try await export(.eml)
    #expect(!report.damages.isEmpty)
    #expect(report.messages + Int64(report.damages.count) == 120)
    #expect(try digests(of: files()).isSubset(of: Set(archive.entries.map(\.digest))))
  }

  /// Levels of names, and the names of directories they get.
  static let names: [(String, String)] = [
    ("Work", "Work"), ("Work.", "Work%2E"), ("Work ", "Work%20"), (".hidden", "%2Ehidden"),
    ("a b.c", "a b.c"), ("a:b", "a%3Ab"), ("CON", "CON_"), ("con.d", "con.d"), ("cur", "cur_"),
    ("Cafe\u{301}", "Cafe\u{301}"), ("Caf\u{E9}", "Caf\u{E9}"), ("", "_"), (" ", "%20"),
  ]

  @Test("has names of directories that every file system takes", arguments: names)
  func directoryNames(level: String, name: String) {
    #expect(ExportName.of(level).isExactly(name))
    #expect("a/\u{301}b/".levels(separatedBy: "/") == ["a", "\u{301}b", ""])
  }

  @Test("keeps odd folder names apart, and inside its directory", arguments: ExportFormat.allCases)
  func oddNames(format: ExportFormat) async throws {
    let names = [
      "../../escape", "..", ".", "", "/", "a//b", "Work", "work", "WORK", "cur", "a/cur",
      "INBOX.mbox",
      "INBOX", "Caf\u{E9}", "Cafe\u{301}", "Caf\u{E9}/x", "Cafe\u{301}/x", "Work.", "Work ",
      "Work/a.",
      "nul", "COM1/x", "x.eml/y", "nul\u{0}", "tab\t", String(repeating: "ü", count: 300),
      String(repeating: "ü", count: 301), "a:b", "a%3Ab", "-rf", "~", "CON",
    ]
    let sink = try format.sink(at: folder.file("out"))
    for (index, name) in names.enumerated() {
      for account in ["..", "me"] {
        let bytes = Array("message \(account) \(index)".utf8)
        try await sink.add(
          ExportedMessage(
            bytes: bytes, digest: SHA256Digest(of: bytes), date: nil, flags: .none,
            account: account, folder: name, delimiter: "/"))
      }
    }
    try await sink.finish()
    #expect(try files().count == names.count * 2)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
        !$0.hasPrefix(".")
      }.sorted() == ["archive", "out"])
  }
}

extension String {
  fileprivate func hasFlag(_ letter: Character) -> Bool {
    split(separator: ",").last?.contains(letter) == true
  }
}
