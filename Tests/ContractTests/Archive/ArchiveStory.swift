// mailmove: an account and its archive, night after night.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailArchive
import MailTestKit
import MailWire
import SyncEngine
import Testing

@testable import MailEndpoints

/// An account in memory, the archive on disk that it is put into, and the account it is given back
/// to.
final class ArchiveStory {
  let folder: TemporaryFolder
  let source: FakeAccount
  let restored = FakeAccount()
  var journal = MemoryJournal()
  private let restoring = MemoryJournal()
  /// What the runs into the archive warned of.
  let warnings = Warnings()

  /// The archive as a backup had it, and put back.
  func backUp() throws { try FileManager.default.copyItem(atPath: path, toPath: path + "-copy") }

  func putBack() throws {
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.moveItem(atPath: path + "-copy", toPath: path)
  }

  var path: String { folder.path + "/archive" }

  init(hasModSeq: Bool = true, letters: Int = 5, traits: MailboxSnapshot.Traits = []) throws {
    folder = try TemporaryFolder()
    var habits = FakeAccount.Habits()
    habits.hasModSeq = hasModSeq
    habits.traits = traits
    source = FakeAccount(habits: habits)
    for number in 0..<letters { deliver(number) }
  }

  func deliver(_ number: Int, to mailbox: MailboxName = .inbox) {
    source.deliver(Self.letter(number), to: mailbox)
  }

  static func letter(_ number: Int) -> String {
    "Message-ID: <\(number)@example.org>\r\nSubject: \(number)\r\n\r\nbody \(number)\r\n"
  }

  /// A run into the archive; one that dies ends as a killed process does.
  func night(
    _ options: RunOptions = RunOptions(), dyingAt crash: CrashPoint = CrashPoint()
  ) async throws -> Report {
    let door = ArchiveDoor(ArchivePlace(path: path, account: nil, side: .target))
    let origin = try EndpointURL("imaps://anna@mail.example.org")
    let run = Run(
      endpoints: RunEndpoints(
        connectSource: { [source] in FakeSource(source) },
        connectTarget: {
          DyingTarget(
            try await ArchiveTarget.connect(
              door, label: "anna@mail.example.org", origin: origin), crash: crash)
        }),
      journal: CrashingJournal(journal) { try crash.pass("journal \($0)") },
      rules: MappingRules(), options: options, pacing: Scenario.instant,
      observer: warnings.observe)
    var report = await run.run()
    if crash.isDead {
      try await door.open().abandon()
    } else {
      _ = try await door.close()
    }
    report.damages = await door.damages.map {
      SyncError($0, scope: .message, remedy: .skip, side: .target)
    }
    return report
  }

  /// A run out of the archive.
  func restore(_ vanished: PlacementChoice.Vanished = .onlyCopies) async throws -> Report {
    let place = ArchivePlace(path: path, account: nil, side: .source, vanished: vanished)
    let run = Run(
      endpoints: RunEndpoints(
        connectSource: { try await ArchiveSource.connect(place) },
        connectTarget: { [restored] in FakeTarget(restored) }),
      journal: restoring, rules: MappingRules(), options: RunOptions(), pacing: Scenario.instant)
    return await run.run()
  }

  /// What a comparison of the account, ledger and the archive it was put into finds.
  func compare(_ level: VerifyLevel) async throws -> [Difference.Kind] {
    try await Verify(
      source: FakeSource(source),
      target: ArchiveView.connect(
        ArchivePlace(path: path, account: nil, side: .target), label: "anna@mail.example.org"),
      journal: journal, level: level
    ).run().differences.map(\.kind)
  }

  /// What a comparison of archive, ledger and the account it was given back to finds.
  func compareRestored(_ level: VerifyLevel) async throws -> [Difference.Kind] {
    let place = ArchivePlace(path: path, account: nil, side: .source)
    return try await Verify(
      source: ArchiveSource.connect(place), target: FakeTarget(restored), journal: restoring,
      level: level
    ).run().differences.map(\.kind)
  }

  /// What came out of the archive: folder and subject of each message.
  func restoredLines() throws -> [String] {
    try restored.names.flatMap { name in
      try restored.read(name) { box in
        box.messages.values.map { message in
          let text = String(decoding: message.bytes, as: UTF8.self)
          return "\(name) \(text.split(separator: "\r\n").last ?? "")"
        }
      }
    }.sorted()
  }

  /// One line for each message: its folder, its text, and whether it is gone.
  func lines() async throws -> [String] {
    let reader = try ArchiveReader.open(at: path)
    var lines: [String] = []
    for folder in try await reader.folders() {
      for placement in try await reader.placements(in: folder, includingGone: true) {
        let state = placement.goneCommit == nil ? "there" : "gone"
        let bytes = try? reader.bytes(of: placement.message)
        let text = bytes.map { String(decoding: $0, as: UTF8.self) } ?? "damaged"
        lines.append("\(folder.name) \(text.split(separator: "\r\n").last ?? "") \(state)")
      }
    }
    try reader.close()
    return lines.sorted()
  }

  func check() async throws -> CheckReport { try await ArchiveCheck(at: path).run(.files) }

  /// Puts damaged messages on record, as `archive check --record` does.
  func recordDamage() async throws {
    let writer = try await ArchiveWriter.open(at: path, createIfMissing: false)
    try await writer.noteDamage(of: try await check().damagedMessages)
    _ = try await writer.close()
  }

  /// Changes a byte in the middle of the segment with a number.
  func damage(segment number: Int) throws {
    let name = "0000000\(number).mbox.gz"
    let found = FileManager.default.enumerator(atPath: path + "/segments")?
      .compactMap { $0 as? String }.first { $0.hasSuffix(name) }
    try change("segments/" + (try #require(found))) { bytes in bytes[bytes.count / 2] ^= 0x10 }
  }

  func change(_ file: String, _ body: (inout [UInt8]) -> Void) throws {
    let url = URL(fileURLWithPath: path + "/" + file)
    var bytes = Array(try Data(contentsOf: url))
    body(&bytes)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
    try Data(bytes).write(to: url)
  }

  /// Takes messages out of the account's lists, as a server that hides them; gives them back.
  func hide(_ uids: [UInt32]) throws -> [UID: FakeAccount.StoredMessage] {
    try source.change(.inbox) { box in
      var hidden: [UID: FakeAccount.StoredMessage] = [:]
      for uid in uids { hidden[UID(uid)] = box.messages.removeValue(forKey: UID(uid)) }
      return hidden
    }
  }

  func show(_ hidden: [UID: FakeAccount.StoredMessage]) throws {
    try source.change(.inbox) { box in box.messages.merge(hidden) { _, new in new } }
  }

  /// Moves a message by its text to the end of another mailbox.
  func move(_ number: Int, from first: MailboxName, to second: MailboxName) throws {
    try source.change(first) { box in
      let uid = box.messages.first { $0.value.bytes == Array(Self.letter(number).utf8) }?.key
      if let uid { box.messages[uid] = nil }
      box.modSeq += 1
    }
    source.create(second)
    deliver(number, to: second)
  }
}
