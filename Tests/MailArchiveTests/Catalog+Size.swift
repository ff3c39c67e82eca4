// mailmove: how large a catalog is.
// SPDX-License-Identifier: Apache-2.0

import GRDB

@testable import MailArchive

extension Catalog {
  /// Bytes of all its pages.
  func pageBytes() throws -> Int {
    try read { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      return pages * (try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
    }
  }
}
