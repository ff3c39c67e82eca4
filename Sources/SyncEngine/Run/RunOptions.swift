// mailmove: what the user chose for a run.
// SPDX-License-Identifier: Apache-2.0

/// What the user chose for a run, apart from the folder map.
package struct RunOptions: Sendable, Equatable {
  /// What to do when flags changed at the source since they were last carried over.
  package enum FlagPolicy: String, Sendable, CaseIterable {
    /// Carry over what changed at the source; leave alone what the target's user changed.
    case merge
    /// Make the target equal to the source.
    case source
    /// Never touch flags of messages that are already at the target.
    case keep
  }

  package var flagPolicy: FlagPolicy = .merge
  /// List every mailbox in full, whatever the server says about changes.
  package var listsInFull = false
  /// Try messages again that an earlier run skipped.
  package var retriesSkipped = false
  /// Copy messages again that were stored once and are no longer at the target.
  package var recopiesLost = false
  /// Pairs of connections used at the same time; at least 1. nil: as many as both servers are
  /// known to bear and the work is worth.
  package var lanes: Int? = 1
  /// Remove from the source what is proven to be at the target; nil: never remove anything.
  package var removal: Removal?
  /// Attempts without any progress before a run gives up on a connection.
  package var attemptsMax = 5

  package init() {}
}
