// mailmove: what an entry of the archive promises.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailTestKit
import MailWire
import Testing

@Suite("An entry")
struct ArchiveEntryTests {
  private let receipts = ArchiveEntry.Source(account: "me@example.com", folder: "INBOX/Receipts")
  private let date = InternalDate(secondsSinceEpoch: 1_031_992_800, zoneMinutes: 120)

  private func entry(_ message: String) -> ArchiveEntry {
    ArchiveEntry(message: Array(message.utf8), date: date, source: receipts, flags: .none)
  }

  /// The message as it stands in the text, without the lines before it.
  private func body(_ message: String) -> String {
    let text = String(decoding: entry(message).encoded(), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.dropFirst(4).joined(separator: "\n")
  }

  @Test("looks as the format says")
  func looks() {
    let entry = ArchiveEntry(
      message: Array("Return-Path: <jo@example.org>\r\nSubject: x\r\n\r\nFrom here\r\n".utf8),
      date: date, source: receipts,
      flags: FlagSet(
        system: [.seen, .answered, .flagged], keywords: [Keyword("$Forwarded"), Keyword("Work")]))
    let expected = """
      From jo@example.org Sat Sep 14 08:40:00 2002
      X-Mailmove: 1 lines=5 sha256=\(entry.digest) size=56 eol=crlf idate=2002-09-14T10:40:00+02:00
      X-Mailmove-Source: me@example.com INBOX/Receipts
      Status: RO
      X-Status: AF
      X-Keywords: $Forwarded Work
      Return-Path: <jo@example.org>
      Subject: x

      >From here


      """
    #expect(String(decoding: entry.encoded(), as: UTF8.self) == expected)
  }

  @Test(
    "writes lines as mboxrd does",
    arguments: [
      ("a\r\nb\r\n", "a\nb\n\n"), ("a\r\nb", "a\nb\n\n"), ("a\nb\r\n", "a\nb\r\n\n"), ("", "\n\n"),
      ("From a", ">From a\n\n"), (">>From a\n", ">>>From a\n\n"), ("> From a\n", "> From a\n\n"),
      ("From\n", "From\n\n"), ("a\rFrom b\n", "a\rFrom b\n\n"), ("\r\n", "\n\n"), ("\n", "\n\n"),
      ("a\r\r\n", "a\r\n\n"), ("\r", "\r\n\n"), ("x From a\n", "x From a\n\n"),
    ])
  func lines(message: String, text: String) throws {
    #expect(body(message) == text)
    let entry = entry(message)
    #expect(try ArchiveEntry.decode(entry.encoded()[...]) == entry)
    #expect(try ArchiveEntry.decode(entry.encoded(keepsLineEnds: true)[...]) == entry)
  }

  @Test("gives back what went in, whatever it is")
  func givesBackWhatWentIn() throws {
    var mail = UnkindMail()
    for _ in 0..<20_000 {
      let entry = mail.entry()
      let text = entry.encoded()
      #expect(try ArchiveEntry.decode(text[...]) == entry)
      #expect(ArchiveEntry.restores(entry.digest, from: text[...]))
      #expect(ArchiveEntry.ranges(in: text) == [0..<text.count])
    }
  }

  @Test("keeps line ends when told to, and gives the same bytes back")
  func keepsLineEnds() throws {
    var mail = UnkindMail(seed: UnkindMail.seed &+ 1)
    for _ in 0..<2_000 {
      let entry = mail.entry()
      #expect(try ArchiveEntry.decode(entry.encoded(keepsLineEnds: true)[...]) == entry)
    }
  }

  @Test("stands alone among others: a text is cut where they begin, nowhere else")
  func isCutApart() throws {
    var mail = UnkindMail()
    let entries = (0..<300).map { _ in mail.entry() }
    let text = entries.flatMap { $0.encoded() }
    let read = try ArchiveEntry.ranges(in: text).map { try ArchiveEntry.decode(text[$0]) }
    #expect(read == entries)
    #expect(ArchiveEntry.ranges(in: []) == [])
    #expect(ArchiveEntry.ranges(in: Array("x\nFrom a\n".utf8)) == [2..<9])
  }

  @Test("is never given out damaged: every flipped bit is found or changes nothing of the message")
  func anyBitFlipped() {
    let entry = entry("Subject: x\r\n\r\nFrom me\r\n>From you\r\n")
    let text = entry.encoded()
    for bit in 0..<(text.count * 8) {
      var damaged = text
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      if let read = try? ArchiveEntry.decode(damaged[...]) {
        #expect(read.message == entry.message, "bit \(bit)")
      }
    }
  }

  @Test("cut anywhere inside the message, it gives nothing")
  func cutAnywhere() {
    let text = entry("Subject: x\r\n\r\nhello\r\n").encoded()
    for count in 0..<(text.count - 2) {
      #expect(throws: ArchiveEntry.Failure.self) { try ArchiveEntry.decode(text.prefix(count)) }
      #expect(!ArchiveEntry.restores(entry("").digest, from: text.prefix(count)))
    }
  }

  @Test(
    "says why it cannot be read",
    arguments: [
      ("lines=3", "lines=99", ArchiveEntry.Failure.malformed),
      ("lines=3", "lines=0", .malformed), ("lines=3", "lines=x", .malformed),
      ("lines=3", "lines=99999999999999999999", .malformed),
      ("size=5", "size=99999999999999999999", .malformed),
      ("size=5", "size=999999999999999", .torn), ("size=5", "size=-1", .malformed),
      ("size=5", "size=4", .damaged), ("eol=raw", "eol=cr", .malformed),
      ("sha256=", "sha256=0", .malformed), ("X-Mailmove: 1", "X-Mailmove: 2", .unknownVersion),
      ("X-Mailmove:", "X-Mailmoved:", .foreign), ("From ", "from ", .foreign),
      ("2002-09-14T", "2002-13-14T", .malformed), ("idate=", "date=", .malformed),
    ])
  func says(part: String, instead: String, failure: ArchiveEntry.Failure) {
    let text = String(decoding: entry("hello").encoded(), as: UTF8.self)
    let changed = text.replacing(part, with: instead, maxReplacements: 1)
    #expect(changed != text)
    #expect(throws: failure) { try ArchiveEntry.decode(Array(changed.utf8)[...]) }
  }

  @Test("passes over words and lines that a later version may add")
  func passesOverNews() throws {
    let text = String(decoding: entry("hello").encoded(), as: UTF8.self)
      .replacing("lines=3", with: "lines=4 news=1 alone")
      .replacing("Status: O\n", with: "Status: O\nX-Mailmove-News: good\n")
    #expect(try ArchiveEntry.decode(Array(text.utf8)[...]) == entry("hello"))
  }

  @Test("writes dates no calendar has as the nearest one that fits")
  func dates() throws {
    for seconds in [Int64.min, -62_135_596_801, 253_402_300_800, .max] {
      let entry = ArchiveEntry(
        message: [], date: InternalDate(secondsSinceEpoch: seconds, zoneMinutes: .max),
        source: receipts, flags: .none)
      let read = try ArchiveEntry.decode(entry.encoded()[...])
      #expect(read.date.zoneMinutes == 1_439)
      #expect((seconds < 0) == (read.date.secondsSinceEpoch < -62_135_000_000))
    }
  }

  @Test(
    "names the sender if it surely is an address",
    arguments: [
      ("<jo@example.org>", "jo@example.org"), ("jo@example.org", "jo@example.org"),
      ("<>", "MAILER-DAEMON"), ("<jo doe@example.org>", "MAILER-DAEMON"), ("Mon", "MAILER-DAEMON"),
      ("<\"jo\"@example.org>", "MAILER-DAEMON"), ("<jö@example.org>", "MAILER-DAEMON"),
    ])
  func sender(path: String, sender: String) {
    let text = String(decoding: entry("Return-Path: \(path)\r\n\r\n").encoded(), as: UTF8.self)
    #expect(text.hasPrefix("From \(sender) Sat Sep 14 08:40:00 2002\n"))
  }

  @Test("of 4 MB comes back whole")
  func large() throws {
    let line = Array(String(repeating: "QUJD", count: 19).utf8) + [0x0D, 0x0A]
    let message = Array(repeatElement(line, count: (4 << 20) / line.count).joined())
    let entry = ArchiveEntry(message: message, date: date, source: receipts, flags: .none)
    let text = entry.encoded()
    #expect(ArchiveEntry.restores(entry.digest, from: text[...]))
    #expect(try ArchiveEntry.decode(text[...]).message == message)
  }
}
