// mailmove: messages that are compressed together.
// SPDX-License-Identifier: Apache-2.0

/// The text of one member: whole entries of one year, one behind the other.
struct MessageGroup: Sendable {
  /// An entry in the text.
  struct Part: Sendable {
    /// Index of the message in its batch.
    let message: Int
    let at: Int
    let length: Int
  }

  /// The directory under `segments`.
  let year: String
  private(set) var text: [UInt8] = []
  private(set) var parts: [Part] = []

  init(year: String) { self.year = year }

  /// A group of one entry, without copying it.
  init(year: String, only entry: [UInt8], message: Int) {
    self.year = year
    text = entry
    parts = [Part(message: message, at: 0, length: entry.count)]
  }

  mutating func append(_ entry: [UInt8], message: Int) {
    parts.append(Part(message: message, at: text.count, length: entry.count))
    text.append(contentsOf: entry)
  }
}
