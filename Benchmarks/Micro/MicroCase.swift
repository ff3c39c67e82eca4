// mailmove: what is measured alone.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine

/// One part of the product at work on input from memory.
struct MicroCase {
  let name: String
  let items: Int
  /// Makes the input; the work it returns is what is measured.
  let prepare: () async throws -> () async throws -> Void

  static var all: [MicroCase] {
    [
      framer(100_000), parser(100_000), parser(1_000_000), literals(20_000), names(200_000),
      identity(20_000), worklist(100_000), ledger(100_000), listing(100_000),
      listing(1_000_000), pipeline(20_000),
    ]
  }

  private static func framer(_ count: Int) -> MicroCase {
    MicroCase(name: "framer-\(count)", items: count) {
      let feed = ListingFeed(count: count)
      return {
        var frames = 0
        try feed.run { _ in frames += 1 }
        try insist(frames == count)
      }
    }
  }

  private static func parser(_ count: Int) -> MicroCase {
    MicroCase(name: "listing-parsed-\(count)", items: count) {
      let feed = ListingFeed(count: count)
      return { try insist(try feed.entries().count == count) }
    }
  }

  /// Messages of 4 KB as FETCH brings them.
  private static func literals(_ count: Int) -> MicroCase {
    MicroCase(name: "messages-parsed-\(count)", items: count) {
      let body = String(repeating: "0123456789abcdef", count: 256)
      let line = "* 1 FETCH (UID 7 FLAGS (\\Seen) BODY[] {\(body.utf8.count)}\r\n\(body))\r\n"
      let feed = ByteFeed(Array(line.utf8), times: count)
      return {
        var parser = ResponseParser()
        var bytes = 0
        try feed.run { frame in
          guard case .fetch(let data) = try parser.parse(frame), case .bytes(let mail) = data.body
          else { return }
          bytes += mail.count
        }
        try insist(bytes == count * body.utf8.count)
      }
    }
  }

  private static func names(_ count: Int) -> MicroCase {
    MicroCase(name: "mutf7-\(count)", items: count) {
      let texts = ["INBOX", "Entwürfe", "旅行/京都/紅葉", "Projekte/Müller & Söhne", "Chor 🎄"]
      return {
        for index in 0..<count {
          let text = texts[index % texts.count]
          try insist(ModifiedUTF7.decode(ModifiedUTF7.encode(text)) == text)
        }
      }
    }
  }

  /// Digest and fingerprint of messages of 4 KB.
  private static func identity(_ count: Int) -> MicroCase {
    MicroCase(name: "digest-and-fingerprint-\(count)", items: count) {
      let header = """
        Received: from a.example by b.example; Tue, 1 Jul 2003 10:52:37 +0200\r
        From: Hanna <hanna@alt.example>\r
        To: wer@example.org\r
        Subject: Nachricht\r
        Date: Tue, 1 Jul 2003 10:52:37 +0200\r
        Message-ID: <1@alt.example>\r
        \r

        """
      let bytes = Array(header.utf8) + Array(repeating: UInt8(ascii: "x"), count: 4_096)
      let key = SourceKey(uidValidity: UIDValidity(1), uid: UID(1))
      let entry = Entry(uid: UID(1), size: Int64(bytes.count), internalDate: nil, flags: .none)
      return {
        for _ in 0..<count {
          let message = Message(key: key, entry: entry, bytes: bytes)
          try insist(message.digest.bytes.count == 32)
        }
      }
    }
  }

  private static func worklist(_ count: Int) -> MicroCase {
    MicroCase(name: "worklist-\(count)", items: count) {
      let entries = try ListingFeed(count: count).entries()
      let snapshot = MailboxSnapshot(
        status: ListingFeed.status(count), extent: .complete, entries: entries)
      let records = entries.map { entry in
        MessageRecord(
          key: SourceKey(uidValidity: ListingFeed.uidValidity, uid: entry.uid), state: .stored,
          size: entry.size, flags: entry.flags)
      }
      return { try insist(WorkList(snapshot: snapshot, records: records).toMove.isEmpty) }
    }
  }

  /// Receipts put on record in groups of 64, in memory.
  private static func ledger(_ count: Int) -> MicroCase {
    MicroCase(name: "ledger-receipts-\(count)", items: count) {
      let ledger = try await MicroLedger()
      let entries = try ListingFeed(count: count).entries()
      try await ledger.enroll(entries)
      let digest = SHA256Digest(of: [])
      let outcomes = entries.map { entry in
        Outcome.settled(
          MessageRecord(
            key: SourceKey(uidValidity: ListingFeed.uidValidity, uid: entry.uid), state: .stored,
            size: entry.size, digest: digest, internalDate: entry.internalDate,
            flags: entry.flags, targetUID: entry.uid))
      }
      return {
        for start in stride(from: 0, to: outcomes.count, by: 64) {
          try await ledger.record(Array(outcomes[start..<min(start + 64, outcomes.count)]))
        }
        ledger.remove()
      }
    }
  }

  /// From bytes to pending messages on record: what a first run does with a listing.
  private static func listing(_ count: Int) -> MicroCase {
    MicroCase(name: "listing-into-ledger-\(count)", items: count) {
      let feed = ListingFeed(count: count)
      let ledger = try await MicroLedger()
      return {
        let snapshot = MailboxSnapshot(
          status: ListingFeed.status(count), extent: .complete, entries: try feed.entries())
        let work = WorkList(snapshot: snapshot, records: [])
        try await ledger.enroll(work.unknown)
        ledger.remove()
      }
    }
  }

  /// A whole run over messages of 4 KB between two accounts and with a ledger that cost little:
  /// what the engine itself does with a message. In mailboxes of 500, because that ledger copies
  /// one mailbox with every commit.
  private static func pipeline(_ count: Int) -> MicroCase {
    MicroCase(name: "pipeline-\(count)", items: count) {
      var habits = FakeAccount.Habits()
      habits.groupMax = 64
      let run = Scenario(source: FakeAccount(), target: FakeAccount(habits: habits))
      let body = String(repeating: "0123456789abcdef", count: 256)
      for number in 0..<count {
        run.source.deliver(
          "Message-ID: <\(number)@alt.example>\r\n\r\n\(body)",
          to: MailboxName(wire: "Box\(number / 500)"))
      }
      return {
        let report = await run.run()
        try insist(report.failure == nil && report.total(\.copied) == count)
      }
    }
  }

  private static func insist(_ isRight: Bool) throws {
    guard isRight else { throw BenchError("the result is wrong; the time says nothing") }
  }
}
