// mailmove: a story of some commits.
// SPDX-License-Identifier: Apache-2.0

import MailWire

@testable import MailArchive

/// What tests let a writer do, step by step; each step ends in a commit.
struct ArchiveScript: Sendable {
  typealias Step = @Sendable (ArchiveWriter) async throws -> Void

  var steps: [Step]
  var options = ArchiveOptions()
  var limits = CommitLimits()

  /// A moment in 2026 at which everything happens.
  static let now: Int64 = 1_795_000_000

  /// Opens, takes each step and commits after it.
  ///
  /// - Parameter acknowledged: called after each commit.
  func run(
    on storage: any Storage, catalog: Catalog.Place = .memory, from first: Int = 0,
    clock: @escaping Timestamp.Clock = { now },
    afterEach acknowledged: (Int, ArchiveWriter) async throws -> Void = { _, _ in }
  ) async throws {
    let writer = try await ArchiveWriter.open(
      storage, catalog: catalog, options: options, limits: limits, clock: clock)
    do {
      for index in first..<steps.count {
        try await steps[index](writer)
        _ = try await writer.commit()
        try await acknowledged(index, writer)
      }
      _ = try await writer.close()
    } catch {
      await writer.abandon()
      throw error
    }
  }

  /// Mail into two folders and three years, a copy, flags, a message that vanishes, a run's result.
  static let plain = ArchiveScript(steps: [
    { writer in
      let inbox = try await folder("INBOX", writer)
      try await put("one", year: 2019, in: inbox, writer)
      try await put("two", year: 2026, in: inbox, writer)
    },
    { writer in
      let inbox = try await folder("INBOX", writer)
      let work = try await folder("Work/Ünïcode", writer)
      try await put("three", year: 2019, in: work, writer)
      try await put("one", year: 2019, in: work, writer)
      try await put("undated", year: nil, in: inbox, writer)
    },
    { writer in
      let inbox = try await folder("INBOX", writer)
      try await writer.setFlags(
        FlagSet(system: [.seen, .flagged], keywords: [Keyword("$Work")]),
        of: PlacementKey(folder: inbox.id, uidValidity: inbox.uidValidity, uid: 1))
      try await writer.markGone([2], in: inbox.id)
      try await writer.note(
        ScanEvent(folder: inbox.id, uidValidity: 77, uidNext: 12, modSeq: 99))
      var facts = JSONObject()
      facts.add("messages", 4)
      try await writer.noteEnd(facts)
    },
    { writer in
      let inbox = try await folder("INBOX", writer)
      try await put("four", year: 2026, in: inbox, writer)
    },
  ])

  /// Segments and journal files so small that every commit begins and seals some.
  static let rolling: ArchiveScript = {
    var script = ArchiveScript(
      steps: (0..<4).map { index in
        { writer in
          let inbox = try await folder("INBOX", writer)
          try await put("a\(index)", year: 2019, in: inbox, writer)
          try await put("b\(index)", year: 2020, in: inbox, writer)
          try await put("c\(index)", year: 2019, in: inbox, writer)
        }
      })
    script.options.group = 0
    script.options.segment = 300
    script.limits.journalBytes = 700
    return script
  }()

  /// The same as `plain` when every message counts as large.
  static let large: ArchiveScript = {
    var script = plain
    script.limits.largeMessage = 0
    return script
  }()

  static func folder(_ name: String, _ writer: ArchiveWriter) async throws -> ArchiveFolder {
    let account = try await writer.account("me@example.org", proto: "imap")
    return try await writer.folder(name, in: account, FolderProperties(delimiter: "/"))
  }

  /// A small message whose bytes depend on the name alone.
  static func bytes(_ name: String) -> [UInt8] {
    Array("Subject: \(name)\r\nFrom: a@example.org\r\n\r\nFrom here on \(name).\r\n".utf8)
  }

  @discardableResult static func put(
    _ name: String, year: Int?, in folder: ArchiveFolder, _ writer: ArchiveWriter
  ) async throws -> StagedMessage {
    let bytes = bytes(name)
    let date = year.map { year in
      InternalDate(secondsSinceEpoch: Int64(year - 1970) * 31_556_952 + 86_400, zoneMinutes: 120)
    }
    return try await writer.stage(
      ArchiveMessage(
        bytes: bytes, digest: SHA256Digest(of: bytes), folder: folder.id, internalDate: date,
        flags: FlagSet(system: .answered)))
  }
}
