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

  /// Sessions of one user at the same time that leave room for the user's own programs: four or
  /// six of the ten of Dovecot, of Gmail's fifteen and of Exchange's sixteen, two of Courier's
  /// four. One where a provider is known to throttle, or where the server is a program beside the
  /// user's.
  ///
  /// - Parameter isDistant: most of the time goes by on the way, so that more sessions pay.
  func sessionsMax(isDistant: Bool) -> Int {
    switch self {
    case .gmail, .exchange, .dovecot, .cyrus, .zimbra, .stalwart: isDistant ? 6 : 4
    case .generic, .iCloud, .courier, .hMailServer, .kerio, .gmx, .mailEnable, .smarterMail,
      .axigen, .communiGate, .dbmail, .james:
      2
    case .yahoo, .uw, .domino, .groupWise, .yandex, .mailRu, .qq, .netEase, .protonBridge,
      .davMail, .archive:
      1
    }
  }

  /// Exchange says OK to APPEND with `\Flagged` and forgets the flag; STORE is kept.
  var dropsFlagsAtAppend: Bool { self == .exchange }

  /// NetEase opens no mailbox for a client that has not introduced itself, and does not say so.
  var demandsID: Bool { self == .netEase }
}
