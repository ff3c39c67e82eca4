// mailmove: tests of the ledger's format.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import MailTestKit
import MailWire
import SyncEngine
import Testing

@testable import SQLiteJournal

@Suite struct FormatTests {
  /// Format 1 as it was released. This text never changes: it stands for the files people have.
  private static let format1 = """
    PRAGMA application_id = 1835887719;
    PRAGMA user_version = 1;
    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
    INSERT INTO grdb_migrations VALUES ('v1');
    CREATE TABLE job (id INTEGER PRIMARY KEY CHECK (id = 1), source TEXT NOT NULL,
      target TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
    CREATE TABLE run (id INTEGER PRIMARY KEY, started_at INTEGER NOT NULL, ended_at INTEGER,
      exit_code INTEGER, pid INTEGER NOT NULL, version TEXT NOT NULL,
      CHECK ((ended_at IS NULL) = (exit_code IS NULL))) STRICT;
    CREATE TABLE pair (id INTEGER PRIMARY KEY, source BLOB NOT NULL UNIQUE,
      source_delimiter INTEGER, source_path TEXT NOT NULL, source_uidvalidity INTEGER,
      source_mailbox_id TEXT, renamed_from BLOB, target BLOB, target_path TEXT,
      target_delimiter INTEGER, role TEXT, role_rule TEXT NOT NULL, decision TEXT NOT NULL,
      reason TEXT NOT NULL, create_role TEXT, exists_at_target INTEGER NOT NULL,
      subscribe INTEGER NOT NULL, anchor_mailbox BLOB, anchor_uidvalidity INTEGER,
      anchor_uidnext INTEGER, done_uidvalidity INTEGER, done_uidnext INTEGER,
      done_modseq INTEGER, done_messages INTEGER, finished_at INTEGER) STRICT;
    CREATE TABLE message (pair INTEGER NOT NULL REFERENCES pair (id),
      uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL, state INTEGER NOT NULL,
      size INTEGER NOT NULL, digest BLOB, fingerprint BLOB, date_seconds INTEGER,
      date_zone INTEGER, system_flags INTEGER NOT NULL, keywords TEXT, target_uid INTEGER,
      reason TEXT, note TEXT, recorded_at INTEGER NOT NULL,
      PRIMARY KEY (pair, uidvalidity, uid)) STRICT, WITHOUT ROWID;
    CREATE INDEX message_pending ON message (pair) WHERE state = 0;
    INSERT INTO job VALUES (1, 'imaps://a@old.example', 'imaps://b@new.example', 1700000000);
    INSERT INTO run VALUES (1, 1700000000, 1700000060, 3, 4711, '1.0.0');
    INSERT INTO pair VALUES (1, x'494E424F58', 47, 'INBOX', NULL, NULL, NULL,
      x'6E65772E494E424F58', 'new/INBOX',
      46, NULL, 'none', 'renamed', 'by --into', NULL, 0, 1, x'6E65772E494E424F58', 8589934592, 9,
      77, 4294967295, 1152921504606846976, 3, 1700000060);
    INSERT INTO message VALUES (1, 77, 1, 0, 1000, NULL, NULL, -999, -210, 0, NULL, NULL, NULL,
      NULL, 1700000001);
    INSERT INTO message VALUES (1, 77, 2, 3, 9, NULL, NULL, NULL, NULL, 0, NULL, NULL,
      'messageTooBig', 'the limit is 8', 1700000002);
    INSERT INTO message VALUES (1, 77, 3, 1, 12, zeroblob(32), zeroblob(16), 1700000000, 330, 17,
      '$Forwarded later', 10003, NULL, NULL, 1700000003);
    """

  @Test func opensALedgerOfFormat1WithEverythingInIt() async throws {
    let bench = try Bench()
    try bench.tamper(Self.format1)
    let journal = try bench.open()
    let pair = try #require(try await journal.pairs().first)
    #expect(pair.mapped == JournalSamples.mailbox("INBOX"))
    #expect(
      try await journal.standing(of: pair)
        == PairStanding(
          source: SourceCheckpoint(
            uidValidity: JournalSamples.generation, uidNext: UID(.max), highestModSeq: 1 << 60,
            messages: 3),
          target: TargetAnchor(
            mailbox: MailboxName(wire: "new.INBOX"), uidValidity: UIDValidity(1 << 33),
            uidNext: UID(9), toldUIDNext: UID(10_004)), pending: 1))
    let records = try await journal.records(of: pair)
    let listed = JournalSamples.entry(1)
    #expect(
      records == [
        MessageRecord(
          key: JournalSamples.key(1), state: .pending, size: listed.size,
          listedSize: listed.size, internalDate: listed.internalDate), JournalSamples.skipped(2),
        MessageRecord(
          key: JournalSamples.key(3), state: .stored, size: 12,
          digest: SHA256Digest(bytes: Array(repeating: 0, count: 32)),
          fingerprint: Fingerprint(bytes: Array(repeating: 0, count: 16)),
          internalDate: InternalDate(secondsSinceEpoch: 1_700_000_000, zoneMinutes: 330),
          flags: FlagSet(
            system: [.seen, .draft], keywords: [Keyword("later"), Keyword("$Forwarded")]),
          targetUID: UID(10_003)),
      ])
    #expect(try await journal.lastRun()?.exitCode == 3)
    try journal.close()
  }

  /// Copies the files as they are in the middle of the n-th step, which is what a kill leaves.
  @Test(arguments: [1, 2, 3, 4], [false, true])
  func aLedgerWhoseRaisingWasKilledIsRaisedByTheNextRun(step: Int, endsCommitted: Bool) async throws
  {
    let bench = try Bench()
    try bench.tamper(Self.format1)
    let dead = try Bench()
    let pool = try DatabasePool(path: bench.path)
    if step > 1 { try JournalSchema.migrator.migrate(pool, upTo: "v\(step)") }
    try await pool.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE")
      // More than the cache holds, so that a part is in the file before the commit.
      try db.execute(sql: "CREATE TABLE half (text TEXT)")
      for _ in 0..<200 {
        try db.execute(sql: "INSERT INTO half VALUES (hex(randomblob(500)))")
      }
      try db.execute(sql: [Self.format2, Self.format3, Self.format4, Self.format5][step - 1])
      if endsCommitted { try db.execute(sql: "DROP TABLE half; COMMIT") }
      for suffix in ["", "-wal"] {
        try FileManager.default.copyItem(atPath: bench.path + suffix, toPath: dead.path + suffix)
      }
      if !endsCommitted { try db.execute(sql: "ROLLBACK") }
    }
    try pool.close()
    let written = try Data(contentsOf: URL(fileURLWithPath: dead.path + "-wal"))
    #expect(written.count > 100_000)

    let journal = try dead.open()
    let pair = try #require(try await journal.pairs().first)
    #expect(try await journal.records(of: pair).count == 3)
    #expect(try await journal.standing(of: pair).target?.uidNext == UID(9))
    #expect(try await journal.numbers(for: ["x"], of: .inbox).count == 1)
    try journal.close()
    let queue = try DatabaseQueue(path: dead.path)
    let tables = try await queue.read {
      try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema")
    }
    #expect(!tables.contains("half"))
    #expect(try await queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 5)
    try queue.close()
  }

  /// Format 2 as it was released: format 1 and the numbering of messages without UIDs. This text
  /// never changes either.
  private static let format2 = """
    PRAGMA user_version = 2;
    INSERT INTO grdb_migrations VALUES ('v2');
    CREATE TABLE numbering (mailbox BLOB PRIMARY KEY, last INTEGER NOT NULL)
      STRICT, WITHOUT ROWID;
    CREATE TABLE name (mailbox BLOB NOT NULL REFERENCES numbering (mailbox), name TEXT NOT NULL,
      number INTEGER NOT NULL, PRIMARY KEY (mailbox, name), UNIQUE (mailbox, number))
      STRICT, WITHOUT ROWID;
    INSERT INTO numbering VALUES (x'494E424F58', 9);
    INSERT INTO name VALUES (x'494E424F58', 'uidl a 10', 7);
    """

  /// Format 3 as it was released: what is known of the target mailbox. This text never changes.
  private static let format3 = """
    PRAGMA user_version = 3;
    INSERT INTO grdb_migrations VALUES ('v3');
    ALTER TABLE pair ADD COLUMN anchor_apart INTEGER NOT NULL DEFAULT 0;
    UPDATE pair SET anchor_apart = 1;
    """

  /// Format 4 as it was released: what the messages come to. This text never changes.
  private static let format4 = """
    PRAGMA user_version = 4;
    INSERT INTO grdb_migrations VALUES ('v4');
    DROP INDEX message_pending;
    CREATE TABLE tally (pair INTEGER PRIMARY KEY REFERENCES pair (id), pending INTEGER NOT NULL,
      stored INTEGER NOT NULL, already_there INTEGER NOT NULL, skipped INTEGER NOT NULL,
      vanished INTEGER NOT NULL, lost INTEGER NOT NULL, bytes_at_target INTEGER NOT NULL,
      proven INTEGER NOT NULL, removed INTEGER NOT NULL, flagged INTEGER NOT NULL,
      kept INTEGER NOT NULL) STRICT;
    """

  /// Format 5 as it was released: what identifies a message and a mailbox beside their numbers, and
  /// columns in place of words. This text never changes.
  private static let format5 = """
    PRAGMA user_version = 5;
    INSERT INTO grdb_migrations VALUES ('v5');
    ALTER TABLE message ADD COLUMN listed_size INTEGER;
    ALTER TABLE message ADD COLUMN first_seen INTEGER;
    ALTER TABLE message ADD COLUMN removal TEXT;
    CREATE INDEX message_removal ON message (digest) WHERE removal IS NOT NULL;
    ALTER TABLE message ADD COLUMN dropped_flags TEXT;
    ALTER TABLE message ADD COLUMN dropped_date INTEGER NOT NULL DEFAULT 0;
    UPDATE message SET listed_size = size WHERE state = 0;
    ALTER TABLE pair ADD COLUMN anchor_told_uidnext INTEGER;
    ALTER TABLE pair ADD COLUMN anchor_modseq INTEGER;
    ALTER TABLE pair ADD COLUMN anchor_mailbox_id TEXT;
    ALTER TABLE pair ADD COLUMN done_size INTEGER;
    ALTER TABLE pair ADD COLUMN done_mailbox_id TEXT;
    ALTER TABLE tally ADD COLUMN unlocated INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE archive (id INTEGER PRIMARY KEY, uuid TEXT NOT NULL,
      commit_number INTEGER NOT NULL, commit_digest TEXT NOT NULL) STRICT;
    """

  /// A ledger of each format, the oldest first.
  private static let formats: [String] = {
    let steps = [format1, format2, format3, format4, format5]
    return steps.indices.map { steps[...$0].joined(separator: "\n") }
  }()

  @Test(arguments: formats)
  func theMessagesOfEveryFormatAreCounted(format: String) async throws {
    let bench = try Bench()
    try bench.tamper(format)
    let before = try bench.contents()
    let counts: [MessageState: Int] = [.pending: 1, .skipped: 1, .stored: 1]
    let looked = try #require(try SQLiteJournal.openForReading(at: bench.path))
    #expect(try await looked.summary().mailboxes.map(\.counts) == [counts])
    try looked.close()
    #expect(try bench.contents() == before)
    let opened = try bench.open()
    #expect(try await opened.summary().mailboxes.map(\.counts) == [counts])
    #expect(try await opened.summary().mailboxes.map(\.bytesAtTarget) == [12])
    try opened.close()
    let released = try released()
    #expect(try things(bench.path) == things(released.path))
  }

  @Test(arguments: zip(formats, [false, false, true, true, true]))
  func whatIsKnownOfTheTargetMailboxIsReadFromEveryFormat(format: String, apart: Bool) async throws
  {
    let bench = try Bench()
    try bench.tamper(format)
    let before = try bench.contents()
    let looked = try #require(try SQLiteJournal.openForReading(at: bench.path))
    let pair = try #require(try await looked.pairs().first)
    #expect(try await looked.standing(of: pair).target?.isApart == apart)
    #expect(try await looked.lastRun()?.exitCode == 3)
    try looked.close()
    #expect(try bench.contents() == before)
    let opened = try bench.open()
    #expect(try await opened.standing(of: pair).target?.isApart == apart)
    try opened.close()
  }

  @Test func whatWasKeptInWordsIsTakenApart() async throws {
    let bench = try Bench()
    let concessions = "flags not kept: Junk $Label1; date not kept: 1-Jan-2020"
    let marked = "removed from the source"
    try bench.tamper(
      [Self.format1, Self.format2, Self.format3, Self.format4].joined()
        + """
        UPDATE message SET note = '\(concessions); \(marked)' WHERE uid = 3;
        UPDATE message SET note = 'NO x; \(marked); flags not kept: a' WHERE uid = 2;
        """)
    let journal = try bench.open()
    let pair = try #require(try await journal.pairs().first)
    let records = try await journal.records(of: pair)
    #expect(records[2].removal == .removed && records[2].note == concessions)
    #expect(records[2].dropped == DroppedMetadata(flags: ["$label1", "junk"], date: true))
    #expect(records[1].removal == nil && records[1].dropped == DroppedMetadata())
    #expect(records[1].note == "NO x; \(marked); flags not kept: a")
    #expect(try await journal.summary().count(.removed) == 1)
    try journal.close()
  }

  @Test func aLedgerOfFormat1IsRaisedAndNumbersMessages() async throws {
    let bench = try Bench()
    try bench.tamper(Self.format1)
    let journal = try bench.open()
    #expect(try await journal.numbers(for: ["x", "y"], of: .inbox) == [UID(1), UID(2)])
    try journal.close()
    let queue = try DatabaseQueue(path: bench.path)
    #expect(try await queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 5)
    try queue.close()
  }

  @Test func aLedgerOfFormat2KeepsItsNumbers() async throws {
    let bench = try Bench()
    try bench.tamper(Self.format1 + Self.format2)
    let journal = try bench.open()
    #expect(
      try await journal.numbers(for: ["new", "uidl a 10", nil], of: .inbox)
        == [UID(10), UID(7), UID(11)])
    try journal.close()
    let again = try bench.open()
    #expect(try await again.numbers(for: [nil, "new"], of: .inbox) == [UID(12), UID(10)])
    try again.close()
  }

  @Test(arguments: [format1, format1 + format2])
  func lookingNumbersWithoutWriting(format: String) async throws {
    let bench = try Bench()
    try bench.tamper(format)
    let before = try bench.contents()
    let journal = try #require(try SQLiteJournal.openForReading(at: bench.path))
    let hasNumbers = format != Self.format1
    #expect(
      try await journal.numbers(for: ["uidl a 10", "new"], of: .inbox)
        == (hasNumbers ? [UID(7), UID(10)] : [UID(1), UID(2)]))
    try journal.close()
    #expect(try bench.contents() == before)
  }

  @Test func writesTheColumnsAsReleased() async throws {
    let released = try released()
    let current = try Bench()
    try current.open().close()
    #expect(try columns(current.path) == columns(released.path))
  }

  @Test func numbersTheStatesAsReleased() {
    let numbers = MessageState.allCases.map { "\($0)=\($0.rawValue)" }
    #expect(
      numbers == [
        "pending=0", "stored=1", "alreadyThere=2", "skipped=3", "vanished=4", "lost=5",
      ])
  }

  private func released() throws -> Bench {
    let bench = try Bench()
    try bench.tamper(try #require(Self.formats.last))
    return bench
  }

  /// Every table and index.
  private func things(_ path: String) throws -> [String] {
    let queue = try DatabaseQueue(path: path)
    return try queue.read { db in
      try String.fetchAll(
        db, sql: "SELECT type || ' ' || name FROM sqlite_schema ORDER BY type, name")
    }
  }

  /// Every column with its type, table by table.
  private func columns(_ path: String) throws -> [String] {
    let queue = try DatabaseQueue(path: path)
    return try queue.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT t.name || '.' || c.name || ' ' || c.type FROM sqlite_schema t,
            pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY t.name, c.cid
          """)
    }
  }
}
