// mailmove: opening an archive for writing.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailWire

/// An archive with its lock taken, recovered if its last writer crashed (docs/archive-format.md).
///
/// Everything is compared first. If anything is found that no crash leaves, it throws `damaged` and
/// has changed nothing but the catalog, which is derived.
struct WriterOpening {
  let identity: ArchiveIdentity
  let storage: any Storage
  let lock: any StorageLock
  let catalog: Catalog
  let scan: JournalScan
  let segments: [ArchiveSegment]
  /// Digests over the committed bytes of the segments that had to be read and are whole.
  let checked: [Int64: RunningDigest]
  /// The others that had to be read: their bytes are not what was committed, and nothing is written
  /// behind them.
  let damaged: [(segment: ArchiveSegment, damage: ArchiveDamage)]
  /// What was found to be damaged and is made again.
  let damages: [ArchiveDamage]

  /// - Parameters:
  ///   - createIfMissing: makes an archive where there is none.
  ///   - options: for a new archive.
  init(
    _ storage: any Storage, catalog place: Catalog.Place, createIfMissing: Bool,
    options: ArchiveOptions, now: Int64
  ) throws(ArchiveError) {
    if createIfMissing { try ArchiveCreation.provideDirectory(storage) }
    guard try storage.status(of: "")?.isDirectory == true else {
      throw .notFound(path: storage.name)
    }
    // A directory that is no archive gets no lock file either.
    if !createIfMissing { _ = try ArchiveIdentity.read(from: storage) }
    lock = try storage.lock()
    if createIfMissing { try ArchiveCreation.finish(storage, options: options, now: now) }
    self.storage = storage
    identity = try ArchiveIdentity.read(from: storage)
    let opened = try CatalogOpening(storage: storage, archive: identity.uuid, place: place).open()
    catalog = opened.catalog
    scan = opened.scan
    var damages = opened.damages
    do throws(ArchiveError) {
      let known = try catalog.read { db in
        (try CatalogQuery.segments(db), try CatalogMeta.text(CatalogMeta.unknownEvent, in: db))
      }
      segments = known.0
      if let event = known.1 { throw ArchiveError.newer(detail: "its journal has '\(event)'") }
      try Self.insistOnJournal(scan, storage)
      let recovery = try SegmentRecovery(segments, in: storage)
      (checked, damaged) = try Self.check(segments, touched: opened.touched, in: storage)
      try Self.removeTail(scan.tornTail, in: storage)
      try recovery.repair()
      if let damage = try ChecksumList.damage(from: segments, in: storage) {
        damages.append(damage)
      }
      try ChecksumList.refresh(from: segments, in: storage)
      self.damages = damages
    } catch {
      try? catalog.close()
      throw error
    }
  }

  /// The first commit comes before the first segment, so mail without a journal is no new archive.
  private static func insistOnJournal(
    _ scan: JournalScan, _ storage: any Storage
  ) throws(ArchiveError) {
    guard scan.position.commit == 0, let stray = try SegmentRecovery.files(in: storage).first else {
      return
    }
    throw .damaged(
      ArchiveDamage(
        .journal, path: ArchiveLayout.journalPath(1), "it is lost, though there is mail in \(stray)"
      ))
  }

  /// A disk that only said that it had written is found out here. That stops nobody: what cannot be
  /// had any more goes on record, and comes again from a source that has it.
  private static func check(
    _ segments: [ArchiveSegment], touched: Set<Int64>?, in storage: any Storage
  ) throws(ArchiveError) -> (
    checked: [Int64: RunningDigest], damaged: [(segment: ArchiveSegment, damage: ArchiveDamage)]
  ) {
    var checked: [Int64: RunningDigest] = [:]
    var damaged: [(segment: ArchiveSegment, damage: ArchiveDamage)] = []
    for segment in segments where segment.state != .dropped {
      guard touched?.contains(segment.id) ?? (segment.state == .open) else { continue }
      do throws(ArchiveError) {
        checked[segment.id] = try SegmentCheck.digest(of: segment, in: storage)
      } catch {
        guard case .damaged(let damage) = error else { throw error }
        damaged.append((segment, damage))
      }
    }
    return (checked, damaged)
  }

  private static func removeTail(
    _ tail: JournalScan.TornTail?, in storage: any Storage
  ) throws(ArchiveError) {
    guard let tail else { return }
    let path = ArchiveLayout.journalPath(tail.file)
    if tail.validLength == 0 {
      try storage.remove(path)
      try storage.synchronizeDirectory(ArchiveLayout.journal)
      return
    }
    let file = try storage.open(path, creating: false)
    try file.truncate(to: tail.validLength)
    try file.synchronize()
    try file.close()
  }
}
