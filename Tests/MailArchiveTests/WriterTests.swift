// mailmove: what an archive keeps.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import MailArchive

@Suite("An archive")
struct WriterTests {
  @Test("gives back what was put into it, on a real disk, to a reader of its own")
  func keepsMail() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("archive")
    let storage = DiskStorage(root: path)
    var written: ArchiveDump?
    try await ArchiveScript.plain.run(
      on: storage, catalog: .file(path + "/catalog.sqlite"),
      afterEach: { _, writer in written = try await ArchiveDump(writer.reader()) })
    let reader = try ArchiveReader.open(at: path)
    let read = try await ArchiveDump(reader)
    #expect(read == written)
    #expect(read.lines.count == 6)
    #expect(
      read.lines.map(\.digest).contains(SHA256Digest(of: ArchiveScript.bytes("undated"))))
    #expect(read.lines.first?.flags == "\\Flagged \\Seen $Work")
    #expect(read.lines.filter(\.isGone).map(\.key.uid) == [2])
    #expect(read.folders.first?.scan?.uidNext == 12)
  }
}
