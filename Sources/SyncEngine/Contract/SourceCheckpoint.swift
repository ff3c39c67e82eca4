// mailmove: how far a source mailbox has been dealt with.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// How far a source mailbox has been dealt with: unchanged numbers mean nothing to do.
package struct SourceCheckpoint: Sendable, Equatable {
  package let uidValidity: UIDValidity
  package let uidNext: UID?
  package let highestModSeq: Int64?
  package let messages: Int64?
  /// Octets of all messages together (RFC 8438).
  package let size: Int64?
  /// RFC 8474.
  package let mailboxID: String?

  package init(
    uidValidity: UIDValidity, uidNext: UID?, highestModSeq: Int64?, messages: Int64?,
    size: Int64? = nil, mailboxID: String? = nil
  ) {
    self.uidValidity = uidValidity
    self.uidNext = uidNext
    self.highestModSeq = highestModSeq
    self.messages = messages
    self.size = size
    self.mailboxID = mailboxID
  }

  /// The checkpoint that a snapshot justifies once everything in it is settled.
  package init(_ status: MailboxStatus) {
    self.init(
      uidValidity: status.uidValidity ?? .unknown, uidNext: status.uidNext,
      highestModSeq: status.highestModSeq, messages: status.messages, size: status.size,
      mailboxID: status.mailboxID)
  }

  /// What has to go on for UIDs on record to be believed.
  package var numbers: NumberSpace {
    NumberSpace(
      uidValidity: uidValidity, uidNext: uidNext, highestModSeq: highestModSeq,
      mailboxID: mailboxID)
  }

  /// The same for a mailbox that has to be listed whole when it is seen again.
  package var forgotten: SourceCheckpoint {
    SourceCheckpoint(
      uidValidity: uidValidity, uidNext: nil, highestModSeq: nil, messages: nil,
      mailboxID: mailboxID)
  }

  /// The same for a mailbox with fewer messages.
  func without(_ removed: Int) -> SourceCheckpoint {
    SourceCheckpoint(
      uidValidity: uidValidity, uidNext: uidNext, highestModSeq: highestModSeq,
      messages: messages.map { max(0, $0 - Int64(removed)) }, size: size, mailboxID: mailboxID)
  }

  /// Whether records are about the messages of a snapshot, as far as the numbers on record tell.
  func goesOn(in snapshot: MailboxSnapshot) -> Bool {
    messages != nil && uidValidity == snapshot.uidValidity
  }

  /// The same with the size that a listing told, if the listing is about this very state.
  package func sized(by listed: MailboxStatus?) -> SourceCheckpoint {
    guard let listed, let size = listed.size, provesUnchanged(listed) else { return self }
    return SourceCheckpoint(
      uidValidity: uidValidity, uidNext: uidNext, highestModSeq: highestModSeq,
      messages: messages, size: size, mailboxID: mailboxID ?? listed.mailboxID)
  }

  /// Whether a mailbox with the same numbers holds other messages all the same: it was put back and
  /// filled again.
  package func isRefilled(by status: MailboxStatus?) -> Bool {
    guard let status, let size, let now = status.size, size != now else { return false }
    return status.highestModSeq == highestModSeq && status.uidNext == uidNext
      && status.messages == messages
  }

  /// Whether a status proves that nothing has happened since: only with mod-sequences. The size
  /// tells a mailbox that was put back and filled again up to the same numbers.
  package func provesUnchanged(_ status: MailboxStatus) -> Bool {
    guard uidValidity.isKnown, let highestModSeq, let uidNext, let messages else { return false }
    return numbers.isContinued(by: NumberSpace(status)) && status.highestModSeq == highestModSeq
      && status.uidNext == uidNext && status.messages == messages
      && (size == nil || status.size == nil || size == status.size)
  }
}
