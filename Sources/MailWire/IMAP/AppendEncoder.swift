// mailmove: many messages in one command.
// SPDX-License-Identifier: Apache-2.0

/// Writes one APPEND with as many messages as come, one after the other (RFC 3502).
///
/// Give chunks to the connection as they are made; with `finish` the command is complete. Stores
/// all messages or none, with one tagged answer.
package struct AppendEncoder: Sendable {
  /// The tag of the one answer.
  package let tag: String
  /// How many messages the command has so far.
  package private(set) var count = 0
  private let mailbox: MailboxName
  private let encoder: CommandEncoder

  package init(tag: String, to mailbox: MailboxName, encoder: CommandEncoder) {
    self.tag = tag
    self.mailbox = mailbox
    self.encoder = encoder
  }

  /// The chunks for one more message; the first time they begin with the command itself.
  package mutating func add(
    flags: FlagSet, date: InternalDate?, message: [UInt8]
  ) throws(EncodingError) -> [WireChunk] {
    var pieces = Command.appendMessage(flags, date, message)
    if count == 0 {
      pieces = [.text(tag + " APPEND")] + Command.appendTarget(mailbox) + pieces
    }
    var chunks = ChunkList()
    try encoder.append(pieces, of: "APPEND", to: &chunks)
    count += 1
    return chunks.list
  }

  /// The end of the command; only after at least one message.
  package func finish() -> WireChunk {
    precondition(count > 0, "an APPEND has at least one message")
    return WireChunk(bytes: Array("\r\n".utf8), kind: .protocolText)
  }
}
