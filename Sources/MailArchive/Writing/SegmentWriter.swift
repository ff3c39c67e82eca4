// mailmove: writing mail into the segments of its years.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Knows the segment of each year that takes mail, and makes and seals segments.
final class SegmentWriter {
  private let storage: any Storage
  private let sizeMax: Int64
  private var nextID: Int64
  /// As the catalog has them; what they hold is only read when they are written to.
  private var known: [String: ArchiveSegment]
  private var open: [String: OpenSegment] = [:]
  private var checked: [Int64: RunningDigest]
  private var touched: [OpenSegment] = []
  /// Segments that were found to be damaged, until somebody takes them; nothing is written behind
  /// damage.
  private var damaged: [(segment: ArchiveSegment, damage: ArchiveDamage)] = []
  /// What the next commit has to say about segments, in order.
  private var events: [JournalEvent] = []

  /// - Parameters:
  ///   - segments: all segments of the archive.
  ///   - checked: digests over the committed bytes of those that were read already.
  ///   - damaged: others that were read, whose bytes went bad.
  init(
    _ segments: [ArchiveSegment], checked: [Int64: RunningDigest],
    damaged: [(segment: ArchiveSegment, damage: ArchiveDamage)], in storage: any Storage,
    sizeMax: Int64
  ) {
    self.storage = storage
    self.sizeMax = sizeMax
    self.checked = checked
    self.damaged = damaged
    nextID = (segments.map(\.id).max() ?? 0) + 1
    known = [:]
    let bad = Set(damaged.lazy.map(\.segment.id))
    for segment in segments where segment.state == .open && !bad.contains(segment.id) {
      known[Self.year(of: segment)] = segment
    }
  }

  private static func year(of segment: ArchiveSegment) -> String {
    String(ArchiveLayout.directory(of: segment.path).dropFirst(ArchiveLayout.segments.count + 1))
  }

  /// Writes a member to the segment of its year.
  ///
  /// - Parameter make: hands over the member, in as many pieces as it likes.
  /// - Returns: the segment and the place of the member in it.
  func append(
    year: String,
    _ make: (_ write: ([UInt8]) throws(ArchiveError) -> Void) throws(ArchiveError) -> Void
  ) throws(ArchiveError) -> (segment: Int64, offset: Int64, length: Int64) {
    let segment = try segment(for: year)
    let offset = segment.length
    if !touched.contains(where: { $0 === segment }) { touched.append(segment) }
    try make { bytes throws(ArchiveError) in try segment.append(bytes, in: storage) }
    return (segment.id, offset, segment.length - offset)
  }

  private func segment(for year: String) throws(ArchiveError) -> OpenSegment {
    if let current = try current(year) {
      if current.length < sizeMax { return current }
      seal(current, year: year)
    }
    let segment = try OpenSegment(id: nextID, year: year, in: storage)
    nextID += 1
    events.append(.segment(id: segment.id, path: segment.path))
    open[year] = segment
    return segment
  }

  /// The segment of a year that takes mail; nil if a new one has to.
  private func current(_ year: String) throws(ArchiveError) -> OpenSegment? {
    if let segment = open[year] { return segment }
    guard let segment = known[year] else { return nil }
    let digest: RunningDigest
    if let known = checked.removeValue(forKey: segment.id) {
      digest = known
    } else {
      do throws(ArchiveError) {
        digest = try SegmentCheck.digest(of: segment, in: storage)
      } catch {
        guard case .damaged(let damage) = error else { throw error }
        damaged.append((segment, damage))
        known[year] = nil
        return nil
      }
    }
    let current = OpenSegment(
      id: segment.id, path: segment.path, length: segment.bytes, digest: digest)
    open[year] = current
    return current
  }

  private func seal(_ segment: OpenSegment, year: String) {
    events.append(
      .seal(segment: segment.id, bytes: segment.length, digest: segment.digest.value))
    open[year] = nil
    known[year] = nil
  }

  /// Seals segments that got nothing for a while.
  ///
  /// - Parameter time: seconds since 1970-01-01 00:00:00 UTC; older ones are sealed.
  func sealQuiet(since time: Int64) throws(ArchiveError) {
    for (year, segment) in known.sorted(by: { $0.key < $1.key }) {
      guard open[year] == nil || open[year]?.length == segment.bytes,
        let last = segment.touched, last < time, let current = try current(year)
      else { continue }
      seal(current, year: year)
    }
  }

  /// Returns when everything written since the last time is on disk.
  ///
  /// - Returns: what the commit has to say.
  func synchronize() throws(ArchiveError) -> (
    events: [JournalEvent], ends: [Int64: JournalCommit.SegmentEnd]
  ) {
    var ends: [Int64: JournalCommit.SegmentEnd] = [:]
    for segment in touched {
      try segment.synchronize(in: storage)
      ends[segment.id] = segment.end
    }
    defer {
      touched = []
      events = []
    }
    return (events, ends)
  }

  var hasEvents: Bool { !events.isEmpty || !damaged.isEmpty }

  /// The segments that were found to be damaged since the last time.
  func takeDamaged() -> [(segment: ArchiveSegment, damage: ArchiveDamage)] {
    defer { damaged = [] }
    return damaged
  }
}
