// mailmove: what a family of servers wants on the wire.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine

extension ServerFamily {
  /// Octets that a list of UIDs may take in one command: the longest line the family is known to
  /// read, less the rest of the command.
  var commandBytesMax: Int {
    switch self {
    case .uw, .yahoo: 900
    case .generic, .gmail, .exchange, .iCloud, .dovecot, .cyrus, .courier, .zimbra, .hMailServer,
      .kerio, .domino, .groupWise, .stalwart, .yandex, .mailRu, .qq, .netEase, .gmx,
      .protonBridge, .davMail, .mailEnable, .smarterMail, .axigen, .communiGate, .dbmail, .james,
      .archive:
      7_000
    }
  }

  /// Exchange says OK to APPEND with `\Flagged` and forgets the flag; STORE is kept.
  var dropsFlagsAtAppend: Bool { self == .exchange }

  /// NetEase opens no mailbox for a client that has not introduced itself, and does not say so.
  var demandsID: Bool { self == .netEase }
}
