// mailmove: copies at the target that belong to no record.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Copies at the target that belong to no record, and which of them may be a certain message.
///
/// Each way of proposing has an index of its own, made when it is first asked: most runs need none
/// or one, and a mailbox may hold a million messages.
struct UnclaimedCopies {
  /// A reason to read a copy again; the likeliest first.
  enum Likeness: CaseIterable {
    case header
    /// The header but for a Message-ID, which tools and servers give to messages that have none.
    case headerBesideID
    /// Size and date, whatever the header: some servers tell fewer fields than there are (Cyrus
    /// looks at the first thousand) or find others.
    case sizeAndDate
  }

  private let copies: [HeadedEntry]
  private var taken: Set<UID> = []
  private var byHeader: Index<Fingerprint>?
  private var byHeaderBesideID: Index<Fingerprint>?
  private var bySizeAndDate: Index<SizeAndDate>?

  /// - Parameter copies: each UID once; of several that are alike, those that come first are
  ///   proposed first.
  init(_ copies: [HeadedEntry]) { self.copies = copies }

  var isEmpty: Bool { copies.isEmpty }

  /// The copies that are like a message in this way.
  mutating func proposed(for message: Message, by likeness: Likeness) -> [HeadedEntry] {
    guard !copies.isEmpty else { return [] }
    let places: [Int]
    switch likeness {
    case .header:
      let index = byHeader ?? Index(copies) { $0.fingerprint }
      byHeader = index
      places = index.places(of: message.fingerprint)
    case .headerBesideID:
      guard HeaderMark.leavesRoomForID(message.bytes) else { return [] }
      let index = byHeaderBesideID ?? Index(copies) { $0.fingerprintBesideID }
      byHeaderBesideID = index
      places = index.places(of: .besideID(of: message.bytes))
    case .sizeAndDate:
      guard let wanted = SizeAndDate(Int64(message.bytes.count), message.entry.internalDate) else {
        return []
      }
      let index =
        bySizeAndDate ?? Index(copies) { SizeAndDate($0.entry.size, $0.entry.internalDate) }
      bySizeAndDate = index
      places = index.places(of: wanted)
    }
    return places.map { copies[$0] }.filter { !taken.contains($0.entry.uid) }
  }

  /// Gives a copy away: it is proposed no more.
  mutating func take(_ copy: HeadedEntry) { taken.insert(copy.entry.uid) }
}

/// What a listing says of a message beside its header.
private struct SizeAndDate: Comparable, Sendable {
  let size: Int64
  let seconds: Int64

  /// nil without a date: many messages have the same size.
  init?(_ size: Int64, _ date: InternalDate?) {
    guard let date else { return nil }
    self.size = size
    seconds = date.secondsSinceEpoch
  }

  static func < (lhs: SizeAndDate, rhs: SizeAndDate) -> Bool {
    (lhs.size, lhs.seconds) < (rhs.size, rhs.seconds)
  }
}

/// Places of copies in the order of a key: a dictionary of lists takes four times as much.
private struct Index<Key: Comparable & Sendable>: Sendable {
  private let keys: [Key]
  private let order: [Int32]

  init(_ copies: [HeadedEntry], by key: (HeadedEntry) -> Key?) {
    let pairs = copies.enumerated().compactMap { place, copy in
      key(copy).map { (key: $0, place: Int32(truncatingIfNeeded: place)) }
    }.sorted { ($0.key, $0.place) < ($1.key, $1.place) }
    keys = pairs.map(\.key)
    order = pairs.map(\.place)
  }

  func places(of key: Key) -> [Int] {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return (low..<keys.count).prefix { keys[$0] == key }.map { Int(order[$0]) }
  }
}
