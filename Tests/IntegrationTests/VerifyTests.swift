// mailmove: comparing whatever can be a source with whatever can be a target.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailArchive
import MailTestKit
import MailWire
import Testing

extension MigrationTests {
  /// One after the other with the moves between servers: each blocks a thread of the pool.
  @Suite("Comparing real endpoints") struct VerifyTests {}
}

extension MigrationTests.VerifyTests {
  enum Source: CaseIterable { case imap, pop3, archive }
  enum Target: CaseIterable { case imap, archive }
  private static let levels = ["counts", "metadata", "headers", "bytes"]

  /// A letter that differs from the others in size, date, header and body.
  private static func letter(_ number: Int) -> SampleMessage {
    let text =
      "From: a@example.org\r\nMessage-ID: <\(number)@example.org>\r\nSubject: \(number)\r\n"
      + "Date: Tue, 12 Feb 2019 08:0\(number):00 +0100\r\n\r\n"
      + String(repeating: "line of letter \(number)\r\n", count: number)
    return SampleMessage(
      bytes: Array(text.utf8), flags: [],
      internalDate: "12-Feb-2019 08:0\(number):30 +0100", mailbox: "INBOX")
  }

  /// A bench with letters at one place and their copies at another.
  private struct Pairing {
    let bench: Bench
    let source: Bench.Place
    let target: Bench.Place
    let ledger: String

    init(_ from: Source, _ to: Target) throws {
      bench = try Bench()
      bench.usesPOP3 = from == .pop3
      source = from == .archive ? .archive : .old
      target = to == .imap ? .new : from == .archive ? .otherArchive : .archive
      try LabClient(bench.old).append(
        (1...8).map(MigrationTests.VerifyTests.letter), to: "INBOX")
      try Self.fill(bench, source)
      let before = Set(Self.ledgers(bench))
      let ended = try bench.run("sync", from: source, to: target)
      #expect(ended.exit == 0, "\(ended.output)\(ended.errors)")
      ledger = try #require(Set(Self.ledgers(bench)).subtracting(before).first)
    }

    /// An archive that is the source gets what is in the old account.
    private static func fill(_ bench: Bench, _ source: Bench.Place) throws {
      guard source == .archive else { return }
      let ended = try bench.run("sync", from: .old, to: .archive)
      #expect(ended.exit == 0, "\(ended.output)\(ended.errors)")
    }

    private static func ledgers(_ bench: Bench) -> [String] {
      let state = bench.folder.path + "/state"
      let names = (try? FileManager.default.contentsOfDirectory(atPath: state)) ?? []
      return names.filter { $0.hasSuffix(".sqlite") }.map { state + "/" + $0 }
    }

    /// One letter is new at the source; 7 and 8 are missing, or in an archive, from which nothing
    /// can be removed, not where the ledger says; 2 and 3 are in each other's place, 5 has another
    /// flag, and 1 is there twice.
    func spoil() async throws {
      try LabClient(bench.old).append([MigrationTests.VerifyTests.letter(9)], to: "INBOX")
      try Self.fill(bench, source)
      let database = try DatabaseQueue(path: ledger)
      let losesTwo = target != .new
      try await database.write { db in
        let places = try Int.fetchAll(
          db, sql: "SELECT target_uid FROM message ORDER BY uid")
        #expect(places == Array(1...8))
        try db.execute(
          sql: "UPDATE message SET target_uid = 5 - target_uid WHERE uid IN (2, 3)")
        if losesTwo {
          try db.execute(sql: "UPDATE message SET target_uid = 4711 + uid WHERE uid IN (7, 8)")
        }
      }
      try database.close()
      if target == .new { try spoilServer() } else { try await spoilArchive() }
    }

    private func spoilServer() throws {
      let new = try LabClient(bench.new)
      _ = try new.select("INBOX")
      try new.store(uids: [5], "+FLAGS (\\Flagged)")
      try new.store(uids: [7, 8], "+FLAGS (\\Deleted)")
      try new.expunge()
      try new.append([MigrationTests.VerifyTests.letter(1)], to: "INBOX")
    }

    private func spoilArchive() async throws {
      let path = target == .archive ? bench.archive : bench.otherArchive
      let writer = try await ArchiveWriter.open(at: path, createIfMissing: false)
      let inbox = try #require(try await writer.reader().folders().first { $0.name == "INBOX" })
      let fifth = PlacementKey(folder: inbox.id, uidValidity: inbox.uidValidity, uid: 5)
      try await writer.setFlags(FlagSet(system: .flagged), of: fifth)
      let bytes = MigrationTests.VerifyTests.letter(1).bytes
      _ = try await writer.stage(
        ArchiveMessage(
          bytes: bytes, digest: SHA256Digest(of: bytes), folder: inbox.id, internalDate: nil,
          flags: .none))
      _ = try await writer.close()
    }

    func verify(_ level: String, _ more: [String] = []) throws -> Bench.Ended {
      try bench.run("verify", ["--level", level] + more, from: source, to: target)
    }
  }

  /// What has to be found in a spoilt pairing: the UIDs of each kind.
  private static func expected(_ from: Source, _ to: Target, _ level: String) -> [String: Set<Int>]
  {
    guard level != "counts" else {
      // No number says which; in an archive nothing can be missing by number.
      return to == .imap ? ["unaccounted": [], "missing": []] : ["unaccounted": []]
    }
    var found: [String: Set<Int>] = ["unaccounted": [9]]
    // What the ledger alone does not know is found by its content.
    if to == .imap { found["missing"] = [7, 8] }
    // A maildrop has neither flags nor dates.
    if from != .pop3 {
      found["flags"] = [5]
      found["date"] = [2, 3]
    }
    if level != "bytes" { found["size"] = [2, 3] }
    if level != "metadata" { found["header"] = [2, 3] }
    if level == "bytes" {
      found["bytes"] = [2, 3]
      found["doubled"] = [1]
    }
    return found
  }

  private struct Found: Decodable {
    struct Difference: Decodable {
      let kind: String
      let uid: Int?
    }
    let event: String
    let exit: Int32
    let differences: [Difference]
  }

  private static let words = [
    "unaccounted": "not on record", "missing": "missing at the target",
    "flags": "other flags at the target", "date": "another date at the target",
    "size": "another size at the target", "header": "another header at the target",
    "bytes": "other bytes at the target", "doubled": "twice at the target",
  ]

  @Test(arguments: Source.allCases, Target.allCases)
  func everyLevelFindsWhatItPromisesAndNothingElse(from: Source, to: Target) async throws {
    let pairing = try Pairing(from, to)
    for level in Self.levels {
      let whole = try pairing.verify(level)
      #expect(whole.exit == 0, "\(level): \(whole.output)\(whole.errors)")
      #expect(whole.output.contains("no differences"), "\(level): \(whole.output)")
    }
    try await pairing.spoil()
    for level in Self.levels {
      let expected = Self.expected(from, to, level)
      let json = try pairing.verify(level, ["--json"])
      #expect(json.exit == 6, "\(level): \(json.output)\(json.errors)")
      let last = try #require(json.output.split(separator: "\n").last)
      let found = try JSONDecoder().decode(Found.self, from: Data(last.utf8))
      #expect(found.event == "verify" && found.exit == 6)
      let byKind = Dictionary(grouping: found.differences, by: \.kind).mapValues { list in
        Set(list.compactMap(\.uid))
      }
      #expect(byKind == expected, "\(level)")
      let text = try pairing.verify(level)
      #expect(text.exit == 6, "\(level): \(text.errors)")
      for (kind, uids) in expected {
        let lines = text.output.split(separator: "\n")
          .filter { $0.contains(": \(Self.words[kind] ?? "?")") }
        #expect(lines.count == max(uids.count, 1), "\(level), \(kind): \(text.output)")
        #expect(lines.allSatisfy { $0.hasPrefix("INBOX") })
      }
    }
  }
}
