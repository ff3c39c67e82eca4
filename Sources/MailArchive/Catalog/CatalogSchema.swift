// mailmove: the tables of an archive's catalog.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// The tables of the catalog, which are made from the journal alone (docs/archive-format.md).
enum CatalogSchema {
  /// `MMAR`.
  static let applicationID: Int64 = 0x4D4D_4152
  static let version: Int64 = 1

  /// Makes the tables without their indexes, which are faster to make when the tables are full.
  static func create(_ db: Database) throws {
    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    try db.execute(sql: "PRAGMA user_version = \(version)")
    try db.execute(sql: tables)
  }

  static func createIndexes(_ db: Database) throws { try db.execute(sql: indexes) }

  private static let tables = """
    CREATE TABLE meta(k TEXT PRIMARY KEY, v) WITHOUT ROWID;
    CREATE TABLE account(id INTEGER PRIMARY KEY, label TEXT NOT NULL, proto TEXT, host TEXT);
    CREATE TABLE folder(
      id INTEGER PRIMARY KEY, account_id INT NOT NULL, name TEXT NOT NULL, delim TEXT,
      special TEXT, mailboxid TEXT, uidvalidity INT NOT NULL, uidnext INT NOT NULL DEFAULT 1,
      source_uidvalidity INT, source_uidnext INT, highestmodseq INT, scanned_commit INT);
    CREATE TABLE segment(
      id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, bytes INT NOT NULL, sha256 TEXT,
      messages INT NOT NULL DEFAULT 0, dead_messages INT NOT NULL DEFAULT 0,
      dead_bytes INT NOT NULL DEFAULT 0, state TEXT NOT NULL, touched INT);
    CREATE TABLE message(
      id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL, segment_id INT NOT NULL,
      off INT NOT NULL, clen INT NOT NULL, at INT NOT NULL, len INT NOT NULL, size INT NOT NULL,
      date INT, msgid_h INT, state INT NOT NULL DEFAULT 0);
    CREATE TABLE flagset(id INTEGER PRIMARY KEY, flags TEXT NOT NULL UNIQUE);
    CREATE TABLE labelset(id INTEGER PRIMARY KEY, labels TEXT NOT NULL UNIQUE);
    CREATE TABLE placement(
      folder_id INT NOT NULL, uidvalidity INT NOT NULL, uid INT NOT NULL,
      message_id INT NOT NULL, idate INT, zone INT, flagset_id INT, labelset_id INT, modseq INT,
      added_commit INT NOT NULL, gone_commit INT,
      PRIMARY KEY(folder_id, uidvalidity, uid)) WITHOUT ROWID;
    CREATE TABLE pop3(
      folder_id INT NOT NULL, uidl TEXT NOT NULL, uid INT NOT NULL,
      PRIMARY KEY(folder_id, uidl)) WITHOUT ROWID;
    CREATE TABLE hold(id INTEGER PRIMARY KEY, query TEXT NOT NULL, since TEXT);
    CREATE VIEW v_message AS
      SELECT a.label AS account, f.name AS folder, p.uid,
        datetime(p.idate, 'unixepoch') AS received, g.flags, m.size,
        lower(hex(m.sha256)) AS sha256, p.gone_commit IS NOT NULL AS gone,
        printf('tail -c +%d %s | head -c %d | zcat | tail -c +%d | head -c %d',
          m.off + 1, s.path, m.clen, m.at + 1, m.len) AS show
      FROM placement p
      JOIN message m ON m.id = p.message_id
      JOIN segment s ON s.id = m.segment_id
      JOIN folder f ON f.id = p.folder_id
      JOIN account a ON a.id = f.account_id
      LEFT JOIN flagset g ON g.id = p.flagset_id;
    """

  private static let indexes = """
    CREATE INDEX IF NOT EXISTS message_sha ON message(substr(sha256, 1, 8));
    CREATE INDEX IF NOT EXISTS message_msgid ON message(msgid_h);
    CREATE INDEX IF NOT EXISTS message_date ON message(date);
    CREATE INDEX IF NOT EXISTS placement_msg ON placement(message_id);
    CREATE INDEX IF NOT EXISTS message_damaged ON message(id) WHERE state = 2;
    CREATE INDEX IF NOT EXISTS placement_gone ON placement(folder_id, uidvalidity, uid)
      WHERE gone_commit IS NOT NULL;
    """
}
