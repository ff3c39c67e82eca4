// mailmove: a catalog for somebody who only reads.
// SPDX-License-Identifier: Apache-2.0

import GRDB

extension CatalogOpening {
  /// A catalog at the end of the journal as it is now, without changing a file.
  ///
  /// The one on disk serves as it is if it is complete, else as the beginning of a copy in memory.
  func openForReading() throws(ArchiveError) -> Catalog {
    guard case .file(let path) = place, let stored = try? Catalog.openForReading(path) else {
      return try build(Catalog.inMemory(), known: 0, nil).catalog
    }
    do throws(ArchiveError) {
      let scan = try JournalScan(storage, archive: archive)
      if let position = try stored.position(of: archive),
        try scan.compare(with: position) == .matches
      {
        if try scan.isEnd(position) { return stored }
        let copy = try Catalog.inMemory()
        try ArchiveError.fromCatalog { try stored.database.backup(to: copy.database) }
        try stored.close()
        return try catchUp(copy, from: position, nil).catalog
      }
    } catch {
      // What the journal itself has to say comes up again below.
    }
    try? stored.close()
    return try build(Catalog.inMemory(), known: 0, nil).catalog
  }
}
