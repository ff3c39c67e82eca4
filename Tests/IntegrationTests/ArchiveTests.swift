// mailmove: real servers, an archive, and back.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailArchive
import MailTestKit
import Testing

extension MigrationTests {
  /// One after the other with the moves between servers: each blocks a thread of the pool.
  @Suite("An archive between real servers") struct ArchiveTests {}
}

extension MigrationTests.ArchiveTests {
  /// The archive agrees with itself by every byte, and other programs can read it.
  private func checkArchive(_ bench: Bench) async throws {
    let report = try await ArchiveCheck(at: bench.archive).run(.messages)
    #expect(report.findings == [])
    let segments = try #require(
      FileManager.default.subpaths(atPath: bench.archive)?.filter { $0.hasSuffix(".gz") })
    #expect(!segments.isEmpty)
    for segment in segments {
      let path = bench.archive + "/" + segment
      #expect(try status("/usr/bin/gzip", ["-t", path]) == 0, "\(segment)")
      #expect(try status("/usr/bin/zcat", [path]) == 0, "\(segment)")
    }
  }

  private func status(_ program: String, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test func twoNightsAndARestoreBringBackEverything() async throws {
    let bench = try Bench()
    let old = try LabClient(bench.old)
    try old.fill(with: SampleMailbox(count: 120, seed: 41))
    let first = try bench.run("sync", to: .archive)
    #expect(first.exit == 0, "\(first.errors)")
    #expect(first.output.contains("120 messages copied"), "\(first.output)")

    _ = try old.select("INBOX")
    try old.store(uids: [1], "+FLAGS (\\Answered $Invoice)")
    try old.store(uids: [2], "-FLAGS (\\Seen)")
    let letter = SampleMailbox.messages(count: 1, seed: 98)[0]
    try old.append(
      [
        SampleMessage(
          bytes: letter.bytes, flags: ["\\Seen"], internalDate: letter.internalDate,
          mailbox: "INBOX")
      ], to: "INBOX")
    let second = try bench.run("sync", to: .archive)
    #expect(second.exit == 0, "\(second.errors)")
    #expect(second.output.contains("1 message copied"), "\(second.output)")
    let third = try bench.run("sync", ["--full"], to: .archive)
    #expect(third.output.contains("0 messages copied"), "\(third.output)")
    #expect(third.exit == 0, "\(third.errors)")
    for level in ["counts", "metadata", "headers", "bytes"] {
      let verified = try bench.run("verify", ["--level", level], to: .archive)
      #expect(verified.exit == 0, "\(level): \(verified.output)\(verified.errors)")
    }
    try await checkArchive(bench)

    let restored = try bench.run("sync", from: .archive)
    #expect(restored.exit == 0, "\(restored.errors)")
    #expect(restored.output.contains("121 messages copied"), "\(restored.output)")
    #expect(try bench.difference() == [])
    for level in ["counts", "metadata", "headers", "bytes"] {
      let verified = try bench.run("verify", ["--level", level], from: .archive)
      #expect(verified.exit == 0, "\(level): \(verified.output)\(verified.errors)")
    }
    let again = try bench.run("sync", ["--full"], from: .archive)
    #expect(again.output.contains("0 messages copied"), "\(again.output)")
    #expect(try bench.difference() == [])
  }

  @Test func aMessageThatIsDeletedAtTheServerStaysInTheArchive() async throws {
    let bench = try Bench()
    let old = try LabClient(bench.old)
    let letters = SampleMailbox.messages(count: 5, seed: 6).map {
      SampleMessage(
        bytes: $0.bytes, flags: [], internalDate: $0.internalDate, mailbox: "INBOX")
    }
    try old.append(letters, to: "INBOX")
    let before = try bench.bytes(bench.old)
    #expect(try bench.run("sync", to: .archive).exit == 0)
    _ = try old.select("INBOX")
    try old.store(uids: [3], "+FLAGS (\\Deleted)")
    try old.expunge()
    for _ in 1...2 {
      let ended = try bench.run("sync", to: .archive)
      #expect(ended.exit == 0, "\(ended.errors)")
      #expect(ended.output.contains("0 messages copied"), "\(ended.output)")
    }
    #expect(try bench.run("verify", ["--level", "bytes"], to: .archive).exit == 0)
    try await checkArchive(bench)
    let reader = try ArchiveReader.open(at: bench.archive)
    let folder = try #require(try await reader.folders().first { $0.name == "INBOX" })
    #expect(try await reader.extent(of: folder).messages == 4)
    #expect(try await reader.extent(of: folder, includingGone: true).messages == 5)
    try reader.close()
    #expect(try bench.run("sync", from: .archive).exit == 0)
    #expect(try bench.bytes(bench.new) == before)
  }

  @Test func aMaildropIsArchivedOnce() async throws {
    let bench = try Bench()
    bench.usesPOP3 = true
    let letters = SampleMailbox.messages(count: 40, seed: 8).map {
      SampleMessage(
        bytes: $0.bytes, flags: [], internalDate: $0.internalDate, mailbox: "INBOX")
    }
    try LabClient(bench.old).append(letters, to: "INBOX")
    let first = try bench.run("sync", to: .archive)
    #expect(first.exit == 0, "\(first.errors)")
    #expect(first.output.contains("40 messages copied"), "\(first.output)")
    let second = try bench.run("sync", to: .archive)
    #expect(second.exit == 0, "\(second.errors)")
    #expect(second.output.contains("0 messages copied"), "\(second.output)")
    for level in ["counts", "metadata", "headers", "bytes"] {
      let verified = try bench.run("verify", ["--level", level], to: .archive)
      #expect(verified.exit == 0, "\(level): \(verified.output)\(verified.errors)")
    }
    try await checkArchive(bench)
    #expect(try bench.run("sync", from: .archive).exit == 0)
    #expect(try bench.bytes(bench.new) == bench.bytes(bench.old))
  }

  @Test func planAndVerifyChangeNothing() throws {
    let bench = try Bench()
    try LabClient(bench.old).fill(with: SampleMailbox(count: 20, seed: 3))
    let planned = try bench.run("plan", to: .archive)
    #expect(planned.exit == 0, "\(planned.errors)")
    #expect(!FileManager.default.fileExists(atPath: bench.archive))
    #expect(try bench.run("sync", to: .archive).exit == 0)
    let head = try Data(contentsOf: URL(fileURLWithPath: bench.archive + "/HEAD"))
    let files = FileManager.default.subpaths(atPath: bench.archive)?.sorted()
    #expect(try bench.run("plan", to: .archive).exit == 0)
    #expect(try bench.run("sync", ["--dry-run"], to: .archive).exit == 0)
    #expect(try bench.run("verify", ["--level", "bytes"], to: .archive).exit == 0)
    #expect(FileManager.default.subpaths(atPath: bench.archive)?.sorted() == files)
    #expect(try Data(contentsOf: URL(fileURLWithPath: bench.archive + "/HEAD")) == head)
  }

  @Test func killedAnywhereTheArchiveAndTheLedgerAgree() async throws {
    var random = SeededGenerator.printingSeed()
    let seed = random.seed
    let bench = try Bench()
    try LabClient(bench.old).fill(with: SampleMailbox(count: 600, seed: 19))
    var kills = 0
    for _ in 0..<10 {
      let pause = Double.random(in: 0.05...0.5, using: &random)
      if try bench.runAndKill(after: pause, to: .archive) { kills += 1 } else { break }
    }
    #expect(kills > 0, "no run lasted long enough to be killed")
    let last = try bench.run("sync", to: .archive)
    #expect(last.exit == 0, "\(last.output)\(last.errors)")
    let again = try bench.run("sync", ["--full"], to: .archive)
    #expect(again.output.contains("0 messages copied"), "\(again.output)")
    #expect(try bench.run("verify", ["--level", "bytes"], to: .archive).exit == 0)
    try await checkArchive(bench)
    let restored = try bench.run("sync", from: .archive)
    #expect(restored.exit == 0, "\(restored.errors)")
    #expect(try bench.difference() == [], "after \(kills) kills, seed \(seed)")
  }
}
