// mailmove: where a target mailbox stood.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// From where on the target may hold messages of ours without a receipt (invariants 4 and 5), and
/// the numbers that have to go on from here for UIDs on record to be believed (invariant 13).
package struct TargetAnchor: Sendable, Equatable {
  /// The raw name the target lists, which may differ from the planned one.
  package let mailbox: MailboxName
  package let uidValidity: UIDValidity
  package let uidNext: UID
  /// The mailbox was once seen to be another one than the source's: it had given fewer UIDs than
  /// there were messages at the source.
  package let isApart: Bool
  /// The highest UIDNEXT that the server told, or that follows from a UID it gave; nil where it
  /// tells none.
  package let toldUIDNext: UID?
  /// The highest HIGHESTMODSEQ that was seen (RFC 7162).
  package let highestModSeq: Int64?
  /// RFC 8474.
  package let mailboxID: String?

  package init(
    mailbox: MailboxName, uidValidity: UIDValidity, uidNext: UID, isApart: Bool = false,
    toldUIDNext: UID? = nil, highestModSeq: Int64? = nil, mailboxID: String? = nil
  ) {
    self.mailbox = mailbox
    self.uidValidity = uidValidity
    self.uidNext = uidNext
    self.isApart = isApart
    self.toldUIDNext = toldUIDNext
    self.highestModSeq = highestModSeq
    self.mailboxID = mailboxID
  }

  /// What has to go on for UIDs on record to be believed.
  package var numbers: NumberSpace {
    NumberSpace(
      uidValidity: uidValidity, uidNext: toldUIDNext, highestModSeq: highestModSeq,
      mailboxID: mailboxID)
  }

  /// The same from another UID on.
  package func from(_ uid: UID) -> TargetAnchor {
    TargetAnchor(
      mailbox: mailbox, uidValidity: uidValidity, uidNext: uid, isApart: isApart,
      toldUIDNext: toldUIDNext, highestModSeq: highestModSeq, mailboxID: mailboxID)
  }

  /// The same for a mailbox none of whose numbers is believed any more: its UIDVALIDITY is
  /// negative, as no server gives it.
  package var disbelieved: TargetAnchor {
    TargetAnchor(
      mailbox: mailbox, uidValidity: UIDValidity(-givenUIDValidity.rawValue), uidNext: uidNext,
      isApart: isApart)
  }

  package var isBelieved: Bool { uidValidity.rawValue > 0 }

  /// The UIDVALIDITY under which the UIDs on record were given, believed or not.
  package var givenUIDValidity: UIDValidity { UIDValidity(abs(uidValidity.rawValue)) }
}
