// mailmove: what a ledger tells about its job and its runs.
// SPDX-License-Identifier: Apache-2.0

import SQLiteJournal
import SyncEngine

/// What a ledger tells about its job.
package struct LedgerStanding: Sendable {
  /// One run, as recorded.
  package struct Run: Sendable {
    /// Seconds since 1970.
    package let started: Int64
    /// nil while it is going on, or when it was killed.
    package let ended: Int64?
    package let exitCode: Int32?
    /// The ledger is in use, so a run without an end is going on.
    package var isLocked = false

    package enum State: String { case running, ended, killed }

    package var state: State { ended != nil ? .ended : isLocked ? .running : .killed }
  }

  /// A message and the mailbox it is in.
  package struct Message: Sendable {
    package let pair: MailboxPair
    package let record: MessageRecord
  }

  /// The accounts; nil as long as nothing is on record.
  package var job: JobIdentity?
  /// A run is going on.
  package var isInUse: Bool
  package var summary = JobSummary(mailboxes: [])
  /// Skipped and lost messages; `status` shows all of them.
  package var unmoved: [Message] = []
  /// Messages that were to be removed from the source and are not known to be; likewise.
  package var kept: [Message] = []
  /// nil when there was none.
  package var lastRun: Run?
}

/// What a ledger tells about earlier runs of its job, for the metrics.
package struct LedgerHistory: Sendable {
  /// The run that began last.
  package let lastRun: LedgerStanding.Run?
  /// When a run last ended with everything accounted for; seconds since 1970.
  let lastSuccess: Int64?
  /// When a run last went through, skips or not; seconds since 1970.
  let lastFinished: Int64?
  package let summary: JobSummary
}
