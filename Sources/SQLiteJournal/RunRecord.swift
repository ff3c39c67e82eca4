// mailmove: one run in the ledger.
// SPDX-License-Identifier: Apache-2.0

/// One run of the job, for `status`.
///
/// A run without an end is still going or was killed; the lock beside the ledger knows which.
package struct RunRecord: Sendable, Equatable {
  package let id: Int64
  /// Seconds since 1970-01-01 00:00:00 UTC, here and in `endedAt`.
  package let startedAt: Int64
  package let endedAt: Int64?
  package let exitCode: Int32?
  package let processID: Int32
  /// The version of mailmove that ran.
  package let version: String

  package init(
    id: Int64, startedAt: Int64, endedAt: Int64?, exitCode: Int32?, processID: Int32,
    version: String
  ) {
    self.id = id
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.exitCode = exitCode
    self.processID = processID
    self.version = version
  }
}
