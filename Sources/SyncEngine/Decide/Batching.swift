// mailmove: how messages are gathered into commands.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Gathers entries into batches: few enough bytes to be held, enough messages to hide a round trip.
package struct Batching: Sendable {
  /// A batch is asked for with one command; two are under way at a time, so each may take a
  /// quarter of the budget at most.
  package static let bytesMax: Int64 = 4 << 20
  package static let messagesMax = 256

  private var entries: ArraySlice<Entry>
  private let uidValidity: UIDValidity
  /// Messages at which the connection was lost without progress: asked for one by one.
  private let suspects: Set<UID>

  package init(_ entries: [Entry], uidValidity: UIDValidity, suspects: Set<UID> = []) {
    self.entries = entries[...]
    self.uidValidity = uidValidity
    self.suspects = suspects
  }

  /// The next batch without taking it; nil at the end.
  package func peek() -> Batch? {
    guard let first = entries.first else { return nil }
    guard !suspects.contains(first.uid) else {
      return Batch(uidValidity: uidValidity, entries: [first])
    }
    var bytes: Int64 = 0
    let members = entries.prefix(Self.messagesMax).prefix { entry in
      let size = max(0, entry.size)
      let fits = bytes == 0 || bytes + size <= Self.bytesMax
      bytes += size
      return fits && !suspects.contains(entry.uid)
    }
    return Batch(uidValidity: uidValidity, entries: Array(members))
  }

  package mutating func take(_ batch: Batch) { entries = entries.dropFirst(batch.entries.count) }
}
