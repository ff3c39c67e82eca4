// mailmove: where the tests keep a ledger.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailTestKit
import MailWire
import SyncEngine
import Testing

@testable import SQLiteJournal

/// A folder with one ledger.
struct Bench {
  static let job = JobIdentity(source: "imaps://a@old.example", target: "imaps://b@new.example")

  let folder: TemporaryFolder
  var path: String { folder.file("job.sqlite") }

  init() throws { folder = try TemporaryFolder() }

  func open(job: JobIdentity = Bench.job) throws -> SQLiteJournal {
    try SQLiteJournal.open(at: path, job: job, now: { 1_700_000_000 })
  }

  /// The bytes of the ledger's file.
  func contents() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  /// Changes the file behind mailmove's back.
  func tamper(_ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
  }
}

/// Expects an error of ours and returns it.
func expectError(
  _ cause: SyncError.Cause, _ location: SourceLocation = #_sourceLocation,
  _ call: () throws -> Void
) -> SyncError? {
  let error = #expect(throws: SyncError.self, sourceLocation: location, performing: call)
  #expect(error?.cause == cause, sourceLocation: location)
  #expect(error?.remedy == .stop, sourceLocation: location)
  return error
}
