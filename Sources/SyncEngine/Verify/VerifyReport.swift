// mailmove: what a comparison found.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// How thoroughly source, ledger and target are compared.
package enum VerifyLevel: String, Sendable, CaseIterable, Comparable {
  /// Numbers of messages.
  case counts
  /// Also size, flags and INTERNALDATE of every message.
  case metadata
  /// Also the fingerprint of every header.
  case headers
  /// Also every byte, read again from both sides.
  case bytes

  package static func < (lhs: VerifyLevel, rhs: VerifyLevel) -> Bool {
    lhs.rank < rhs.rank
  }

  private var rank: Int {
    switch self {
    case .counts: 0
    case .metadata: 1
    case .headers: 2
    case .bytes: 3
    }
  }
}

/// One thing that is not as it should be.
package struct Difference: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    /// At the source, not on record at all.
    case unaccounted
    /// On record as being at the target, and not there.
    case missing
    /// Skipped or lost, so not at the target; the ledger says why.
    case notMoved
    /// Other bytes at the target.
    case bytes
    /// Other bytes, but only as servers rewrite them: line ends, NUL, 8-bit header bytes.
    case rewritten
    case header
    case size
    case flags
    case date
    /// The target holds a second copy, byte for byte, that belongs to no message.
    case doubled
    /// The mailbox itself is not listed at the target any more.
    case mailbox
  }

  package let kind: Kind
  package let pair: MailboxPair
  package let key: SourceKey?
  package let targetUID: UID?
  package let detail: String

  package init(
    kind: Kind, pair: MailboxPair, key: SourceKey? = nil, targetUID: UID? = nil, detail: String = ""
  ) {
    self.kind = kind
    self.pair = pair
    self.key = key
    self.targetUID = targetUID
    self.detail = detail
  }
}

/// What a comparison found in one mailbox.
package struct VerifiedMailbox: Sendable {
  package let pair: MailboxPair
  package var atSource = 0
  package var onRecord = 0
  package var atTarget = 0
  package var compared = 0
  /// Copies that are not where the ledger says and were found by their content; the next run puts
  /// on record where they are. No difference.
  package var foundByContent = 0
  /// Messages at the source that no run has dealt with; each is a difference as well, but where
  /// only numbers are compared.
  package var unaccounted = 0
  /// Why the mailbox could not be compared.
  package var failure: SyncError?
  package var differences: [Difference] = []

  package init(pair: MailboxPair) { self.pair = pair }
}

/// What a comparison found.
package struct VerifyReport: Sendable {
  package let level: VerifyLevel
  package var mailboxes: [VerifiedMailbox] = []
  /// Mailboxes of the source that are to be moved and are not on record; no difference.
  package var unmoved: [UnmovedMailbox] = []
  /// Whether the operator's rules have an effect.
  package var rules: RuleCheck?

  package init(level: VerifyLevel) { self.level = level }

  package var differences: [Difference] { mailboxes.flatMap(\.differences) }
}
