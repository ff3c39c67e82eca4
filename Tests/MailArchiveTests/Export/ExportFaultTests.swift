// mailmove: that an export that was told to be there is there.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import MailWire
import Testing

@testable import MailArchive

/// Invariant 18: what says that it wrote files has them on the disk.
@Suite("An export to a disk that tells late")
struct ExportFaultTests {
  private let storage = MemoryStorage()
  private let reader: ArchiveReader
  private static let messages = 100

  init() async throws {
    _ = try await UnkindArchive(count: Self.messages, on: storage)
    reader = try ArchiveReader.open(storage, catalog: .memory)
  }

  static let codes: [Int32] = [ENOSPC, EDQUOT, EIO]

  @Test(
    "fails, also when only the last file is not kept", arguments: ExportFormat.allCases,
    LateStorage.Moment.allCases)
  func fails(format: ExportFormat, moment: LateStorage.Moment) async throws {
    let well = LateStorage()
    _ = try await ArchiveExport(reader).run(into: format.sink(in: well))
    let count = well.events.filter { $0.is(moment) }.count
    #expect(count > 3)
    for after in [0, 1, count - 1] {
      for code in Self.codes {
        let trouble = LateStorage.Trouble(moment: moment, code: code, after: after)
        await #expect(throws: ArchiveError.self, "after \(after) of \(count)") {
          try await ArchiveExport(reader).run(into: format.sink(in: LateStorage(trouble)))
        }
        await #expect(throws: ArchiveError.self) {
          try await Salvage(storage).run(into: format.sink(in: LateStorage(trouble)))
        }
      }
    }
  }

  @Test("says which side failed", arguments: ExportFormat.allCases)
  func side(format: ExportFormat) async throws {
    let late = LateStorage(LateStorage.Trouble(moment: .close, code: ENOSPC))
    await #expect(throws: ArchiveError.notExported(.diskFull(path: late.name))) {
      try await ArchiveExport(reader).run(into: format.sink(in: late))
    }
  }

  @Test(
    "has put every byte and every name on the disk when it says so",
    arguments: ExportFormat.allCases, [false, true])
  func isOnDisk(format: ExportFormat, isSalvage: Bool) async throws {
    let late = LateStorage()
    if isSalvage {
      _ = try await Salvage(storage).run(into: format.sink(in: late))
    } else {
      _ = try await ArchiveExport(reader).run(into: format.sink(in: late))
    }
    let events = late.events
    #expect(late.files.count >= 4)
    for path in late.files.keys {
      let wrote = try #require(events.lastIndex(of: .wrote(path)))
      let synchronized = try #require(events.lastIndex(of: .synchronized(path)), "\(path)")
      let closed = try #require(events.lastIndex(of: .closed(path)), "\(path)")
      #expect(wrote < synchronized && synchronized < closed)
    }
    for (index, event) in events.enumerated() {
      guard case .made(let path) = event, !path.isEmpty else { continue }
      let directory = ArchiveLayout.directory(of: path)
      let isKept = events[index...].contains(.synchronizedDirectory(directory))
      #expect(isKept, "the name of \(path)")
    }
    #expect(events.contains(.synchronizedDirectory("..")))
  }

  /// Characters that names may not have, how that shows, and what is used instead.
  static let separators: [(Set<Character>, LateStorage.Manner, String)] = [
    ([], .refuses(EINVAL), ":"), ([":"], .refuses(EINVAL), ";"), ([":"], .refuses(EPERM), ";"),
    ([":"], .refuses(ENOENT), ";"), ([":"], .mangles, ";"), ([":", ";"], .refuses(EIO), "!"),
  ]

  @Test("as Maildir has names that the disk takes, and says so", arguments: separators)
  func separator(
    unfit: Set<Character>, manner: LateStorage.Manner, separator: String
  ) async throws {
    let late = LateStorage(unfit: unfit, manner: manner)
    let report = try await ArchiveExport(reader).run(into: ExportFormat.maildir.sink(in: late))
    #expect(late.files.count == Self.messages)
    #expect(late.files.keys.allSatisfy { $0.contains("\(separator)2,") && $0.contains("/cur/") })
    #expect(report.remarks.isEmpty == (separator == ":"))
    #expect(report.remarks.allSatisfy { $0.contains("'\(separator)2,'") })
  }

  @Test("as Maildir fails with the reason where no such name is taken")
  func noSeparator() async throws {
    for manner in [LateStorage.Manner.refuses(EINVAL), .mangles] {
      let late = LateStorage(unfit: [":", ";", "!"], manner: manner)
      await #expect(throws: ArchiveError.self) {
        try await ArchiveExport(reader).run(into: ExportFormat.maildir.sink(in: late))
      }
    }
  }

  @Test("to a real disk, with more folders and files than may be open")
  func manyFolders() async throws {
    for format in ExportFormat.allCases {
      let folder = try TemporaryFolder()
      let sink = try format.sink(at: folder.file("out"))
      for round in 0..<3 {
        for number in 0..<100 {
          let bytes = Array("Subject: \(round)\n\n\(number)\n".utf8)
          try await sink.add(
            ExportedMessage(
              bytes: bytes, digest: SHA256Digest(of: bytes), date: nil, flags: .none,
              account: "me", folder: "\(number)", delimiter: nil))
        }
      }
      try await sink.finish()
      let list = try Shell.run("cat $(find out -type f) | grep -c ^Subject", in: folder.path)
      #expect(list == "300")
    }
  }
}

extension LateStorage.Event {
  fileprivate func `is`(_ moment: LateStorage.Moment) -> Bool {
    switch (self, moment) {
    case (.synchronized, .synchronize), (.closed, .close): true
    case (.synchronizedDirectory(let path), .directory): path != ".."
    case (.made, _), (.wrote, _), (.synchronized, _), (.closed, _), (.synchronizedDirectory, _):
      false
    }
  }
}
