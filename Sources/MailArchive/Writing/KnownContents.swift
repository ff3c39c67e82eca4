// mailmove: which messages an archive has already.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Finds out whether an archive has a message; asked for each one that is staged.
///
/// A question to the catalog takes as long as the rest of staging a small message. So a filter
/// answers for most that are new. To fill it, all digests of the archive have to be read, which is
/// done once that has cost less than the questions so far: at once in a new archive, and never in a
/// large one that gets little.
final class KnownContents {
  private let catalog: Catalog
  /// Messages the archive had when it was opened.
  private let stored: Int64
  private var asked: Int64 = 0
  /// What is in no commit yet.
  private var staged: [Batch.Content: Int64] = [:]
  private var filter: ContentFilter?

  /// Digests that are read in the time of one question.
  private static let digestsToAQuestion: Int64 = 32

  init(in catalog: Catalog, stored: Int64) {
    self.catalog = catalog
    self.stored = stored
  }

  /// Notes a message that the next commit will hold.
  func stage(_ content: Batch.Content, as id: Int64) {
    staged[content] = id
    filter?.insert(content.digest)
  }

  /// All that was staged is in the catalog now.
  func commit() { staged = [:] }

  /// Under which number the archive has these bytes, and if it has them under none, under which it
  /// has lost them.
  func ids(
    of content: Batch.Content
  ) throws(ArchiveError) -> (known: Int64?, damaged: Int64?) {
    if filter == nil, asked >= stored / Self.digestsToAQuestion { try fillFilter() }
    if let filter, !filter.mayHold(content.digest) { return (nil, nil) }
    if let id = staged[content] { return (id, nil) }
    asked += 1
    let found = try catalog.look { db in
      try CatalogQuery.keptMessage(with: content.digest, size: content.size, db)
    }
    guard let found else { return (nil, nil) }
    return found < 0 ? (nil, -found) : (found, nil)
  }

  private func fillFilter() throws(ArchiveError) {
    var filter = ContentFilter()
    for content in staged.keys { filter.insert(content.digest) }
    try catalog.look { db in try CatalogQuery.forEachDigest(db) { filter.insert($0) } }
    self.filter = filter
  }
}
