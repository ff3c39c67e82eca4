// mailmove: what a check finds.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import MailWire
import Synchronization
import Testing

@testable import MailArchive

@Suite("A check")
struct ArchiveCheckTests {
  private static let levels: [ArchiveCheck.Level] = [.quick, .files, .messages]

  private func archive() async throws -> MemoryStorage {
    let storage = MemoryStorage()
    try await ArchiveScript.plain.run(on: storage)
    return storage
  }

  private func findings(
    _ image: DiskImage, _ level: ArchiveCheck.Level
  ) async throws -> [ArchiveDamage] {
    try await ArchiveCheck(MemoryStorage(image), catalog: .memory).run(level).findings
  }

  @Test("of a whole archive finds nothing, and says what it looked at", arguments: levels)
  func whole(level: ArchiveCheck.Level) async throws {
    let storage = try await archive()
    let report = try await ArchiveCheck(storage, catalog: .memory).run(level)
    #expect(report.findings == [])
    #expect(report.position == (try ArchiveHead.read(from: storage)?.position))
    #expect(report.commits == report.position?.commit)
    #expect(report.segments == 3)
    #expect(report.segmentsRead == (level == .quick ? 0 : 3))
    #expect(report.messagesRead == (level == .messages ? 5 : 0))
  }

  @Test("finds every flipped bit of a segment, and no reader gives out another message")
  func everyBitOfASegment() async throws {
    let storage = try await archive()
    let image = storage.image
    let identity = try ArchiveIdentity.read(from: storage)
    let catalog = try CatalogOpening(storage: storage, archive: identity.uuid, place: .memory)
      .openForReading()
    let reader = ArchiveReader(identity: identity, storage: storage, catalog: catalog)
    let messages = try await reader.messages()
    for segment in try await reader.segments() {
      guard case .file(let inode) = image.names[segment.path] else { continue }
      for bit in 0..<(Int(segment.bytes) * 8) {
        var flipped = image
        flipped.inodes[inode]?.bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        let storage = MemoryStorage(flipped)
        #expect(throws: ArchiveError.self, "\(segment.path) bit \(bit)") {
          _ = try SegmentCheck.digest(of: segment, in: storage)
        }
        let reader = ArchiveReader(identity: identity, storage: storage, catalog: catalog)
        for message in messages where message.place.segment == segment.id {
          guard let bytes = try? reader.bytes(of: message) else { continue }
          #expect(SHA256Digest(of: bytes) == message.digest)
        }
      }
    }
  }

  @Test("finds a flipped bit in every byte of the journal")
  func everyByteOfTheJournal() async throws {
    let storage = try await archive()
    let image = storage.image
    let identity = try ArchiveIdentity.read(from: storage)
    let path = ArchiveLayout.journalPath(1)
    guard case .file(let inode) = image.names[path],
      let count = image.inodes[inode]?.bytes.count
    else { return }
    for byte in 0..<count {
      let bit = byte * 8 + (byte + Int(UnkindMail.seed % 8)) % 8
      var flipped = image
      flipped.inodes[inode]?.bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      var report = CheckReport()
      let check = JournalCheck(
        MemoryStorage(flipped), archive: identity.uuid, catalog: .memory)
      #expect(throws: ArchiveError.self, "bit \(bit)") { try check.run(&report) }
    }
  }

  /// What a later version needs is named in the identity; a member cannot ask for it alone.
  @Test("takes any other layout of a member for damage, in a bit of it or as a whole")
  func otherLayouts() async throws {
    let image = try await archive().image
    let paths = image.names.keys.filter {
      $0.hasSuffix(ArchiveLayout.segmentSuffix) || $0.hasSuffix(ArchiveLayout.journalSuffix)
    }
    #expect(paths.count == 4)
    for path in paths {
      guard case .file(let inode) = image.names[path] else { continue }
      for layout: UInt8 in [0, 2, 3, 5, 9, 17, 33, 65, 129] {
        var changed = image
        changed.inodes[inode]?.bytes[16] = layout
        let found = try await findings(changed, .files)
        #expect(found.contains { $0.path == path }, "\(path), layout \(layout)")
      }
    }
  }

  @Test("as a whole finds what its parts find")
  func flippedBits() async throws {
    let image = try await archive().image
    var random = SeededGenerator(seed: UnkindMail.seed)
    print("flipping bits with seed \(UnkindMail.seed)")
    let paths = image.names.keys.filter {
      $0.hasSuffix(ArchiveLayout.segmentSuffix) || $0.hasSuffix(ArchiveLayout.journalSuffix)
    }.sorted()
    for _ in 0..<40 {
      let path = random.pick(paths)
      guard case .file(let inode) = image.names[path],
        let count = image.inodes[inode]?.bytes.count
      else { continue }
      let bit = random.number(0...(count * 8 - 1))
      var flipped = image
      flipped.inodes[inode]?.bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(try await !findings(flipped, .files).isEmpty, "\(path) bit \(bit)")
    }
  }

  @Test("quickly finds segments that are missing, short, or nobody's", arguments: levels)
  func segments(level: ArchiveCheck.Level) async throws {
    let storage = try await archive()
    let image = storage.image
    let path = try #require(try SegmentRecovery.files(in: storage).first)
    guard case .file(let inode) = image.names[path] else { return }

    var missing = image
    missing.names[path] = nil
    let lost = try await findings(missing, level)
    #expect(lost.first?.path == path)
    #expect(lost.first?.detail.contains("missing") == true)

    var short = image
    short.inodes[inode]?.bytes.removeLast()
    #expect(try await findings(short, level).first?.path == path)

    var stranger = image
    stranger.names["segments/2019/00000001.mbox.gz"] = image.names[path]
    stranger.names["segments/undated/00000001.mbox.gz"] = image.names[path]
    #expect(try await findings(stranger, level).count >= 1)
  }

  @Test("takes what a crash leaves for what it is", arguments: levels)
  func afterACrash(level: ArchiveCheck.Level) async throws {
    let storage = try await archive()
    let path = try #require(try SegmentRecovery.files(in: storage).first)
    try storage.open(path, creating: false).append([1, 2, 3])
    try storage.open(ArchiveLayout.journalPath(1), creating: false).append([0x1F, 0x8B, 8])
    try storage.open("segments/2019/00000077.mbox.gz", creating: true).append([1])
    #expect(try await ArchiveCheck(storage, catalog: .memory).run(level).findings == [])
  }

  @Test("finds a journal that lost its end, and still compares what is sealed", arguments: levels)
  func lostEnd(level: ArchiveCheck.Level) async throws {
    let storage = try await archive()
    var image = storage.image
    guard case .file(let inode) = image.names[ArchiveLayout.journalPath(1)] else { return }
    image.inodes[inode]?.bytes.removeLast(10)
    let report = try await ArchiveCheck(MemoryStorage(image), catalog: .memory).run(level)
    #expect(report.findings.first?.part == .journal)
    #expect(report.position == nil)
  }

  @Test("finds a damaged HEAD")
  func damagedHead() async throws {
    var image = try await archive().image
    guard case .file(let inode) = image.names[ArchiveLayout.head] else { return }
    image.inodes[inode]?.bytes[3] ^= 1
    #expect(try await findings(image, .quick).first?.part == .head)
  }

  @Test("finds a catalog that does not have what the journal says")
  func wrongCatalog() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("archive")
    _ = try await UnkindArchive(count: 20, at: path)
    #expect(try await ArchiveCheck(at: path).run(.messages).findings == [])
    _ = try Shell.run("sqlite3 catalog.sqlite 'DELETE FROM message WHERE id = 7'", in: path)
    let report = try await ArchiveCheck(at: path).run(.quick)
    #expect(report.findings.map(\.part) == [.catalog])
    for name in try FileManager.default.contentsOfDirectory(atPath: path)
    where name.hasPrefix(ArchiveLayout.catalog) {
      try FileManager.default.removeItem(atPath: path + "/" + name)
    }
    #expect(try await ArchiveCheck(at: path).run(.messages).findings == [])
  }

  @Test("finds nothing while a writer is at work")
  func besideAWriter() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("archive")
    var options = ArchiveOptions()
    options.segment = 500
    let writer = try await ArchiveWriter.open(at: path, options: options)
    async let written: Void = {
      let inbox = try await ArchiveScript.folder("INBOX", writer)
      for index in 0..<60 {
        try await ArchiveScript.put("message \(index)", year: 2019 + index % 3, in: inbox, writer)
        _ = try await writer.commit()
      }
      _ = try await writer.close()
    }()
    var checks = 0
    var messages: Int64 = 0
    while messages < 60, checks < 1_000 {
      let report = try await ArchiveCheck(at: path).run(.messages)
      #expect(report.findings == [])
      messages = report.messagesRead
      checks += 1
    }
    try await written
    #expect(try await ArchiveCheck(at: path).run(.messages).messagesRead == 60)
  }

  @Test("goes by the catalog when the journal is damaged")
  func damagedJournal() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("archive")
    _ = try await UnkindArchive(count: 20, at: path)
    let segment = try #require(
      try SegmentRecovery.files(in: DiskStorage(root: path)).first)
    for file in [ArchiveLayout.journalPath(1), segment] {
      let url = URL(fileURLWithPath: path + "/" + file)
      var bytes = [UInt8](try Data(contentsOf: url))
      bytes[50] ^= 0xFF
      try Data(bytes).write(to: url)
    }
    let report = try await ArchiveCheck(at: path).run(.files)
    #expect(report.findings.first?.part == .journal)
    #expect(report.findings.contains { $0.part == .segment && $0.path == segment })
    #expect(!report.damagedMessages.isEmpty)
  }

  @Test("tells how far it is, segment by segment, and then how many messages")
  func observer() async throws {
    let storage = try await archive()
    let told = Mutex<[CheckReport]>([])
    let report = try await ArchiveCheck(storage, catalog: .memory).run(.messages) { report in
      told.withLock { $0.append(report) }
    }
    let reports = told.withLock { $0 }
    #expect(reports.prefix(3).map(\.segmentsRead) == [1, 2, 3])
    #expect(reports.count == 4)
    #expect(reports.last?.bytesRead == report.bytesRead)
  }

  @Test("in parts looks at every segment once")
  func parts() async throws {
    let storage = MemoryStorage()
    _ = try await UnkindArchive(count: 60, segment: 2_000, on: storage)
    let whole = try await ArchiveCheck(storage, catalog: .memory).run(.messages)
    #expect(whole.segmentsRead > 4)
    var segments = 0
    var messages: Int64 = 0
    for index in 1...3 {
      let part = try #require(CheckPart("\(index)/3"))
      let report = try await ArchiveCheck(storage, catalog: .memory).run(.messages, part: part)
      #expect(report.segmentsRead < whole.segmentsRead)
      segments += report.segmentsRead
      messages += report.messagesRead
    }
    #expect(segments == whole.segmentsRead)
    #expect(messages == 60)
    for wrong in ["", "0/3", "4/3", "1/0", "1", "a/b", "1/2/3", "-1/2"] {
      #expect(CheckPart(wrong) == nil)
    }
  }

  @Test("names the messages that are damaged, so that they are stored again when they come")
  func damagedMessages() async throws {
    let storage = MemoryStorage()
    var sealing = ArchiveScript.plain
    sealing.options.segment = 1
    try await sealing.run(on: storage)
    var image = storage.image
    let path = try #require(try SegmentRecovery.files(in: storage).first { $0.contains("2019") })
    guard case .file(let inode) = image.names[path] else { return }
    image.inodes[inode]?.bytes[30] ^= 0xFF
    let damaged = MemoryStorage(image)
    let report = try await ArchiveCheck(damaged, catalog: .memory).run(.files)
    #expect(!report.damagedMessages.isEmpty)
    #expect(report.findings.contains { $0.part == .segment })
    #expect(report.findings.contains { $0.part == .message })

    let writer = try await ArchiveWriter.open(
      damaged, catalog: .memory, createIfMissing: false, clock: { ArchiveScript.now })
    try await writer.noteDamage(of: report.damagedMessages)
    _ = try await writer.commit()
    let inbox = try await ArchiveScript.folder("INBOX", writer)
    try await ArchiveScript.put("one", year: 2019, in: inbox, writer)
    _ = try await writer.commit()
    let again = try await ArchiveCheck(damaged, catalog: .memory).run(.messages)
    #expect(again.damagedMessages == [])
    let one = SHA256Digest(of: ArchiveScript.bytes("one"))
    let reader = try await writer.reader()
    let healed = try await reader.message(with: one, size: Int64(ArchiveScript.bytes("one").count))
    #expect(healed != nil)
    _ = try await writer.close()
  }

  @Test("that reads on all cores tells the same in the same order as one that reads by itself")
  func orderOfFindings() async throws {
    let storage = MemoryStorage()
    var script = ArchiveScript(
      steps: (0..<4).map { step in
        { writer in
          let inbox = try await ArchiveScript.folder("INBOX", writer)
          for number in 0..<300 {
            // By turns in three years, so that neighbours in time lie far apart.
            try await ArchiveScript.put(
              "\(step)-\(number)", year: 2019 + number % 3, in: inbox, writer)
          }
        }
      })
    script.options.group = 4_096
    try await script.run(on: storage)
    var image = storage.image
    for path in try SegmentRecovery.files(in: storage) {
      guard case .file(let inode) = image.names[path] else { continue }
      let length = image.inodes[inode]?.bytes.count ?? 0
      for offset in stride(from: 1_000, to: length, by: 5_000) {
        image.inodes[inode]?.bytes[offset] ^= 0xFF
      }
    }
    let damaged = MemoryStorage(image)
    let reader = try ArchiveReader.open(damaged, catalog: .memory)
    var expected: [Int64] = []
    for message in try await reader.messages() where (try? reader.bytes(of: message)) == nil {
      expected.append(message.id)
    }
    try reader.close()
    #expect(expected.count > 100 && expected.count < 1_200)
    let first = try await ArchiveCheck(damaged, catalog: .memory).run(.messages)
    #expect(first.damagedMessages == expected)
    #expect(first.messagesRead == 1_200)
    #expect(first.findings.count == expected.count + 3)
    for _ in 1...5 {
      #expect(try await ArchiveCheck(damaged, catalog: .memory).run(.messages) == first)
    }
  }
}
