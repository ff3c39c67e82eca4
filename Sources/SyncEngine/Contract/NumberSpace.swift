// mailmove: the numbers that a mailbox gives.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// How far the numbers of a mailbox had come, as its server told them: what UIDs on record are
/// worth depends on whether those numbers went on from there (invariant 13).
///
/// A backup that is put back, a mailbox made anew under an old name, a bridge that lost its
/// database: each gives UIDs again that stood for other messages.
package struct NumberSpace: Sendable, Equatable {
  package var uidValidity: UIDValidity
  /// nil where the server did not tell it, even if it could be computed.
  package var uidNext: UID?
  /// RFC 7162.
  package var highestModSeq: Int64?
  /// RFC 8474.
  package var mailboxID: String?

  package init(
    uidValidity: UIDValidity, uidNext: UID? = nil, highestModSeq: Int64? = nil,
    mailboxID: String? = nil
  ) {
    self.uidValidity = uidValidity
    self.uidNext = uidNext
    self.highestModSeq = highestModSeq
    self.mailboxID = mailboxID
  }

  package init(_ status: MailboxStatus) {
    self.init(
      uidValidity: status.uidValidity ?? .unknown, uidNext: status.uidNext,
      highestModSeq: status.highestModSeq, mailboxID: status.mailboxID)
  }

  /// Whether these numbers can be the same mailbox's, later on.
  package func isContinued(by later: NumberSpace) -> Bool {
    guard uidValidity.isKnown, later.uidValidity == uidValidity else { return false }
    return Self.holds(mailboxID, later.mailboxID, ==) && Self.holds(uidNext, later.uidNext, <=)
      && Self.holds(highestModSeq, later.highestModSeq, <=)
  }

  /// What only one side tells proves nothing.
  private static func holds<Value>(
    _ before: Value?, _ after: Value?, _ condition: (Value, Value) -> Bool
  ) -> Bool {
    guard let before, let after else { return true }
    return condition(before, after)
  }
}
