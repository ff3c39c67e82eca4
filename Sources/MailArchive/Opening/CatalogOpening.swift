// mailmove: a catalog that agrees with the journal.
// SPDX-License-Identifier: Apache-2.0

/// Opens the catalog of an archive and brings it up to the end of the journal.
///
/// A catalog that is damaged or of another archive is set aside and made anew. One that knows more
/// than the journal proves that the journal lost commits; then nothing is changed.
struct CatalogOpening {
  let storage: any Storage
  let archive: String
  let place: Catalog.Place

  /// A catalog at the end of the journal.
  struct Result {
    let catalog: Catalog
    /// The journal as it was read.
    let scan: JournalScan
    /// The segments that were written to since the last clean end; nil if nothing tells that end.
    let touched: Set<Int64>?
    /// What was found to be damaged, and is or will be made again.
    var damages: [ArchiveDamage] = []
  }

  private static let batchEvents = 20_000

  /// For a writer, who holds the lock.
  func open() throws(ArchiveError) -> Result {
    let head = try ArchiveHead.read(from: storage)
    var opened = try open(head)
    if head == nil, try storage.status(of: ArchiveLayout.head) != nil {
      opened.damages.append(
        ArchiveDamage(.head, path: ArchiveLayout.head, "it could not be read, and is made again"))
    }
    return opened
  }

  private func open(_ head: ArchiveHead?) throws(ArchiveError) -> Result {
    switch place {
    case .memory: return try build(Catalog.inMemory(), known: 0, head)
    case .file(let path):
      var isUnfinished = false
      do throws(ArchiveError) {
        let catalog = try Catalog.open(path)
        isUnfinished = (try? catalog.isUnfinished()) ?? false
        return try open(catalog, path: path, head)
      } catch {
        guard case .catalogDamaged(let detail) = error else { throw error }
        try CatalogFiles.setAside(path)
        var opened = try build(try Catalog.open(path), known: 0, head)
        // A run that was killed while it made one is no damage.
        if !isUnfinished {
          opened.damages.append(
            ArchiveDamage(
              .catalog, path: ArchiveLayout.catalog, "\(detail); it is made again from the journal")
          )
        }
        return opened
      }
    }
  }

  private func open(
    _ catalog: Catalog, path: String, _ head: ArchiveHead?
  ) throws(ArchiveError) -> Result {
    let scan = try JournalScan(storage, archive: archive)
    do throws(ArchiveError) {
      guard let position = try catalog.position(of: archive) else {
        return try build(catalog, known: 0, head)
      }
      switch try scan.compare(with: position) {
      case .matches:
        try catalog.provideIndexes()
        return try catchUp(catalog, from: position, head)
      case .beyondTheEnd, .otherBytes:
        // If this finds no damage, the catalog is the one that is wrong.
        try check(known: position.commit, head)
        throw ArchiveError.catalogDamaged(detail: "it was made from another journal")
      }
    } catch {
      try? catalog.close()
      throw error
    }
  }

  /// Reads the whole journal, and throws `damaged` if it has fewer commits than are known.
  private func check(known: Int64, _ head: ArchiveHead?) throws(ArchiveError) {
    var scan = try JournalScan(storage, archive: archive)
    try scan.read(from: .beginning) { _, _ throws(ArchiveError) in }
    try Self.insist(on: max(known, head?.position.commit ?? 0), scan)
  }

  private static func insist(on known: Int64, _ scan: JournalScan) throws(ArchiveError) {
    guard scan.position.commit < known else { return }
    throw .damaged(
      ArchiveDamage(
        .journal, path: ArchiveLayout.journalPath(scan.position.file), offset: scan.position.end,
        "it ends with commit \(scan.position.commit), but there was a commit \(known)"))
  }

  /// Fills an empty catalog from the whole journal.
  ///
  /// Throws `damaged` if the journal has fewer commits than are known.
  func build(
    _ catalog: Catalog, known: Int64, _ head: ArchiveHead?
  ) throws(ArchiveError) -> Result {
    try catalog.create(for: archive)
    let result = try catchUp(catalog, from: .beginning, head)
    try Self.insist(on: known, result.scan)
    try catalog.finishBuilding()
    return result
  }

  /// Takes over what the journal has behind a place; reads from the last clean end if that is
  /// earlier, to learn what was written since.
  func catchUp(
    _ catalog: Catalog, from position: JournalPosition, _ head: ArchiveHead?
  ) throws(ArchiveError) -> Result {
    var scan = try JournalScan(storage, archive: archive)
    var start = position
    if let head {
      switch try scan.compare(with: head.position) {
      case .matches: if head.position.commit < start.commit { start = head.position }
      case .beyondTheEnd, .otherBytes:
        // What is wrong with the journal says more than that HEAD disagrees.
        try check(known: head.position.commit, nil)
        throw contradiction(head)
      }
    }
    var touched: Set<Int64> = []
    var commits: [JournalCommit] = []
    var waiting = 0
    try scan.read(from: start) { commit, end throws(ArchiveError) in
      if commit.number > head?.position.commit ?? 0 { touched.formUnion(commit.ends.keys) }
      guard commit.number > position.commit else { return }
      commits.append(commit)
      waiting += commit.events.count + 1
      if waiting >= Self.batchEvents {
        try catalog.apply(commits, upTo: end)
        commits = []
        waiting = 0
      }
    }
    if !commits.isEmpty { try catalog.apply(commits, upTo: scan.position) }
    try Self.insist(on: max(position.commit, head?.position.commit ?? 0), scan)
    return Result(catalog: catalog, scan: scan, touched: head == nil ? nil : touched)
  }

  private func contradiction(_ head: ArchiveHead) -> ArchiveError {
    .damaged(
      ArchiveDamage(
        .head, path: ArchiveLayout.head,
        "it says commit \(head.position.commit) ended otherwise than the journal does"))
  }
}
