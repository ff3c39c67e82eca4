// mailmove: the runs in SQLite.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import SyncEngine

extension SQLiteJournal {
  /// Puts the beginning of a run on record; the result names it for `endRun`.
  package func beginRun(version: String, processID: Int32 = getpid()) async throws -> Int64 {
    let time = now()
    return try await write { db in
      try db.execute(
        sql: "INSERT INTO run (started_at, pid, version) VALUES (?, ?, ?)",
        arguments: [time, Int64(processID), version])
      return db.lastInsertedRowID
    }
  }

  /// Puts the end of a run on record, with the exit code the process is about to give.
  package func endRun(_ id: Int64, exitCode: Int32) async throws {
    let time = now()
    try await write { db in
      try db.execute(
        sql: "UPDATE run SET ended_at = ?, exit_code = ? WHERE id = ?",
        arguments: [time, Int64(exitCode), id])
    }
  }

  /// When the last run ended that ended with one of these exit codes, in seconds since 1970; nil
  /// when there was none. The last is the one that began last, whatever the clock said.
  package func lastEnd(withExitCodes codes: [Int32]) async throws -> Int64? {
    try await read { db in
      let marks = databaseQuestionMarks(count: codes.count)
      return try Int64.fetchOne(
        db,
        sql: """
          SELECT ended_at FROM run WHERE exit_code IN (\(marks)) ORDER BY id DESC LIMIT 1
          """,
        arguments: StatementArguments(codes.map(Int64.init)))
    }
  }

  /// A run is using the ledger now, in this process or in another.
  package var isInUse: Bool { Self.isInUse(at: path) }

  /// A run is using the ledger in this file now, in this process or in another.
  package static func isInUse(at path: String) -> Bool {
    JournalLock.isHeld(besides: JournalFile.resolved(path))
  }

  /// The run that began last; nil before the first.
  package func lastRun() async throws -> RunRecord? {
    try await read { db in
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT id, started_at, ended_at, exit_code, pid, version FROM run
          ORDER BY id DESC LIMIT 1
          """)
      guard let row else { return nil }
      return RunRecord(
        id: try Cell.integer(row, 0), startedAt: try Cell.integer(row, 1),
        endedAt: row[2] as Int64?, exitCode: try (row[3] as Int64?).map { try Cell.narrow($0) },
        processID: try Cell.narrow(Cell.integer(row, 4)), version: try Cell.text(row, 5))
    }
  }
}
