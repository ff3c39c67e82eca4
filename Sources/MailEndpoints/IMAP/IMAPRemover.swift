// mailmove: removing messages from an IMAP account.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// Removes messages from an IMAP account: \Deleted and UID EXPUNGE of exactly these (RFC 4315).
package struct IMAPRemover: MailRemover {
  private let connection: IMAPConnection

  /// Opens a session. Throws `SyncError`.
  package static func connect(_ account: IMAPAccount) async throws -> IMAPRemover {
    IMAPRemover(connection: try await .open(account))
  }

  /// EXPUNGE without UIDs would take what others have marked along.
  package func obstacle(to manner: Removal.Manner) async -> SyncError? {
    switch manner {
    case .flagOnly: return nil
    case .expunge:
      guard await !connection.capabilities().canExpungeByUID else { return nil }
      return SyncError(
        .cannotRemove, scope: .run, remedy: .stop, side: .source, detail: "it has no UIDPLUS")
    }
  }

  package func listing(of mailbox: MailboxName) async throws -> MailboxSnapshot {
    try await connection.interruptible {
      try $0.snapshot(of: mailbox, readOnly: false, since: nil)
    }
  }

  /// A UID never stands for another message (RFC 9051, 2.3.1.1).
  package func remove(
    _ proven: [UID: SHA256Digest], from mailbox: MailboxName, uidValidity: UIDValidity,
    manner: Removal.Manner
  ) async throws {
    let uids = UIDSet(proven.keys.sorted())
    try await connection.interruptible {
      try $0.remove(uids, from: mailbox, uidValidity: uidValidity, manner: manner)
    }
  }

  /// IMAP has made everything final already.
  package func commit() async throws {}

  package func close() async { await connection.close() }
}

extension IMAPConnection {
  fileprivate func remove(
    _ uids: UIDSet, from name: MailboxName, uidValidity: UIDValidity, manner: Removal.Manner
  ) throws {
    let mailbox = try open(name, readOnly: false)
    guard uidValidity.isKnown, mailbox.status.uidValidity == uidValidity else {
      throw SyncError(
        .mailboxChanged, scope: .mailbox, remedy: .stop, side: account.side, mailbox: name)
    }
    let wire = try line()
    for part in uids.lines(of: family.commandBytesMax) {
      try wire.perform(.uidStore(part, .add, FlagSet(system: .deleted)), on: .store)
      if manner == .expunge { try wire.perform(.uidExpunge(part), on: .store) }
    }
  }
}

extension CapabilitySet {
  /// UID EXPUNGE is there: with UIDPLUS, and as a part of IMAP4rev2 (RFC 9051, 6.4.9).
  fileprivate var canExpungeByUID: Bool { has(.uidPlus) || has(.imap4rev2) }
}
