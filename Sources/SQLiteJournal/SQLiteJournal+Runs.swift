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
