// mailmove: archives that are missing, moved, put back or damaged.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailArchive
import MailTestKit
import Testing

extension MigrationTests {
  /// One after the other with the moves between servers: each blocks a thread of the pool.
  @Suite("An archive on moving ground") struct ArchiveGroundTests {}
}

extension MigrationTests.ArchiveGroundTests {
  private static func letter(_ number: Int) -> SampleMessage {
    let letter = SampleMailbox.messages(count: 1, seed: UInt64(100 + number))[0]
    return SampleMessage(
      bytes: letter.bytes, flags: [], internalDate: letter.internalDate, mailbox: "INBOX")
  }

  private func filled(_ count: Int) throws -> (Bench, LabClient) {
    let bench = try Bench()
    let old = try LabClient(bench.old)
    try old.append((0..<count).map(Self.letter), to: "INBOX")
    let first = try bench.run("sync", to: .archive)
    #expect(first.exit == 0, "\(first.errors)")
    return (bench, old)
  }

  private func ledgers(_ bench: Bench) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: bench.folder.path + "/state")
      .filter { $0.hasSuffix(".sqlite") }
  }

  private func move(_ first: String, _ second: String) throws {
    try FileManager.default.moveItem(atPath: first, toPath: second)
  }

  @Test func whatIsNotMountedIsNotBegunAnew() throws {
    let (bench, old) = try filled(4)
    try move(bench.archive, bench.archive + "-aside")
    try FileManager.default.createDirectory(
      atPath: bench.archive, withIntermediateDirectories: false)
    try old.append([Self.letter(9)], to: "INBOX")
    for command in ["sync", "plan", "verify"] {
      let ended = try bench.run(command, to: .archive)
      #expect(ended.exit == 4, "\(command): \(ended.errors)")
      #expect(ended.errors.contains("mounted?"), "\(ended.errors)")
      #expect(ended.errors.contains(try ledgers(bench)[0]), "\(ended.errors)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: bench.archive).isEmpty)
    try FileManager.default.removeItem(atPath: bench.archive)
    #expect(try bench.run("sync", to: .archive).exit == 4)
    try move(bench.archive + "-aside", bench.archive)
    let again = try bench.run("sync", to: .archive)
    #expect(again.exit == 0 && again.output.contains("1 message copied"), "\(again.errors)")
  }

  /// A server that lists less for one night; what it lists again, the archive shows again.
  @Test func mailThatWasHiddenForANightIsShownAgain() async throws {
    let (bench, _) = try filled(3)
    func shown() async throws -> Int {
      let reader = try ArchiveReader.open(at: bench.archive)
      defer { try? reader.close() }
      let inbox = try #require(try await reader.folders().first)
      return try await reader.placements(in: inbox).count
    }
    try bench.old.backUpHome()
    let old = try LabClient(bench.old)
    _ = try old.select("INBOX")
    try old.store(uids: [1, 2], "+FLAGS (\\Deleted)")
    try old.expunge()
    #expect(try bench.run("sync", to: .archive).exit == 0)
    #expect(try await shown() == 1)
    try bench.old.putBackHome()
    let again = try bench.run("sync", to: .archive)
    #expect(again.exit == 0 && again.output.contains("0 messages copied"), "\(again.errors)")
    #expect(try await shown() == 3)
    #expect(try bench.run("verify", ["--level", "bytes"], to: .archive).exit == 0)
  }

  @Test func aJobFollowsItsArchive() throws {
    let (bench, old) = try filled(4)
    try move(bench.archive, bench.otherArchive)
    let moved = try bench.run("sync", to: .otherArchive)
    #expect(moved.exit == 0, "\(moved.errors)")
    #expect(moved.output.contains("0 messages copied"), "\(moved.output)")
    #expect(moved.output.contains(" 0 already there"), "\(moved.output)")
    #expect(try ledgers(bench).count == 1)
    try old.append([Self.letter(9)], to: "INBOX")
    try FileManager.default.createSymbolicLink(
      atPath: bench.archive, withDestinationPath: bench.otherArchive)
    let linked = try bench.run("sync", to: .archive)
    #expect(linked.exit == 0 && linked.output.contains("1 message copied"), "\(linked.errors)")
    #expect(try bench.run("verify", ["--level", "bytes"], to: .otherArchive).exit == 0)
    #expect(try ledgers(bench).count == 1)
  }

  @Test func aConfiguredJobFollowsItsArchiveAndTakesNoOther() throws {
    let bench = try Bench()
    let old = bench.old.options.users[0].name + "@localhost:\(bench.old.ports.imaps)"
    try LabClient(bench.old).append((0..<3).map(Self.letter), to: "INBOX")
    func sync(_ target: String) throws -> Bench.Ended {
      let file = bench.folder.path + "/config.yaml"
      let text = """
        version: 1
        jobs:
          alice:
            source: imaps://\(old)
            source-tls-ca: \(bench.authority)
            target: archive:\(target)
        """
      try Data(text.utf8).write(to: URL(fileURLWithPath: file))
      return try bench.binary(
        ["sync", "alice", "--config", file, "--state", bench.folder.path + "/state"])
    }
    let first = try sync(bench.archive + "/")
    #expect(first.exit == 0 && first.output.contains("3 messages copied"), "\(first.errors)")
    for path in [bench.otherArchive, bench.folder.path + "/state"] {
      let refused = try sync(path)
      #expect(refused.exit == 4 && refused.errors.contains("mounted?"), "\(refused.errors)")
    }
    try move(bench.archive, bench.otherArchive)
    for _ in 1...2 {
      let moved = try sync(bench.otherArchive)
      #expect(moved.exit == 0, "\(moved.errors)")
      #expect(moved.output.contains("0 messages copied, 0 already"), "\(moved.output)")
    }
    #expect(try sync(bench.archive).exit == 4)
  }

  @Test func anOlderCopyIsKnownAsOne() throws {
    let (bench, old) = try filled(3)
    let copy = bench.archive + "-copy"
    try FileManager.default.copyItem(atPath: bench.archive, toPath: copy)
    try old.append([Self.letter(8)], to: "INBOX")
    #expect(try bench.run("sync", to: .archive).exit == 0)
    try FileManager.default.removeItem(atPath: bench.archive)
    try move(copy, bench.archive)
    try old.append([Self.letter(9)], to: "INBOX")
    let told = try bench.run("sync", to: .archive)
    #expect(told.exit == 3 && told.errors.contains("older than the ledger"), "\(told.errors)")
    let healed = try bench.run("sync", ["--recopy-lost"], to: .archive)
    #expect(healed.exit == 0, "\(healed.errors)")
    #expect(try bench.run("verify", ["--level", "bytes"], to: .archive).exit == 0)
    #expect(try bench.run("sync", from: .archive).exit == 0)
    #expect(try bench.bytes(bench.new) == bench.bytes(bench.old))
  }

  @Test func damageIsToldAndMended() async throws {
    let (bench, old) = try filled(5)
    let metrics = bench.folder.path + "/metrics.prom"
    let segment = try #require(
      FileManager.default.subpaths(atPath: bench.archive)?.first { $0.hasSuffix(".mbox.gz") })
    let url = URL(fileURLWithPath: bench.archive + "/" + segment)
    var bytes = try Data(contentsOf: url)
    bytes[bytes.count / 2] ^= 4
    try bytes.write(to: url)
    let date = Self.letter(0).internalDate
    try old.append(
      [
        SampleMessage(
          bytes: Self.letter(9).bytes, flags: [], internalDate: date, mailbox: "INBOX")
      ], to: "INBOX")
    let told = try bench.run("sync", ["--metrics-file", metrics, "--quiet"], to: .archive)
    #expect(told.exit == 3 && told.errors.contains(segment), "\(told.errors)")
    #expect(
      try String(contentsOfFile: metrics, encoding: .utf8)
        .contains("mailmove_target_damages{job=\"") == true)
    let mended = try bench.run("sync", to: .archive)
    #expect(mended.exit == 0, "\(mended.errors)")
    #expect(try await ArchiveCheck(at: bench.archive).run(.messages).isClean)
    #expect(try bench.run("verify", ["--level", "bytes"], to: .archive).exit == 0)
    #expect(try bench.run("sync", from: .archive).exit == 0)
    #expect(try bench.bytes(bench.new) == bench.bytes(bench.old))
  }

  @Test func mailThatWasMovedIsRestoredOnce() throws {
    let (bench, old) = try filled(2)
    try old.create("Todo")
    func move(_ first: String, _ second: String) throws {
      try old.append([Self.letter(0)], to: second)
      _ = try old.select(first)
      try old.store(uids: [1], "+FLAGS (\\Deleted)")
      try old.expunge()
      let night = try bench.run("sync", to: .archive)
      #expect(night.exit == 0, "\(night.errors)")
    }
    try move("INBOX", "Todo")
    try move("Todo", "INBOX")
    for gone in [[], ["--gone", "all"]] {
      let planned = try bench.run("plan", gone, from: .archive)
      #expect(planned.exit == 0, "\(planned.errors)")
    }
    let restored = try bench.run("sync", from: .archive)
    #expect(restored.output.contains("2 messages copied"), "\(restored.output)")
    #expect(try bench.bytes(bench.new) == bench.bytes(bench.old))
    #expect(try bench.run("verify", ["--level", "counts"], from: .archive).exit == 0)
    #expect(try bench.run("verify", from: .archive).exit == 0)
    let again = try bench.run("sync", ["--full"], from: .archive)
    #expect(again.output.contains("0 messages copied"), "\(again.output)")
    let all = try bench.run("sync", ["--gone", "all"], from: .archive)
    #expect(all.output.contains("2 messages copied"), "\(all.output)")
  }
}
