// mailmove: what damage of a segment means for its messages.
// SPDX-License-Identifier: Apache-2.0

/// Reads every message of a segment whose bytes are not what was committed.
struct SegmentExamination {
  /// Messages that cannot be had any more and were not known to be damaged.
  private(set) var unreadable: [Int64] = []
  /// Damage of the segment was on record before.
  let wasKnown: Bool

  private static let page = 10_000

  init(
    of segment: ArchiveSegment, _ catalog: Catalog, _ reader: ArchiveReader
  ) throws(ArchiveError) {
    wasKnown = try catalog.look { db in try CatalogQuery.knowsDamage(of: segment, db) }
    var last: Int64 = 0
    while true {
      let after = last
      let messages = try catalog.look { db in
        try CatalogQuery.messages(
          inSegment: segment.id, after: after, limit: Self.page, db)
      }
      guard let end = messages.last?.id else { return }
      last = end
      for message in messages where message.state == .live {
        if try !Self.isReadable(message, reader) { unreadable.append(message.id) }
      }
    }
  }

  /// Whether the bytes of a message are what was stored.
  static func isReadable(
    _ message: StoredMessage, _ reader: ArchiveReader
  ) throws(ArchiveError) -> Bool {
    do throws(ArchiveError) {
      _ = try reader.bytes(of: message)
      return true
    } catch {
      guard case .damaged = error else { throw error }
      return false
    }
  }

  /// Whether it has to be told: all of it was not on record.
  var isNews: Bool { !wasKnown || !unreadable.isEmpty }
}
