// mailmove: accounts to measure with.
// SPDX-License-Identifier: Apache-2.0

extension SampleMailbox {
  /// Messages of 1 to 4 KB in mailboxes of equal size: what costs is the number of messages.
  ///
  /// The same numbers and seed give the same bytes.
  package static func small(count: Int, mailboxes: Int, seed: UInt64 = 1) -> SampleMailbox {
    uniform(count: count, mailboxes: mailboxes, seed: seed) { random in random.number(800...3_600) }
  }

  /// Messages as attachments make them: half below 8 KB, some of several MB, 135 KB on average.
  package static func mixed(count: Int, mailboxes: Int, seed: UInt64 = 1) -> SampleMailbox {
    uniform(count: count, mailboxes: mailboxes, seed: seed) { random in
      switch random.number(0...99) {
      case ..<50: random.number(800...8_000)
      case ..<90: random.number(20_000...200_000)
      case ..<98: random.number(300_000...1_200_000)
      default: random.number(1_500_000...2_500_000)
      }
    }
  }

  /// Messages of 100 MiB and their header: what costs is what is held of one.
  package static func large(count: Int, mailboxes: Int, seed: UInt64 = 1) -> SampleMailbox {
    uniform(count: count, mailboxes: mailboxes, seed: seed) { _ in 100 << 20 }
  }

  private static func uniform(
    count: Int, mailboxes: Int, seed: UInt64, bodyBytes: (inout SeededGenerator) -> Int
  ) -> SampleMailbox {
    var random = SeededGenerator(seed: seed)
    let paths = ["INBOX"] + (1..<max(2, mailboxes)).map { "Ablage/Jahr \(1_000 + $0)" }
    let dates = SampleDates()
    let used = paths.prefix(max(1, mailboxes))
    let noise = base64Lines(&random)
    let messages = (0..<count).map { index in
      let date = dates.next(index: index, random: &random)
      let header = """
        Return-Path: <absender\(index % 97)@example.org>
        Received: from mx\(index % 7).example.org by post.example.net; \(date.header)
        From: Absender \(index % 97) <absender\(index % 97)@example.org>
        To: hanna@alt.example
        Subject: Nachricht \(index)
        Date: \(date.header)
        Message-ID: <\(index).\(random.next())@example.org>


        """.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
      let bytes = body(bodyBytes(&random), from: noise, &random)
      return SampleMessage(
        bytes: Array(header.utf8) + bytes, flags: index % 3 == 0 ? [] : ["\\Seen"],
        internalDate: date.internalDate, mailbox: used[index % used.count])
    }
    return SampleMailbox(messages: messages)
  }

  private static let lineBytes = 76
  private static let noiseLines = 4_096

  /// Lines that look like an attachment and compress like one.
  private static func base64Lines(_ random: inout SeededGenerator) -> [UInt8] {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var lines: [UInt8] = []
    for _ in 0..<noiseLines {
      for byte in random.bytes(lineBytes) { lines.append(digits[Int(byte & 63)]) }
      lines += [13, 10]
    }
    return lines
  }

  /// Whole lines from somewhere in the noise, over and over.
  private static func body(
    _ count: Int, from noise: [UInt8], _ random: inout SeededGenerator
  ) -> [UInt8] {
    let line = lineBytes + 2
    var left = count / line + 1
    var bytes: [UInt8] = []
    while left > 0 {
      let first = random.number(0...(noiseLines - 1))
      let lines = min(left, noiseLines - first)
      bytes += noise[(first * line)..<((first + lines) * line)]
      left -= lines
    }
    return bytes
  }
}
