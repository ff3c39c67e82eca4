// mailmove: checking the journal of an archive.
// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Reads the whole journal, and compares `HEAD` and the catalog with it.
struct JournalCheck {
  private let storage: any Storage
  private let archive: String
  private let place: Catalog.Place

  /// What the journal says there is.
  private struct Counts: Equatable {
    var messages: Int64 = 0
    var placements: Int64 = 0
  }

  init(_ storage: any Storage, archive: String, catalog: Catalog.Place) {
    self.storage = storage
    self.archive = archive
    place = catalog
  }

  /// Throws `damaged` if the journal is; then nothing else can be told.
  func run(_ report: inout CheckReport) throws(ArchiveError) {
    let head = try ArchiveHead.read(from: storage)
    if head == nil, try storage.status(of: ArchiveLayout.head) != nil {
      report.findings.append(
        ArchiveDamage(.head, path: ArchiveLayout.head, "it cannot be read; the next run renews it"))
    }
    // Read first, so that a writer at work cannot be ahead of the journal.
    let catalog = remembered()
    var counts = Counts()
    var expected = catalog?.position.commit == 0 ? counts : nil
    var scan = try JournalScan(storage, archive: archive)
    try scan.read(from: .beginning) { commit, position throws(ArchiveError) in
      for event in commit.events {
        if case .message = event { counts.messages += 1 }
        if case .put = event { counts.placements += 1 }
      }
      if position == catalog?.position { expected = counts }
    }
    let known = max(head?.position.commit ?? 0, catalog?.position.commit ?? 0)
    guard scan.position.commit >= known else {
      throw .damaged(
        ArchiveDamage(
          .journal, path: ArchiveLayout.journalPath(scan.position.file),
          offset: scan.position.end,
          "it ends with commit \(scan.position.commit), but there was a commit \(known)"))
    }
    if let head, try scan.compare(with: head.position) != .matches {
      throw .damaged(
        ArchiveDamage(
          .head, path: ArchiveLayout.head,
          "it says commit \(head.position.commit) ended otherwise than the journal does"))
    }
    report.commits = scan.position.commit
    report.position = scan.position
    guard let catalog, catalog.counts != expected else { return }
    report.findings.append(
      ArchiveDamage(
        .catalog, path: ArchiveLayout.catalog,
        "it does not have what the journal says; without the file it is made again"))
  }

  /// Up to where the catalog on disk was made and what it has; nil if there is none that can be
  /// read, which is no damage.
  private func remembered() -> (position: JournalPosition, counts: Counts)? {
    guard case .file(let path) = place, let catalog = try? Catalog.openForReading(path) else {
      return nil
    }
    defer { try? catalog.close() }
    guard (try? catalog.position(of: archive)) != nil else { return nil }
    return try? catalog.read { db in
      guard let position = try CatalogMeta.position(in: db) else {
        throw CatalogCell.unreadable
      }
      return (
        position,
        Counts(
          messages: try Int64.fetchOne(db, sql: "SELECT count(*) FROM message") ?? 0,
          placements: try Int64.fetchOne(db, sql: "SELECT count(*) FROM placement") ?? 0)
      )
    }
  }
}
