// mailmove: damage in an archive, and looking for it.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailArchive

extension ArchiveShelf {
  /// Flips the bits of one byte, whatever is there; nil where no segment is.
  func damage(_ segment: Int, _ byte: Int) -> String? {
    guard isThere, let file = World.choose(segment, from: segments),
      let handle = FileHandle(forUpdatingAtPath: path + "/" + file)
    else { return nil }
    defer { try? handle.close() }
    do {
      let size = try handle.seekToEnd()
      guard size > 0 else { return nil }
      let offset = UInt64(byte) % size
      try handle.seek(toOffset: offset)
      guard let old = try handle.read(upToCount: 1)?.first else { return nil }
      try handle.seek(toOffset: offset)
      try handle.write(contentsOf: [old ^ 0xFF])
      return "target: byte \(offset) of \(size) in \(file) is damaged"
    } catch { return nil }
  }

  private var segments: [String] {
    let names = FileManager.default.enumerator(atPath: home)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(ArchiveLayout.segmentSuffix) && !$0.hasPrefix("journal") }
      .sorted()
  }

  /// `archive check --record`; nil where no archive is.
  func check() async throws -> (told: String, findings: [Finding])? {
    guard isThere else { return nil }
    let report = try await ArchiveCheck(at: path).run(.files)
    if !report.damagedMessages.isEmpty {
      let writer = try await ArchiveWriter.open(at: path, createIfMissing: false)
      try await writer.noteDamage(of: report.damagedMessages, detail: "found by a check")
      _ = try await writer.close()
    }
    let told = "archive check --record: \(report.damagedMessages.count) messages are damaged"
    let missed = try await contents().unreadable.filter { !$0.isOnRecord }
    return (
      told,
      missed.map {
        Finding(question: 1, text: "a check put nothing on record of damage in \($0.mailbox)")
      }
    )
  }
}
