// mailmove: every journal there is.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import SQLiteJournal
import SyncEngine

/// The journals that have to pass the contract.
enum JournalKind: CaseIterable, Sendable {
  case memory
  case sqlite
  case crashing

  /// Runs a test with a new journal.
  func with(_ test: (any Journal) async throws -> Void) async throws {
    switch self {
    case .memory: try await test(MemoryJournal())
    case .crashing: try await test(CrashingJournal(MemoryJournal()) { _ in })
    case .sqlite:
      let folder = try TemporaryFolder()
      let journal = try SQLiteJournal.open(
        at: folder.file("job.sqlite"),
        job: JobIdentity(source: "imaps://a@old.example", target: "imaps://a@new.example"))
      try await test(journal)
      try journal.close()
    }
  }
}
