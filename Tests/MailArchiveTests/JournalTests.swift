// mailmove: what the archive's journal says and how it is read.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import MailArchive

@Suite("The archive's journal")
struct JournalTests {
  private static let digest = SHA256Digest(of: Array("x".utf8))
  private static let key = PlacementKey(
    folder: FolderID(3), uidValidity: .max, uid: 4_294_967_294)
  private static let place = MessagePlace(
    id: 9, segment: 2, offset: 1 << 40, compressedLength: 300, at: 128, length: 77)

  static let events: [JournalEvent] = [
    .open(
      JournalOpening(
        format: 1, archive: "uuid", journal: 2, previous: digest, time: 1_795_000_000,
        tool: "mailmove")),
    .account(AccountEvent(id: AccountID(1), label: "me \"quoted\" \\", proto: "imap", host: "h")),
    .folder(
      FolderEvent(
        id: FolderID(3), account: AccountID(1), name: "Entwürfe/\u{1}\u{1F600}", delimiter: "/",
        special: "\\Drafts", mailboxID: "M1", uidValidity: 77)),
    .segment(id: 2, path: "segments/2019/00000002.mbox.gz"),
    .message(MessageEvent(place: place, digest: digest, size: 0, date: -5)),
    .put(
      PutEvent(
        key: key, message: 9,
        internalDate: InternalDate(secondsSinceEpoch: -1, zoneMinutes: -1_439),
        flags: FlagSet(system: .all, keywords: [Keyword("$Work")]), modSeq: .max,
        labels: ["\\Important", "a b"], emailID: "E", uidl: "u 1",
        source: SourceUID(uidValidity: 1 << 40, uid: 7))),
    .put(PutEvent(key: key, message: 9, flags: .none)),
    .flags(FlagsEvent(key: key, flags: .none, modSeq: nil)),
    .gone(PlacementSet(folder: FolderID(3), uidValidity: 1, uids: [1, 2, 9]), modSeq: 5),
    .listed(PlacementSet(folder: FolderID(3), uidValidity: 1, uids: [2]), modSeq: nil),
    .scan(ScanEvent(folder: FolderID(3), uidValidity: 9, uidNext: 10, modSeq: 11)),
    .run(JSONObject([JSONObject.Member("tool", .string("x"))])),
    .end(JSONObject([JSONObject.Member("counts", .array([.integer(1), .null, .bool(true)]))])),
    .seal(segment: 2, bytes: 1 << 40, digest: digest),
    .damage(messages: [9], detail: "flipped"), .heal(place), .prune(messages: [9, 10]),
    .moved([place]), .drop(segment: 2), .hold(id: 1, query: "all", since: nil), .release(id: 1),
    .unknown(name: "later", mustBeKnown: true), .unknown(name: "later", mustBeKnown: false),
  ]

  @Test("reads back every event as it was written", arguments: events)
  func roundTrip(event: JournalEvent) throws {
    #expect(try JournalEvent(try JSONParser.object(event.json.text[...])) == event)
  }

  @Test("reads back a commit, and takes no text for one that is not whole")
  func commits() throws {
    let commit = JournalCommit(
      number: 5, time: 1_795_000_000, offset: 99, previous: Self.digest,
      ends: [2: JournalCommit.SegmentEnd(length: 12, digest: Self.digest)], events: Self.events)
    #expect(try JournalCommit(text: commit.text) == commit)
    #expect(JournalCommit.isFinished(commit.text))
    for length in 0..<commit.text.count {
      #expect(throws: JournalCommit.Fault.self) {
        try JournalCommit(text: Array(commit.text.prefix(length)))
      }
    }
  }

  @Test("passes over keys it does not know")
  func unknownKeys() throws {
    let line = Array(#"{"e":"seg","id":1,"path":"p","later":{"x":[1.5e3,-0]}}"#.utf8)
    #expect(try JournalEvent(try JSONParser.object(line[...])) == .segment(id: 1, path: "p"))
  }

  @Test(
    "refuses numbers and texts that mean nothing",
    arguments: [
      #"{"id":1}"#, #"{"e":"seg","id":-1,"path":"p"}"#, #"{"e":"seg","id":1.5,"path":"p"}"#,
      #"{"e":"seg","id":99999999999999999999,"path":"p"}"#, #"{"e":"seg","id":1}"#,
      #"{"e":"gone","f":1,"v":1,"u":[4294967296]}"#, #"{"e":"gone","f":1,"v":1,"u":3}"#,
      #"{"e":"put","f":1,"v":1,"u":1,"m":1,"idate":1,"zone":1440}"#,
      #"{"e":"drop","seg":"1"}"#, #"{"e":"moved","map":[1]}"#,
    ])
  func malformed(line: String) throws {
    let json = try JSONParser.object(Array(line.utf8)[...])
    #expect(throws: JournalEvent.Malformed.self) { try JournalEvent(json) }
  }

  @Test(
    "takes nothing for JSON that is not",
    arguments: [
      "", "{", "{}x", "[]", "{\"a\"}", "{\"a\":}", "{\"a\":01}", "{\"a\":1,}", "{\"a\":tru}",
      "{\"a\":\"\u{1}\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":-}", "{\"a\":1e}",
      "{\"a\":" + String(repeating: "[", count: 40) + String(repeating: "]", count: 40) + "}",
    ])
  func noJSON(text: String) {
    #expect(throws: JSONFault.self) { try JSONParser.object(Array(text.utf8)[...]) }
  }

  @Test("reads escapes, and halves of characters as what stands for them")
  func escapes() throws {
    let text = Array(#"{"a":"\ud83d\ude00\u0041\ud83dx\n\/","b":-9223372036854775808}"#.utf8)
    let json = try JSONParser.object(text[...])
    #expect(json.string("a") == "\u{1F600}A\u{FFFD}x\n/")
    #expect(json.integer("b") == .min)
  }

  @Test("never traps on bytes that may be anything")
  func garbage() {
    var generator = SeededGenerator(seed: 5)
    let alphabet = Array(#"{}[]":,\u0d8e-1.e tfn"#.utf8) + [0xFF, 0x0A, 0xC3]
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
      }
      _ = try? JSONParser.object(([0x7B] + bytes)[...])
    }
  }

  @Test("forbids writing where an event must be known, and lets people read")
  func mustBeKnown() async throws {
    let storage = MemoryStorage()
    try await ArchiveScript.plain.run(on: storage)
    var scan = try JournalScan(
      storage, archive: try ArchiveIdentity.read(from: storage).uuid)
    try scan.read(from: .beginning) { _, _ throws(ArchiveError) in }
    let journal = JournalWriter(
      after: scan, archive: try ArchiveIdentity.read(from: storage).uuid, in: storage,
      level: 1)
    _ = try journal.commit(
      [.unknown(name: "later", mustBeKnown: true)], ends: [:], at: ArchiveScript.now)
    await #expect(throws: ArchiveError.newer(detail: "its journal has 'later'")) {
      try await ArchiveWriter.open(storage, catalog: .memory)
    }
    #expect(try await ArchiveDump(reading: storage.image).lines.count == 6)
  }

  @Test("needs no more than 80 bytes for a message, and the catalog no more than 250")
  func sizes() async throws {
    let storage = MemoryStorage()
    let writer = try await ArchiveWriter.open(
      storage, catalog: .memory, clock: { ArchiveScript.now })
    let inbox = try await ArchiveScript.folder("INBOX", writer)
    let count = 3_000
    for index in 0..<count {
      try await ArchiveScript.put("\(index)", year: 2000 + index % 20, in: inbox, writer)
    }
    _ = try await writer.commit()
    let journal = try #require(storage.image["journal/00000001.jsonl.gz"]?.count)
    #expect(journal / count <= 80, "\(journal / count) bytes")
    await writer.abandon()
    // The catalog is measured as SQLite counts its pages.
    let opening = CatalogOpening(
      storage: storage, archive: try ArchiveIdentity.read(from: storage).uuid, place: .memory)
    let catalog = try opening.open().catalog
    let bytes = try catalog.pageBytes()
    #expect(bytes / count <= 250, "\(bytes / count) bytes")
  }
}
