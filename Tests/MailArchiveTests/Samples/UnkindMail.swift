// mailmove: messages that are unkind to an mbox.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailTestKit
import MailWire

/// Messages from pieces that matter to the format, put together by chance.
struct UnkindMail {
  static let seed = SeededGenerator.printingSeed("unkind mail").seed

  private static let pieces: [[UInt8]] =
    [
      "\r", "\n", "\r\n", "\r\r\n", "\n\n", "\0", "From ", ">From ", ">>From ", "from ", ">", "F",
      "Fro", "From", "a", " ", "Status: RO\r\n", "X-Mailmove: 1 lines=1 size=1\n",
      "X-Mailmove-Source: a b\r\n", "From a@b.c Sat Sep 14 10:40:00 2002\n", "\nFrom ", "\r\nFrom ",
      "Return-Path: <a@example.com>\r\n", "Return-Path: <a b@example.com>\n", "Subject: x\r\n",
      "X-Keywords: y\n", "Content-Length: 3\r\n", "\r\n\r\n",
    ].map { Array($0.utf8) }
    + [[0xFF, 0xFE], [0xC3, 0xA9], [0x1F, 0x8B, 0x08, 0x04], [0x80]]

  private var random: SeededGenerator

  init(seed: UInt64 = Self.seed) {
    random = SeededGenerator(seed: seed)
  }

  /// Up to 40 pieces; now and then a long line or noise between them.
  mutating func message() -> [UInt8] {
    var bytes: [UInt8] = []
    let hasReturns = random.number(0...2) == 0
    for _ in 0..<random.number(0...40) {
      switch random.number(0...60) {
      case 0: bytes += [UInt8](repeating: UInt8(ascii: ">"), count: random.number(1...300))
      case 1: bytes += random.bytes(random.number(1...200))
      default: bytes += random.pick(Self.pieces)
      }
    }
    // Most mail has CRLF everywhere, which chance alone would hardly make.
    return hasReturns ? Self.withReturns(bytes) : bytes
  }

  mutating func entry() -> ArchiveEntry {
    ArchiveEntry(
      message: message(), date: date(), source: source(), flags: flags())
  }

  private mutating func date() -> InternalDate {
    let seconds =
      random.number(0...3) == 0
      ? Int64(random.number(0...400_000_000_000)) - 62_000_000_000
      : Int64(random.number(0...1_800_000_000))
    return InternalDate(
      secondsSinceEpoch: min(seconds, 253_402_000_000), zoneMinutes: random.number(-1_439...1_439))
  }

  private mutating func source() -> ArchiveEntry.Source {
    let names = [
      "", "INBOX", "INBOX/Receipts", "a b", " a ", "100%", "%41", "Entwürfe", "日本語", "a\nb", "\r",
      "\u{7F}", "\u{85}", "\u{0}", "e\u{301}", "From x",
    ]
    return ArchiveEntry.Source(account: random.pick(names), folder: random.pick(names))
  }

  private mutating func flags() -> FlagSet {
    let words = ["$Forwarded", "Work", "NonJunk", "a]", "größer", "a b", "50%", "x\ny", "RO"]
    return FlagSet(
      system: SystemFlags(rawValue: UInt8(random.number(0...31))),
      keywords: (0..<random.number(0...3)).map { _ in Keyword(random.pick(words)) })
  }

  private static func withReturns(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for byte in bytes {
      if byte == 0x0A, result.last != 0x0D { result.append(0x0D) }
      result.append(byte)
    }
    return result
  }
}
