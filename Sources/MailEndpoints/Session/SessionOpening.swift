// mailmove: from a socket to a verified session.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import SyncEngine

/// How a protocol gets from clear text to TLS.
protocol TLSUpgrade {
  /// Asks for TLS and begins it. Nothing the server says in clear text is kept, shown or believed.
  ///
  /// Throws `TransportError` or `SyncError`.
  func secure(_ clear: consuming ClearChannel, for account: some ServerAccount) throws
    -> SecureChannel
}

/// Opens the way to a server: TLS at once, or the protocol's upgrade made mandatory (invariant 11).
struct SessionOpening<Upgrade: TLSUpgrade, Account: ServerAccount> {
  private let account: Account
  private let upgrade: Upgrade
  private let interruption: Interrupt

  init(_ account: Account, _ upgrade: Upgrade, _ interruption: Interrupt) {
    self.account = account
    self.upgrade = upgrade
    self.interruption = interruption
  }

  /// Returns a channel on which nothing has been read yet.
  func open() throws -> SecureChannel {
    do {
      switch account.url.scheme {
      case .imap, .pop3:
        return try upgrade.secure(
          try ClearChannel.connect(
            host: account.url.host, port: UInt16(account.url.port),
            deadlines: account.deadlines, interrupt: interruption),
          for: account)
      case .imaps, .pop3s, .archive:
        return try SecureChannel.connect(
          host: account.url.host, port: UInt16(account.url.port), context: account.tls,
          deadlines: account.deadlines, interrupt: interruption)
      }
    } catch let error as TransportError { throw SyncError(error, side: account.side) }
  }
}
