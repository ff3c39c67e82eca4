// mailmove: filling a server with sample messages.
// SPDX-License-Identifier: Apache-2.0

extension LabClient {
  private static let batchMessagesMax = 100
  private static let batchBytesMax = 4 << 20

  /// Puts messages into an existing mailbox, many to a command where the server can do that.
  package func append(_ messages: [SampleMessage], to path: String) throws {
    let canBatch = capabilities.contains("MULTIAPPEND")
    var parts: [Part] = []
    var bytes = 0
    for (index, message) in messages.enumerated() {
      parts += [
        .text("(\(message.flags.joined(separator: " "))) \"\(message.internalDate)\""),
        .literal(message.bytes),
      ]
      bytes += message.bytes.count
      let isFull = parts.count / 2 >= Self.batchMessagesMax || bytes >= Self.batchBytesMax
      guard !canBatch || isFull || index == messages.count - 1 else { continue }
      try command("APPEND \(layout.wireName(path))", parts: parts)
      parts = []
      bytes = 0
    }
  }

  /// Makes the mailboxes of a sample, subscribes to those that are, and fills them.
  package func fill(with sample: SampleMailbox) throws {
    let existing = Set(try list().filter(\.isSelectable).map(\.path))
    for folder in sample.folders {
      if !existing.contains(folder.path) { try create(folder.path) }
      if folder.isSubscribed { try subscribe(folder.path) }
    }
    let grouped = Dictionary(grouping: sample.messages, by: \.mailbox)
    for folder in sample.folders {
      try append(grouped[folder.path] ?? [], to: folder.path)
    }
  }
}
