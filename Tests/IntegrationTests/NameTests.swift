// mailmove: real servers, and names that are only the same to read.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailArchive
import MailTestKit
import Testing

extension MigrationTests {
  /// One after the other with the moves between servers: each blocks a thread of the pool.
  @Suite("Names between real servers") struct NameTests {}
}

extension MigrationTests.NameTests {
  private static let composed = "Caf\u{E9}"
  private static let decomposed = "Cafe\u{301}"

  /// Three messages in one folder, two in its twin.
  private func fill(_ lab: DovecotLab) throws {
    let client = try LabClient(lab)
    for (name, count) in [(Self.composed, 3), (Self.decomposed, 2)] {
      try client.create(name)
      let letters = SampleMailbox.messages(count: count, seed: UInt64(count)).map {
        SampleMessage(
          bytes: $0.bytes, flags: [], internalDate: $0.internalDate, mailbox: name)
      }
      try client.append(letters, to: name)
    }
  }

  @Test func foldersThatAreOnlyTheSameToReadComeIntoAnArchiveBehindALinkAndBack() async throws {
    let bench = try Bench()
    try fill(bench.old)
    let real = bench.folder.path + "/elsewhere"
    try FileManager.default.createDirectory(atPath: real, withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: bench.archive, withDestinationPath: "elsewhere")
    for copied in ["5 messages copied", "0 messages copied"] {
      let ended = try bench.run("sync", ["--full"], to: .archive)
      #expect(ended.exit == 0, "\(ended.errors)")
      #expect(ended.output.contains(copied), "\(ended.output)")
    }
    #expect(try bench.run("verify", ["--level", "bytes"], to: .archive).exit == 0)
    let reader = try ArchiveReader.open(at: real)
    var counts: [Int64] = []
    for folder in try await reader.folders() where folder.name.hasPrefix("Caf") {
      counts.append(try await reader.extent(of: folder).messages)
    }
    try reader.close()
    #expect(counts.sorted() == [2, 3])
    let restored = try bench.run("sync", from: .archive)
    #expect(restored.exit == 0, "\(restored.errors)")
    #expect(restored.output.contains("5 messages copied"), "\(restored.output)")
    #expect(try bench.run("verify", ["--level", "bytes"], from: .archive).exit == 0)
  }

  @Test(arguments: [(composed, "3 messages copied"), (decomposed, "2 messages copied")])
  func aRuleMeansTheFolderToTheByte(typed: String, copied: String) throws {
    for options in [["--include", typed], ["--include", "Other", "--map", "\(typed)=Other"]] {
      let bench = try Bench()
      try fill(bench.old)
      let ended = try bench.run("sync", options)
      #expect(ended.output.contains(copied), "\(ended.output) \(ended.errors)")
    }
  }
}
