// mailmove: what happens during a run, as it happens.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// One thing that happened during a run; documented as NDJSON in docs/cli.md.
package enum RunEvent: Sendable {
  /// Both sides are logged in and the folder map is known; with what there is to copy as far as the
  /// source's listing tells.
  case planned(mailboxes: Int, toCopy: Workload? = nil)
  /// Work on a mailbox begins; `messages` and `bytes` are what has to be copied there.
  case mailboxStarted(MailboxPair, messages: Int, bytes: Int64)
  /// Messages are on record as stored or already there.
  case settled(MailboxPair, messages: Int, bytes: Int64)
  case skipped(MailboxPair, MessageRecord)
  case mailboxFinished(MailboxLineItem)
  /// Something went wrong that the run gets over by itself.
  case retrying(SyncError, after: Duration, attempt: Int)
  /// Something a person who watches may want to know; it stops nothing.
  case notice(String)
  /// Something a person has to hear of whether anybody watches or not; it stops nothing.
  case warning(String)
}

/// How much there is to copy.
package struct Workload: Sendable, Equatable {
  package let messages: Int
  /// Octets.
  package let bytes: Int64

  package init(messages: Int, bytes: Int64) {
    self.messages = messages
    self.bytes = bytes
  }
}

/// One line of the final table: what a run did in one mailbox.
package struct MailboxLineItem: Sendable, Equatable {
  package let pair: MailboxPair
  package var copied = 0
  package var copiedBytes: Int64 = 0
  package var alreadyThere = 0
  package var flagsUpdated = 0
  /// Changes of flags that the target refused; they are tried again by the next run.
  package var flagsRefused = 0
  package var skipped = 0
  package var vanished = 0
  package var lost = 0
  /// Copies at the target that are known to be damaged, and could not be made again.
  package var damaged = 0
  /// Removed from the source, or marked \Deleted there, after their copies were read again.
  package var removed = 0
  /// Should have been removed from the source and are still there: not proven, or not gone.
  package var kept = 0
  /// Messages that are still to be done, because the run ended before.
  package var pending = 0
  /// All messages the ledger holds as being at the target, earlier runs included.
  package var atTarget = 0
  /// The status alone proved that there was nothing to do.
  package var wasUnchanged = false
  /// Why the mailbox was given up.
  package var failure: SyncError?

  package init(pair: MailboxPair) { self.pair = pair }
}

/// What a run did, and how it ended.
package struct Report: Sendable {
  /// In the order of the folder map.
  package var mailboxes: [MailboxLineItem]
  /// Mailboxes that are not moved, with the reason in the map.
  package var leftOut: [MailboxPair]
  /// What ended the run before its time; nil when it went through.
  package var failure: SyncError?
  /// Why the end of the run could not be put on record; nil when it was. Says nothing about mail.
  package var closingFailure: SyncError?
  /// Damage that was met at the target and was not on record before.
  package var damages: [SyncError] = []
  /// What an endpoint has to say about its state after the run, in a few words of one line, such as
  /// `archive head 1234 sha256:…`; nil when it has nothing to say.
  package var targetState: String?
  /// Whether the operator's rules have an effect; nil when the source was not listed.
  package var rules: RuleCheck?

  package init(
    mailboxes: [MailboxLineItem] = [], leftOut: [MailboxPair] = [], failure: SyncError? = nil
  ) {
    self.mailboxes = mailboxes
    self.leftOut = leftOut
    self.failure = failure
  }

  package func total(_ count: KeyPath<MailboxLineItem, Int>) -> Int {
    mailboxes.reduce(0) { $0 + $1[keyPath: count] }
  }
}

/// Receives events; called from several tasks, must return at once.
package typealias RunObserver = @Sendable (RunEvent) -> Void
