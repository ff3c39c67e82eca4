// mailmove: an IMAP account in memory.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What an IMAP account holds, for a server that behaves until a test says otherwise.
package final class MemoryAccount: Sendable {
  /// A message as the account keeps it.
  package struct Stored: Sendable, Hashable {
    package let uid: UInt32
    package var message: SampleMessage
  }

  /// One mailbox; messages ascending by UID.
  package struct Mailbox: Sendable, Hashable {
    package var uidValidity: UInt32
    package var uidNext: UInt32 = 1
    package var messages: [Stored] = []

    package init(uidValidity: UInt32) { self.uidValidity = uidValidity }
  }

  private let state = Mutex<[String: Mailbox]>(["INBOX": Mailbox(uidValidity: 1_001)])

  package init(_ messages: [SampleMessage] = []) {
    for message in messages {
      _ = create(message.mailbox)
      _ = append([message], to: message.mailbox)
    }
  }

  /// Everything, by name.
  package var mailboxes: [String: Mailbox] { state.withLock { $0 } }

  package subscript(_ name: String) -> Mailbox? { state.withLock { $0[Self.canonical(name)] } }

  /// Changes a mailbox that exists.
  package func change(_ name: String, _ body: (inout Mailbox) -> Void) {
    state.withLock { mailboxes in
      guard var mailbox = mailboxes[Self.canonical(name)] else { return }
      body(&mailbox)
      mailboxes[Self.canonical(name)] = mailbox
    }
  }

  /// False if there is one of that name.
  package func create(_ name: String) -> Bool {
    state.withLock { mailboxes in
      let name = Self.canonical(name)
      guard mailboxes[name] == nil else { return false }
      mailboxes[name] = Mailbox(uidValidity: 1_001 + UInt32(mailboxes.count))
      return true
    }
  }

  /// Puts messages into a mailbox and returns their UIDs; nil if there is no such mailbox.
  package func append(_ messages: [SampleMessage], to name: String) -> [UInt32]? {
    state.withLock { mailboxes in
      let name = Self.canonical(name)
      guard var mailbox = mailboxes[name] else { return nil }
      let first = mailbox.uidNext
      for message in messages {
        mailbox.messages.append(Stored(uid: mailbox.uidNext, message: message))
        mailbox.uidNext += 1
      }
      mailboxes[name] = mailbox
      return Array(first..<mailbox.uidNext)
    }
  }

  /// Gives a mailbox a new UIDVALIDITY and all its messages new UIDs, as after a restore.
  package func renumber(_ name: String) {
    change(name) { mailbox in
      mailbox.uidValidity += 1_000
      let first = mailbox.uidNext + 10
      mailbox.messages = mailbox.messages.enumerated().map {
        Stored(uid: first + UInt32($0), message: $1.message)
      }
      mailbox.uidNext = first + UInt32(mailbox.messages.count)
    }
  }

  /// What it holds, without the numbers.
  package func snapshot() throws -> LabSnapshot {
    LabSnapshot(
      mailboxes: try mailboxes.mapValues { mailbox in
        try mailbox.messages.map { stored in
          try LabSnapshot.Entry(
            bytes: stored.message.bytes, flags: stored.message.flags,
            internalDate: stored.message.internalDate)
        }
      }, subscribed: [])
  }

  /// INBOX in any case is one name (RFC 9051, 5.1).
  package static func canonical(_ name: String) -> String {
    name.uppercased() == "INBOX" ? "INBOX" : name
  }
}
