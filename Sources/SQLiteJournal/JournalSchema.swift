// mailmove: the tables of the ledger.
// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The tables of the ledger and the steps that lead to them; docs/journal.md explains each column.
///
/// A step that was released never changes. A new one raises `version`, by which an older mailmove
/// sees that it must not touch the file.
enum JournalSchema {
  /// "mmlg" in the file's header tells a ledger from any other SQLite database.
  static let applicationID: Int64 = 0x6D6D_6C67
  /// The newest format known here, kept in the file as `user_version`.
  static let version: Int64 = 5

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("v1") { try $0.execute(sql: version1) }
    migrator.registerMigration("v2") { try $0.execute(sql: version2) }
    migrator.registerMigration("v3") { try $0.execute(sql: version3) }
    migrator.registerMigration("v4") { try $0.execute(sql: version4) }
    migrator.registerMigration("v5") { db in
      try db.execute(sql: version5)
      try NotesOfFormat4.takeApart(in: db)
    }
    return migrator
  }

  private static let version1 = """
    PRAGMA application_id = 0x6D6D6C67;
    PRAGMA user_version = 1;

    CREATE TABLE job (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      source TEXT NOT NULL,
      target TEXT NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE run (
      id INTEGER PRIMARY KEY,
      started_at INTEGER NOT NULL,
      ended_at INTEGER,
      exit_code INTEGER,
      pid INTEGER NOT NULL,
      version TEXT NOT NULL,
      CHECK ((ended_at IS NULL) = (exit_code IS NULL))
    ) STRICT;

    CREATE TABLE pair (
      id INTEGER PRIMARY KEY,
      source BLOB NOT NULL UNIQUE,
      source_delimiter INTEGER CHECK (source_delimiter BETWEEN 0 AND 255),
      source_path TEXT NOT NULL,
      source_uidvalidity INTEGER,
      source_mailbox_id TEXT,
      renamed_from BLOB,
      target BLOB,
      target_path TEXT,
      target_delimiter INTEGER CHECK (target_delimiter BETWEEN 0 AND 255),
      role TEXT,
      role_rule TEXT NOT NULL,
      decision TEXT NOT NULL,
      reason TEXT NOT NULL,
      create_role TEXT,
      exists_at_target INTEGER NOT NULL CHECK (exists_at_target IN (0, 1)),
      subscribe INTEGER NOT NULL CHECK (subscribe IN (0, 1)),
      anchor_mailbox BLOB,
      anchor_uidvalidity INTEGER,
      anchor_uidnext INTEGER CHECK (anchor_uidnext BETWEEN 0 AND 4294967295),
      done_uidvalidity INTEGER,
      done_uidnext INTEGER CHECK (done_uidnext BETWEEN 0 AND 4294967295),
      done_modseq INTEGER,
      done_messages INTEGER,
      finished_at INTEGER,
      CHECK ((anchor_mailbox IS NULL) = (anchor_uidvalidity IS NULL)),
      CHECK ((anchor_mailbox IS NULL) = (anchor_uidnext IS NULL)),
      CHECK ((done_uidvalidity IS NULL) = (finished_at IS NULL))
    ) STRICT;

    CREATE TABLE message (
      pair INTEGER NOT NULL REFERENCES pair (id),
      uidvalidity INTEGER NOT NULL,
      uid INTEGER NOT NULL CHECK (uid BETWEEN 0 AND 4294967295),
      state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 5),
      size INTEGER NOT NULL,
      digest BLOB CHECK (length(digest) = 32),
      fingerprint BLOB CHECK (length(fingerprint) = 16),
      date_seconds INTEGER,
      date_zone INTEGER,
      system_flags INTEGER NOT NULL CHECK (system_flags BETWEEN 0 AND 255),
      keywords TEXT,
      target_uid INTEGER CHECK (target_uid BETWEEN 0 AND 4294967295),
      reason TEXT,
      note TEXT,
      recorded_at INTEGER NOT NULL,
      PRIMARY KEY (pair, uidvalidity, uid),
      CONSTRAINT date_is_whole CHECK ((date_seconds IS NULL) = (date_zone IS NULL)),
      CONSTRAINT stored_has_digest CHECK (state <> 1 OR digest IS NOT NULL),
      CONSTRAINT skipped_has_reason CHECK (state <> 3 OR reason IS NOT NULL)
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX message_pending ON message (pair) WHERE state = 0;
    """

  /// The numbering of messages at a source without UIDs (POP3).
  private static let version2 = """
    PRAGMA user_version = 2;

    CREATE TABLE numbering (
      mailbox BLOB PRIMARY KEY,
      last INTEGER NOT NULL CHECK (last BETWEEN 0 AND 4294967295)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE name (
      mailbox BLOB NOT NULL REFERENCES numbering (mailbox),
      name TEXT NOT NULL,
      number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 4294967295),
      PRIMARY KEY (mailbox, name),
      UNIQUE (mailbox, number)
    ) STRICT, WITHOUT ROWID;
    """

  /// Whether the target mailbox is known to be another one than the source's.
  private static let version3 = """
    PRAGMA user_version = 3;

    ALTER TABLE pair ADD COLUMN anchor_apart INTEGER NOT NULL DEFAULT 0
      CHECK (anchor_apart IN (0, 1));
    """

  /// What the messages of a pair come to, in place of an index that every message went through
  /// twice.
  private static let version4 = """
    PRAGMA user_version = 4;

    DROP INDEX message_pending;

    CREATE TABLE tally (
      pair INTEGER PRIMARY KEY REFERENCES pair (id),
      pending INTEGER NOT NULL,
      stored INTEGER NOT NULL,
      already_there INTEGER NOT NULL,
      skipped INTEGER NOT NULL,
      vanished INTEGER NOT NULL,
      lost INTEGER NOT NULL,
      bytes_at_target INTEGER NOT NULL,
      proven INTEGER NOT NULL,
      removed INTEGER NOT NULL,
      flagged INTEGER NOT NULL,
      kept INTEGER NOT NULL
    ) STRICT;
    """

  /// What identifies a message and a mailbox beside their numbers, and what was kept in words.
  private static let version5 = """
    PRAGMA user_version = 5;

    ALTER TABLE message ADD COLUMN listed_size INTEGER;
    ALTER TABLE message ADD COLUMN first_seen INTEGER;
    ALTER TABLE message ADD COLUMN removal TEXT;
    CREATE INDEX message_removal ON message (digest) WHERE removal IS NOT NULL;
    ALTER TABLE message ADD COLUMN dropped_flags TEXT;
    ALTER TABLE message ADD COLUMN dropped_date INTEGER NOT NULL DEFAULT 0
      CHECK (dropped_date IN (0, 1));
    UPDATE message SET listed_size = size WHERE state = 0;
    UPDATE message SET first_seen = recorded_at;

    ALTER TABLE pair ADD COLUMN anchor_told_uidnext INTEGER
      CHECK (anchor_told_uidnext BETWEEN 0 AND 4294967295);
    UPDATE pair SET anchor_told_uidnext = max(anchor_uidnext, (
      SELECT ifnull(min(max(target_uid) + 1, 4294967295), 0) FROM message
      WHERE message.pair = pair.id AND state IN (1, 2)));
    ALTER TABLE pair ADD COLUMN anchor_modseq INTEGER;
    ALTER TABLE pair ADD COLUMN anchor_mailbox_id TEXT;
    ALTER TABLE pair ADD COLUMN done_size INTEGER;
    ALTER TABLE pair ADD COLUMN done_mailbox_id TEXT;

    DELETE FROM tally;
    ALTER TABLE tally ADD COLUMN unlocated INTEGER NOT NULL DEFAULT 0;

    CREATE TABLE archive (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      uuid TEXT NOT NULL,
      commit_number INTEGER NOT NULL,
      commit_digest TEXT NOT NULL
    ) STRICT;
    """
}
