// mailmove: what can be done with a job.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import SyncEngine

/// What the commands need from the rest of the program. Every function throws `SyncError`.
package protocol Engine: Sendable {
  func sync(_ job: Job, hooks: RunHooks) async throws -> Report
  func plan(_ job: Job, hooks: RunHooks) async throws -> PlanReport
  func verify(_ job: Job, level: VerifyLevel, hooks: RunHooks) async throws -> VerifyReport
  /// Logs in only if the endpoint has credentials.
  func probe(_ endpoint: Endpoint, hooks: RunHooks) async throws -> ProbeReport
  /// Reads a ledger, which may be in use by a run.
  func standing(ofLedgerAt path: String) async throws -> LedgerStanding
  /// Reads what a ledger, which may be in use, knows of earlier runs; nil when there is none.
  func history(ofLedgerAt path: String) async throws -> LedgerHistory?
}
