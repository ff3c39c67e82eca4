// mailmove: an archive in the hands of somebody who has nothing but its README.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import MailWire
import Testing

@testable import MailArchive

@Suite("Read without mailmove, an archive")
struct StrangerTests {
  private let folder: TemporaryFolder
  private let archive: UnkindArchive
  private var path: String { folder.file("archive") }

  init() async throws {
    folder = try TemporaryFolder()
    archive = try await UnkindArchive(
      count: 80, segment: 2_000, on: DiskStorage(root: folder.file("archive")),
      catalog: .file(folder.file("archive/catalog.sqlite")))
  }

  @Test("has checksums that sha256sum agrees with")
  func checksums() throws {
    let lines = try Shell.run("sha256sum -c SHA256SUMS", in: path).split(separator: "\n")
    #expect(!lines.isEmpty)
    #expect(lines.allSatisfy { $0.hasSuffix(": OK") })
  }

  @Test("shows where each message is, and how to get it exactly")
  func show() throws {
    let rows = try Shell.run(
      "sqlite3 -separator '\t' catalog.sqlite 'select sha256, show from v_message'", in: path
    ).split(separator: "\n").map { $0.split(separator: "\t") }
    #expect(rows.count == 80)
    let digests = Set(archive.entries.map(\.digest.description))
    for row in rows.prefix(20) {
      let lines = """
        (\(row[1])) > entry
        n=$(sed -n '2s/.*lines=\\([0-9]*\\).*/\\1/p' entry)
        s=$(sed -n '2s/.*size=\\([0-9]*\\).*/\\1/p' entry)
        r='s/$/\\r/'
        if sed -n 2p entry | grep -q eol=raw; then r=; fi
        tail -n +$((n+2)) entry | LC_ALL=C sed 's/^>\\(>*From \\)/\\1/' | LC_ALL=C sed "$r" \
        | head -c $s | sha256sum
        """
      let digest = String(try Shell.run(lines, in: path).prefix(64))
      #expect(digest == String(row[0]))
      #expect(digests.contains(digest))
    }
  }

  @Test("has a journal whose chain sha256sum can follow")
  func chain() throws {
    let commits = try Shell.run(
      "zcat journal/*.gz | grep '^{\"e\":\"commit\"'", in: path
    ).split(separator: "\n")
    #expect(commits.count > 1)
    for line in commits {
      let json = try JSONParser.object(Array(line.utf8)[...])
      let offset = try #require(json.integer("joff"))
      let said = try Shell.run("head -c \(offset) journal/00000001.jsonl.gz | sha256sum", in: path)
      #expect(said.hasPrefix(try #require(json.string("jprev"))))
    }
  }

  @Test("explains itself in a README")
  func readme() throws {
    #expect(
      try Shell.run("cat README.txt", in: path)
        == ArchiveReadme.text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
