// mailmove: what a catalog knows about itself.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailWire

/// The table `meta`: names and values.
enum CatalogMeta {
  /// The name under which an event is kept that a writer would have to know.
  static let unknownEvent = "must_know"

  static func text(_ name: String, in db: Database) throws -> String? {
    try String.fetchOne(db, sql: "SELECT v FROM meta WHERE k = ?", arguments: [name])
  }

  static func number(_ name: String, in db: Database) throws -> Int64? {
    try Int64.fetchOne(db, sql: "SELECT v FROM meta WHERE k = ?", arguments: [name])
  }

  static func set(_ name: String, _ value: some DatabaseValueConvertible, in db: Database) throws {
    try db.cachedStatement(sql: "INSERT OR REPLACE INTO meta (k, v) VALUES (?, ?)")
      .execute(arguments: [name, value])
  }

  static func remove(_ name: String, in db: Database) throws {
    try db.execute(sql: "DELETE FROM meta WHERE k = ?", arguments: [name])
  }

  /// Up to where in the journal the catalog was made; nil if that cannot be read.
  static func position(in db: Database) throws -> JournalPosition? {
    guard let commit = try number("commit", in: db), let file = try number("journal", in: db),
      let end = try number("journal_end", in: db),
      let digest = try text("journal_sha256", in: db)
        .flatMap({ SHA256Digest(hexadecimal: $0.utf8) })
    else { return nil }
    return JournalPosition(commit: commit, file: file, end: end, digest: digest)
  }

  static func set(_ position: JournalPosition, in db: Database) throws {
    try set("commit", position.commit, in: db)
    try set("journal", position.file, in: db)
    try set("journal_end", position.end, in: db)
    try set("journal_sha256", position.digest.description, in: db)
  }
}
