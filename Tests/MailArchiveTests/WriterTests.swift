// mailmove: what an archive keeps.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import MailArchive

@Suite("An archive")
struct WriterTests {
  @Test("gives back what was put into it, on a real disk, to a reader of its own")
  func keepsMail() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("archive")
    let storage = DiskStorage(root: path)
    var written: ArchiveDump?
    try await ArchiveScript.plain.run(
      on: storage, catalog: .file(path + "/catalog.sqlite"),
      afterEach: { _, writer in written = try await ArchiveDump(writer.reader()) })
    let reader = try ArchiveReader.open(at: path)
    let read = try await ArchiveDump(reader)
    #expect(read == written)
    #expect(read.lines.count == 6)
    #expect(
      read.lines.map(\.digest).contains(SHA256Digest(of: ArchiveScript.bytes("undated"))))
    #expect(read.lines.first?.flags == "\\Flagged \\Seen $Work")
    #expect(read.lines.filter(\.isGone).map(\.key.uid) == [2])
    #expect(read.folders.first?.scan?.uidNext == 12)
  }

  /// A writer of an archive in memory.
  private func writer(
    _ storage: MemoryStorage = MemoryStorage(), options: ArchiveOptions = ArchiveOptions(),
    limits: CommitLimits = CommitLimits(),
    clock: @escaping Timestamp.Clock = { ArchiveScript.now }
  ) async throws -> ArchiveWriter {
    try await ArchiveWriter.open(
      storage, catalog: .memory, options: options, limits: limits, clock: clock)
  }

  private func put(
    _ bytes: [UInt8], in folder: ArchiveFolder, _ writer: ArchiveWriter,
    year: Int64 = 2020
  ) async throws -> StagedMessage {
    try await writer.stage(
      ArchiveMessage(
        bytes: bytes, digest: SHA256Digest(of: bytes), folder: folder.id,
        internalDate: InternalDate(
          secondsSinceEpoch: (year - 1970) * 31_556_952 + 86_400, zoneMinutes: -90)))
  }

  @Test("stores equal bytes once, and other bytes under the same Message-ID twice")
  func stores() async throws {
    let storage = MemoryStorage()
    let writer = try await writer(storage)
    let inbox = try await ArchiveScript.folder("INBOX", writer)
    let all = try await ArchiveScript.folder("All Mail", writer)
    let text = "Message-ID: <same@example.org>\r\n\r\n"
    let one = Array((text + "one").utf8)
    let two = Array((text + "two").utf8)
    #expect(try await put(one, in: inbox, writer).isKnown == false)
    #expect(try await put(one, in: all, writer).isKnown, "within the same commit")
    #expect(try await put(two, in: inbox, writer).isKnown == false)
    _ = try await writer.commit()
    let size = storage.image["segments/2020/00000001.mbox.gz"]?.count
    #expect(try await put(one, in: inbox, writer).isKnown, "in a later commit")
    _ = try await writer.commit()
    #expect(storage.image["segments/2020/00000001.mbox.gz"]?.count == size)
    let reader = try await writer.reader()
    #expect(try await reader.messages().count == 2)
    let uids = try await reader.placements(in: reader.folders()[0]).map(\.key.uid)
    #expect(uids == [1, 2, 3])
    #expect(try await reader.extent(of: reader.folders()[0]).messages == 3)
    await writer.abandon()
  }

  @Test("refuses bytes under another digest, new or known, and goes on")
  func refusesWrongDigests() async throws {
    let writer = try await writer()
    let inbox = try await ArchiveScript.folder("INBOX", writer)
    let good = ArchiveScript.bytes("good")
    _ = try await put(good, in: inbox, writer)
    for (bytes, digest) in [
      (ArchiveScript.bytes("bad!"), SHA256Digest(of: good)),
      (ArchiveScript.bytes("new"), SHA256Digest(of: Array("other".utf8))),
    ] {
      await #expect(throws: ArchiveError.self) {
        try await writer.stage(
          ArchiveMessage(bytes: bytes, digest: digest, folder: inbox.id, internalDate: nil))
      }
    }
    #expect(try await put(ArchiveScript.bytes("next"), in: inbox, writer).key.uid == 2)
    let receipt = try await writer.commit()
    #expect(receipt?.placements.map(\.uid) == [1, 2])
    await writer.abandon()
  }

  @Test("shows nothing to readers before it is committed, and all of it afterwards")
  func readersSeeCommits() async throws {
    let writer = try await writer()
    let reader = try await writer.reader()
    let inbox = try await ArchiveScript.folder("INBOX", writer)
    let staged = try await put(ArchiveScript.bytes("x"), in: inbox, writer)
    #expect(try await reader.placement(staged.key) == nil)
    #expect(try await reader.folders().isEmpty)
    let receipt = try #require(try await writer.commit())
    #expect(receipt.placements == [staged.key])
    #expect(receipt.position == (try await reader.position()))
    #expect(try await reader.placement(staged.key)?.internalDate?.zoneMinutes == -90)
    #expect(try await writer.commit() == nil, "there is nothing to commit")
    await writer.abandon()
  }

  @Test("commits by itself by number, by size and by time")
  func commitsByItself() async throws {
    let time = TestClock(ArchiveScript.now)
    var limits = CommitLimits()
    limits.messages = 3
    limits.bytes = 10_000
    let writer = try await writer(limits: limits, clock: { time.now })
    let inbox = try await ArchiveScript.folder("INBOX", writer)
    var committed: [Bool] = []
    for name in ["a", "b", "c", "d"] {
      committed.append(try await put(ArchiveScript.bytes(name), in: inbox, writer).commit != nil)
    }
    let large = [UInt8](repeating: 0x61, count: 20_000)
    committed.append(try await put(large, in: inbox, writer).commit != nil)
    committed.append(try await put(ArchiveScript.bytes("e"), in: inbox, writer).commit != nil)
    time.advance(by: 5)
    committed.append(try await put(ArchiveScript.bytes("f"), in: inbox, writer).commit != nil)
    #expect(committed == [false, false, true, false, true, false, true])
    await writer.abandon()
  }

  @Test("goes on when the clock is set back, and commits no later for it")
  func clockSetBack() async throws {
    let time = TestClock(ArchiveScript.now)
    let storage = MemoryStorage()
    let year: Int64 = 365 * 86_400
    for round in 0..<3 {
      let writer = try await ArchiveWriter.open(
        storage, catalog: .memory, clock: { time.now })
      let inbox = try await ArchiveScript.folder("INBOX", writer)
      _ = try await put(ArchiveScript.bytes("early \(round)"), in: inbox, writer)
      time.advance(by: -2 * year)
      let late = try await put(ArchiveScript.bytes("late \(round)"), in: inbox, writer)
      #expect(late.commit != nil, "a batch from the future is due")
      _ = try await writer.close()
    }
    let reader = try ArchiveReader.open(storage, catalog: .memory)
    let folder = try #require(try await reader.folders().first)
    #expect(try await reader.extent(of: folder).messages == 6)
    try reader.close()
  }

  @Test("keeps out a second writer, and lets readers in meanwhile")
  func twoWriters() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("archive")
    let writer = try await ArchiveWriter.open(at: path)
    let inbox = try await ArchiveScript.folder("INBOX", writer)
    _ = try await put(ArchiveScript.bytes("x"), in: inbox, writer)
    _ = try await writer.commit()
    await #expect(throws: ArchiveError.locked(path: path)) {
      try await ArchiveWriter.open(at: path)
    }
    let reader = try ArchiveReader.open(at: path)
    #expect(try await ArchiveDump(reader).lines.count == 1)
    try reader.close()
    await writer.abandon()
    let next = try await ArchiveWriter.open(at: path)
    #expect(try await next.close().position.commit == 2)
  }

  @Test("gives a folder one UIDVALIDITY for life and UIDs that only go up")
  func uidsOnlyGoUp() async throws {
    let storage = MemoryStorage()
    var last: UInt32 = 0
    var uidValidity: UInt32?
    for night in 0..<3 {
      let writer = try await writer(
        storage, clock: { ArchiveScript.now + Int64(night) * 86_400 })
      let inbox = try await ArchiveScript.folder("INBOX", writer)
      #expect(inbox.uidNext == last + 1)
      #expect(uidValidity == nil || inbox.uidValidity == uidValidity)
      uidValidity = inbox.uidValidity
      last = try await put(ArchiveScript.bytes("\(night)"), in: inbox, writer).key.uid
      try await writer.markGone([last], in: inbox.id)
      if night == 1 { try await writer.rename(inbox.id, to: "Elsewhere") }
      if night == 1 { try await writer.rename(inbox.id, to: "INBOX") }
      _ = try await writer.close()
    }
    #expect(last == 3)
  }

  @Test("seals full and quiet segments, lists their checksums and takes the right to write")
  func seals() async throws {
    let storage = MemoryStorage()
    try await ArchiveScript.rolling.run(on: storage)
    let sums = String(decoding: try #require(storage.image["SHA256SUMS"]), as: UTF8.self)
    #expect(sums.split(separator: "\n").count >= 4)
    for line in sums.split(separator: "\n") {
      let path = String(line.dropFirst(66))
      let bytes = try #require(storage.image[path])
      #expect(line.hasPrefix(SHA256Digest(of: bytes).description))
      #expect(try storage.status(of: path)?.isWritable == false)
    }
    let writer = try await writer(
      storage, clock: { ArchiveScript.now + 31 * 86_400 })
    _ = try await writer.close()
    let reader = try ArchiveReader.open(storage, catalog: .memory)
    #expect(try await reader.segments().allSatisfy { $0.state == .sealed })
    #expect(try await ArchiveDump(reader).lines.count == 12)
  }

  @Test("begins a journal file when one is full and when a year begins, not when clocks go back")
  func rotatesJournal() async throws {
    let storage = MemoryStorage()
    let time = TestClock(ArchiveScript.now)
    let writer = try await writer(storage, clock: { time.now })
    let inbox = try await ArchiveScript.folder("INBOX", writer)
    for (index, days) in [0, 1, 365, -400, 400].enumerated() {
      time.advance(by: Int64(days) * 86_400)
      _ = try await put(ArchiveScript.bytes("\(index)"), in: inbox, writer)
      _ = try await writer.commit()
    }
    _ = try await writer.close()
    #expect(
      try storage.names(in: "journal").sorted() == ["00000001.jsonl.gz", "00000002.jsonl.gz"])
    #expect(try await ArchiveDump(reading: storage.image).lines.count == 5)
  }

  @Test("compresses its journal as it compresses mail")
  func journalLevel() async throws {
    var sizes: [Int] = []
    for level in [1, 9] {
      let storage = MemoryStorage()
      var options = ArchiveOptions()
      options.level = level
      let writer = try await writer(storage, options: options)
      let inbox = try await ArchiveScript.folder("INBOX", writer)
      for number in 0..<200 {
        _ = try await put(ArchiveScript.bytes("\(number)"), in: inbox, writer)
      }
      _ = try await writer.close()
      sizes.append(try #require(storage.image["journal/00000001.jsonl.gz"]).count)
    }
    #expect(sizes[1] < sizes[0])
  }

  @Test("stores a message once more whose bytes went bad, and every place of it is good again")
  func heals() async throws {
    let storage = MemoryStorage()
    try await ArchiveScript.plain.run(on: storage)
    let whole = try await ArchiveDump(reading: storage.image)
    var image = storage.image
    var bytes = try #require(image["segments/2019/00000001.mbox.gz"])
    bytes[30] ^= 1
    image["segments/2019/00000001.mbox.gz"] = bytes
    let damaged = MemoryStorage(image)
    let reader = try ArchiveReader.open(damaged, catalog: .memory)
    let message = try #require(try await reader.messages().first)
    #expect(throws: ArchiveError.self) { try reader.bytes(of: message) }
    let writer = try await writer(damaged)
    try await writer.noteDamage(of: [message.id], detail: "CRC")
    _ = try await writer.commit()
    let inbox = try await ArchiveScript.folder("INBOX", writer)
    #expect(
      try await put(ArchiveScript.bytes("one"), in: inbox, writer, year: 2019).isKnown == false)
    _ = try await writer.commit()
    #expect(await writer.damages() == [], "it was on record")
    #expect(damaged.image["segments/2019/00000001.mbox.gz"] == bytes, "nothing is written to it")
    let healed = try await ArchiveDump(writer.reader())
    #expect(healed.lines.filter { $0.key.uid <= 3 } == whole.lines.filter { $0.key.uid <= 3 })
    #expect(try await writer.reader().messages().count == 5, "no message more than before")
    await writer.abandon()
  }

  @Test("puts on record what is lost in a segment before it writes behind it")
  func notesDamage() async throws {
    let storage = MemoryStorage()
    try await ArchiveScript.plain.run(on: storage)
    var image = storage.image
    let path = "segments/2019/00000001.mbox.gz"
    var bytes = try #require(image[path])
    bytes[30] ^= 1
    image[path] = bytes
    let damaged = MemoryStorage(image)
    let writer = try await writer(damaged)
    let inbox = try await ArchiveScript.folder("INBOX", writer)
    _ = try await put(ArchiveScript.bytes("new"), in: inbox, writer, year: 2019)
    _ = try await writer.commit()
    #expect(await writer.damages().map(\.path) == [path])
    #expect(damaged.image[path] == bytes, "nothing is written to it")
    #expect(try await writer.reader().damaged(in: inbox) == [1])
    _ = try await put(ArchiveScript.bytes("newer"), in: inbox, writer, year: 2019)
    _ = try await writer.close()
    #expect(await writer.damages().count == 1)
    let report = try await ArchiveCheck(damaged, catalog: .memory).run(.files)
    #expect(report.damagedMessages == [] && report.damagedOnRecord == [1])
    #expect(report.findings.count == 2 && report.healed == [])
  }

  @Test("knows a message that came back under the same UID")
  func listsAgain() async throws {
    let storage = MemoryStorage()
    try await ArchiveScript.plain.run(on: storage)
    let before = try await ArchiveDump(reading: storage.image)
    let gone = try #require(before.lines.first { $0.isGone })
    let writer = try await writer(storage)
    let inbox = try await ArchiveScript.folder("INBOX", writer)
    #expect(try await writer.reader().vanished(in: inbox) == [gone.key.uid])
    try await writer.markListed([gone.key.uid], in: gone.key.folder)
    _ = try await writer.close()
    #expect(try await ArchiveDump(reading: storage.image).lines.allSatisfy { !$0.isGone })
  }

  @Test("puts mail whose date cannot be right beside the years")
  func undatedMail() {
    let now = ArchiveScript.now
    #expect(SegmentYear.directory(of: nil, now: now) == "undated")
    #expect(SegmentYear.directory(of: 0, now: now) == "undated")
    #expect(SegmentYear.directory(of: 315_532_800, now: now) == "1980")
    #expect(SegmentYear.directory(of: 315_532_799, now: now) == "undated")
    #expect(SegmentYear.directory(of: now + 86_400, now: now) == "2026")
    #expect(SegmentYear.directory(of: now + 86_401, now: now) == "undated")
    #expect(SegmentYear.directory(of: .max, now: now) == "undated")
    #expect(SegmentYear.directory(of: .min, now: now) == "undated")
  }

  @Test(
    "never returns other bytes than were stored, whatever becomes of its files",
    arguments: [ArchiveReader.largeEntryUsually, 1])
  func damageIsTyped(largeEntry: Int64) async throws {
    let storage = MemoryStorage()
    try await ArchiveScript.plain.run(on: storage)
    let path = "segments/2019/00000001.mbox.gz"
    let whole = try #require(storage.image[path])
    let reader = try ArchiveReader.open(storage, catalog: .memory)
    let messages = try await reader.messages().filter { $0.segmentPath == path }
    #expect(messages.count == 2)
    var refused = 0
    for index in stride(from: 0, to: whole.count, by: 3) {
      var bytes = whole
      bytes[index] ^= 0x40
      var image = storage.image
      image[path] = bytes
      let damaged = try ArchiveReader.open(
        MemoryStorage(image), catalog: .memory, largeEntry: largeEntry)
      for message in messages {
        do throws(ArchiveError) {
          let read = try damaged.bytes(of: message)
          #expect(SHA256Digest(of: read) == message.digest)
        } catch {
          refused += 1
          guard case .damaged(let damage) = error else {
            Issue.record("\(error)")
            continue
          }
          #expect(damage.part == .message && damage.path == path)
        }
      }
    }
    #expect(refused >= whole.count / 3 - 24)
  }

  @Test("takes a message of 40 MB")
  func largeMessage() async throws {
    let line = Array(String(repeating: "QUJD", count: 250).utf8) + [0x0D, 0x0A]
    let bytes = Array("Subject: x\r\n\r\n".utf8) + repeatElement(line, count: 40_000).joined()
    #expect(bytes.count > 40_000_000)
    let writer = try await writer()
    let inbox = try await ArchiveScript.folder("INBOX", writer)
    let staged = try await put(bytes, in: inbox, writer)
    #expect(staged.commit?.placements == [staged.key], "it fills a commit by itself")
    let reader = try await writer.reader()
    let placement = try #require(try await reader.placement(staged.key))
    #expect(try reader.bytes(of: placement.message) == bytes)
    await writer.abandon()
  }

  @Test("keeps folders and accounts apart whose names are only the same to read")
  func namesAreBytes() async throws {
    let storage = MemoryStorage()
    let names = ["Caf\u{E9}", "Cafe\u{301}"]
    let first = try await writer(storage)
    for (number, label) in names.enumerated() {
      let account = try await first.account(label)
      for name in names {
        let folder = try await first.folder(name, in: account, FolderProperties())
        for letter in 0...number { _ = try await put(Array("\(letter)".utf8), in: folder, first) }
      }
    }
    _ = try await first.close()
    let second = try await writer(storage)
    for label in names {
      let account = try await second.account(label)
      for name in names {
        let folder = try await second.folder(name, in: account, FolderProperties())
        #expect(folder.name.isExactly(name))
      }
    }
    let reader = try await second.reader()
    let accounts = try await reader.accounts()
    #expect(accounts.count == 2 && zip(accounts, names).allSatisfy { $0.label.isExactly($1) })
    for (number, account) in accounts.enumerated() {
      let folders = try await reader.folders(of: account.id)
      #expect(folders.count == 2)
      for folder in folders {
        #expect(try await reader.extent(of: folder).messages == number + 1)
      }
    }
    let sink = MemorySink()
    _ = try await ArchiveExport(reader).run(into: sink)
    #expect(Set(await sink.messages.map { ExactText($0.account + $0.folder) }).count == 4)
    _ = try await second.close()
  }
}
