// mailmove: a message with its bytes.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// An entry with its bytes, exactly as the source served them.
package struct Message: Sendable {
  package let key: SourceKey
  package let entry: Entry
  package let bytes: [UInt8]
  /// SHA-256 of `bytes`: together with their count the only truth about the content.
  package let digest: SHA256Digest
  package let fingerprint: Fingerprint

  package init(key: SourceKey, entry: Entry, bytes: [UInt8]) {
    self.key = key
    self.entry = entry
    self.bytes = bytes
    digest = SHA256Digest(of: bytes)
    fingerprint = Fingerprint(of: bytes)
  }

  private init(_ message: Message, flags: FlagSet) {
    key = message.key
    entry = Entry(
      uid: message.entry.uid, size: message.entry.size, internalDate: message.entry.internalDate,
      flags: flags)
    bytes = message.bytes
    digest = message.digest
    fingerprint = message.fingerprint
  }

  /// The same message with other flags.
  func with(flags: FlagSet) -> Message { Message(self, flags: flags) }
}

/// What came for one message that was asked for.
package enum Fetched: Sendable {
  case message(Message)
  /// The source cannot or will not hand this message out; the error's scope is the message.
  case unreadable(SourceKey, SyncError)
  /// The message was there when the mailbox was listed and is gone now.
  case vanished(SourceKey)

  package var key: SourceKey {
    switch self {
    case .message(let message): message.key
    case .unreadable(let key, _), .vanished(let key): key
    }
  }
}

/// The messages of one batch, in the order they arrive.
///
/// The command is on its way when the stream exists; several streams may exist at once and are
/// read in the order they were made. Messages the server silently leaves out do not appear.
package struct MessageStream: Sendable {
  private let advance: @Sendable () async throws -> Fetched?

  package init(_ advance: @escaping @Sendable () async throws -> Fetched?) {
    self.advance = advance
  }

  /// The next message, or nil when the server has answered the command.
  package func next() async throws -> Fetched? { try await advance() }
}

/// Messages that are asked for with one command.
package struct Batch: Sendable, Equatable {
  package let uidValidity: UIDValidity
  package let entries: [Entry]

  package init(uidValidity: UIDValidity, entries: [Entry]) {
    self.uidValidity = uidValidity
    self.entries = entries
  }

  package var uids: UIDSet { UIDSet(entries.lazy.map(\.uid)) }
  package var declaredBytes: Int64 { entries.reduce(0) { $0 + max(0, $1.size) } }
}
