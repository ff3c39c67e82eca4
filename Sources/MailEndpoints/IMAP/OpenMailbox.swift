// mailmove: the mailbox a connection has open.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// The mailbox a connection has open.
struct OpenMailbox: Sendable {
  let name: MailboxName
  let isReadOnly: Bool
  /// As the server told it.
  var status: MailboxStatus
  /// UIDNEXT, computed where the server does not tell it; nil: not known.
  var nextUID: UID?
  var permanentFlags: PermanentFlags
  /// Messages the server has accepted into it since it was opened.
  var accepted: Int64 = 0
}

/// What a server says while it opens a mailbox (RFC 9051, 6.3.2).
struct Opening {
  let name: MailboxName
  let isReadOnly: Bool
  /// SELECT or EXAMINE.
  let command: Command

  private var status = MailboxStatus()
  private var flags: PermanentFlags?

  init(name: MailboxName, isReadOnly: Bool, command: Command) {
    self.name = name
    self.isReadOnly = isReadOnly
    self.command = command
  }

  mutating func take(_ response: Response) {
    switch response {
    case .exists(let count): status.messages = count
    case .untagged(let line): take(line.code)
    default: break
    }
  }

  /// What is open now that the server has said OK.
  func mailbox(_ answer: StatusResponse) -> OpenMailbox {
    var told = self
    told.take(answer.code)
    return OpenMailbox(
      name: name, isReadOnly: isReadOnly, status: told.status, nextUID: told.status.uidNext,
      permanentFlags: told.flags ?? .everything)
  }

  private mutating func take(_ code: ResponseCode?) {
    switch code {
    case .uidValidity(let value): status.uidValidity = value
    case .uidNext(let value): status.uidNext = value
    case .highestModSeq(let value): status.highestModSeq = value
    case .permanentFlags(let value): flags = value
    case .mailboxID(let value): status.mailboxID = value
    default: break
    }
  }
}

extension TargetMailbox {
  init(_ mailbox: OpenMailbox, appendLimit: Int64? = nil, wasCreated: Bool = false) {
    self.init(
      name: mailbox.name, uidValidity: mailbox.status.uidValidity ?? .unknown,
      uidNext: mailbox.nextUID, messages: mailbox.status.messages ?? 0,
      permanentFlags: mailbox.permanentFlags, appendLimit: appendLimit, wasCreated: wasCreated,
      numbers: NumberSpace(mailbox.status))
  }
}
