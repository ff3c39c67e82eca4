// mailmove: a ledger to measure.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailWire
import SQLiteJournal
import SyncEngine

/// A ledger with one mailbox, in memory where there is a folder for that.
struct MicroLedger {
  private let journal: SQLiteJournal
  private let pair: MailboxPair
  private let folder: String

  init() async throws {
    let parent =
      FileManager.default.isWritableFile(atPath: "/dev/shm")
      ? "/dev/shm" : FileManager.default.temporaryDirectory.path
    folder = "\(parent)/mailmove-bench-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    journal = try SQLiteJournal.open(
      at: "\(folder)/job.sqlite",
      job: JobIdentity(source: "imaps://a@old.example", target: "imaps://b@new.example"))
    let name = MailboxName(Array("INBOX".utf8))
    var mapped = MappedMailbox(
      source: name, sourceDelimiter: UInt8(ascii: "/"), sourcePath: "INBOX", role: nil,
      roleRule: .none, decision: .same, reason: "")
    mapped.target = name
    mapped.targetPath = "INBOX"
    let pairs = try await journal.freeze([mapped])
    guard let first = pairs.first else { throw BenchError("the ledger took no mailbox") }
    pair = first
  }

  func enroll(_ entries: [Entry]) async throws {
    try await journal.enroll(entries, uidValidity: ListingFeed.uidValidity, in: pair)
  }

  func record(_ outcomes: [Outcome]) async throws {
    try await journal.record(outcomes, in: pair)
  }

  func remove() {
    try? journal.close()
    try? FileManager.default.removeItem(atPath: folder)
  }
}
