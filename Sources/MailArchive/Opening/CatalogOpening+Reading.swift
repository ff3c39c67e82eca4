// mailmove: a catalog for somebody who only reads.
// SPDX-License-Identifier: Apache-2.0

import GRDB

extension CatalogOpening {
  /// A catalog at the end of the journal as it is now, without changing a file.
  ///
  /// The one on disk serves as it is if it is complete, else as the beginning of a copy in memory.
  /// If the journal is damaged, it serves as it is too: whoever has only a damaged archive needs it
  /// most.
  func openForReading() throws(ArchiveError) -> Catalog {
    guard case .file(let path) = place, let stored = try? Catalog.openForReading(path) else {
      return try build(Catalog.inMemory(), known: 0, nil).catalog
    }
    guard let found = try? stored.position(of: archive) else {
      try? stored.close()
      return try build(Catalog.inMemory(), known: 0, nil).catalog
    }
    do throws(ArchiveError) {
      guard let current = try current(stored, at: found) else { return stored }
      try? stored.close()
      return current
    } catch {
      guard case .damaged = error else {
        try? stored.close()
        throw error
      }
      return stored
    }
  }

  /// A copy of a catalog at the end of the journal; nil if it is there already.
  private func current(
    _ stored: Catalog, at position: JournalPosition
  ) throws(ArchiveError) -> Catalog? {
    let scan = try JournalScan(storage, archive: archive)
    guard try scan.compare(with: position) == .matches else {
      return try build(Catalog.inMemory(), known: position.commit, nil).catalog
    }
    if try scan.isEnd(position) { return nil }
    let copy = try Catalog.inMemory()
    try ArchiveError.fromCatalog { try stored.database.backup(to: copy.database) }
    return try catchUp(copy, from: position, nil).catalog
  }
}
