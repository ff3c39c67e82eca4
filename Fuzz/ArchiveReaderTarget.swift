// mailmove: fuzzing what reads the segments of an archive.
// SPDX-License-Identifier: Apache-2.0

@testable import MailArchive
@testable import MailWire

/// Whatever is in a segment, no message comes out of it with other bytes than its SHA-256 says.
enum ArchiveReaderTarget {
  private static let path = ArchiveLayout.segmentPath(1, year: "2019")
  private static let textMax = 1 << 20
  private static let catalog = try? Catalog.inMemory()

  /// Takes every message that is salvaged, and looks at its digest.
  private final class Witness: ExportSink {
    func add(_ message: ExportedMessage) async throws(ArchiveError) {
      Finding.unless(
        SHA256Digest(of: message.bytes) == message.digest, "a message with other bytes is salvaged")
    }

    func finish() async throws(ArchiveError) {}
  }

  static func run(_ input: FuzzInput) {
    var input = input
    switch input.choice(4) {
    case 0: checkSegment(input.bytes)
    case 1: checkText(input.bytes)
    case 2: checkEntry(input)
    default: checkPlace(input)
    }
  }

  // MARK: Any bytes as a segment

  private static func checkSegment(_ bytes: [UInt8]) {
    var offset = 0
    while let found = GzipMember.nextOffset(in: bytes, from: offset) {
      checkMember(bytes, at: found)
      offset = found + 1
    }
    checkMember(bytes, at: 0)
    salvage(bytes)
  }

  /// The two ways to read a member agree.
  private static func checkMember(_ bytes: [UInt8], at offset: Int) {
    guard let found = try? GzipMember(in: bytes, at: offset, limit: textMax) else { return }
    Finding.unless(found.text.count <= textMax, "a member has more text than it may")
    let range = offset..<(offset + found.compressedLength)
    Finding.unless(range.upperBound <= bytes.count, "a member ends behind its file")
    Finding.unless(
      (try? GzipMember(whole: bytes[range], limit: textMax)) == found,
      "a member is another one when its end is known")
  }

  private static func salvage(_ bytes: [UInt8]) {
    let storage = FuzzStorage(files: [path: bytes])
    let report = Waiting.until { try? await Salvage(storage).run(into: Witness()) }
    Finding.unless(report != nil, "salvage gave up")
  }

  // MARK: Any text as entries

  private static func checkText(_ text: [UInt8]) {
    var end = 0
    for range in ArchiveEntry.ranges(in: text) {
      Finding.unless(
        range.lowerBound >= end && range.upperBound <= text.count, "entries overlap")
      end = range.upperBound
      checkDecoding(text[range])
    }
    checkDecoding(text[...])
    salvage(GzipMember.build(.mail, text, level: 1))
  }

  private static func checkDecoding(_ text: ArraySlice<UInt8>) {
    let header = try? EntryHeader.read(text)
    if let header = header?.header { checkHeader(header) }
    guard let entry = try? ArchiveEntry.decode(text) else {
      if let header = header?.header {
        Finding.unless(
          !ArchiveEntry.restores(header.digest, from: text), "a text restores what it does not hold"
        )
      }
      return
    }
    Finding.unless(
      SHA256Digest(of: entry.message) == entry.digest, "an entry has other bytes than it says")
    Finding.unless(
      ArchiveEntry.restores(entry.digest, from: text), "a whole entry is said to be damaged")
  }

  private static func checkHeader(_ header: EntryHeader) {
    let text = header.rendered(sender: Array("MAILER-DAEMON".utf8))
    let again = try? EntryHeader.read(text[...])
    Finding.unless(again?.bodyStart == text.count, "a header is read further than it goes")
    Finding.unless(again?.header == header, "a header does not come back")
  }

  // MARK: An entry of any message, with one byte changed

  private static func entry(from input: inout FuzzInput) -> ArchiveEntry {
    let flags = FlagSet(
      system: SystemFlags(rawValue: input.byte() & 31),
      keywords: [Keyword(String(decoding: input.bytes(input.choice(8)), as: UTF8.self))])
    let date = InternalDate(
      secondsSinceEpoch: Int64(input.word()) << 16, zoneMinutes: input.word() % 1_440)
    let source = ArchiveEntry.Source(
      account: String(decoding: input.bytes(input.choice(8)), as: UTF8.self),
      folder: String(decoding: input.bytes(input.choice(8)), as: UTF8.self))
    return ArchiveEntry(message: input.bytes, date: date, source: source, flags: flags)
  }

  private static func checkEntry(_ input: FuzzInput) {
    var input = input
    let place = input.word()
    let bits = input.byte()
    let keepsLineEnds = input.choice(2) == 1
    let entry = entry(from: &input)
    var text = entry.encoded(keepsLineEnds: keepsLineEnds)
    Finding.unless(
      (try? ArchiveEntry.decode(text[...]))?.message == entry.message,
      "a message does not come back"
    )
    Finding.unless(
      ArchiveEntry.ranges(in: text) == [0..<text.count], "an entry is taken for several")
    text[place % text.count] ^= bits
    checkDecoding(text[...])
    if let changed = try? ArchiveEntry.decode(text[...]), changed.digest == entry.digest {
      Finding.unless(changed.message == entry.message, "other bytes have the same digest")
    }
  }

  // MARK: A message at any place of a segment

  private static func checkPlace(_ input: FuzzInput) {
    var input = input
    let numbers = (0..<4).map { _ in Int64(input.word()) }
    let isExact = input.choice(2) == 0
    let entry = entry(from: &input)
    let text = entry.encoded()
    let member = GzipMember.build(.mail, text, level: 1)
    let place = MessagePlace(
      id: 1, segment: 1, offset: isExact ? 0 : numbers[0] - 0x7FFF,
      compressedLength: isExact ? Int64(member.count) : numbers[1],
      at: isExact ? 0 : numbers[2], length: isExact ? Int64(text.count) : numbers[3])
    let message = StoredMessage(
      id: 1, digest: entry.digest, size: Int64(entry.message.count), place: place,
      segmentPath: path, state: .live)
    guard let catalog else { return Finding.unless(false, "there is no catalog in memory") }
    let reader = ArchiveReader(
      identity: ArchiveIdentity(uuid: "fuzz", created: 0, options: ArchiveOptions()),
      storage: FuzzStorage(files: [path: member]), catalog: catalog)
    let bytes = try? reader.bytes(of: message)
    if isExact || bytes != nil {
      Finding.unless(bytes == entry.message, "the reader gives other bytes")
    }
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  ArchiveReaderTarget.run(FuzzInput(start, count))
  return 0
}
