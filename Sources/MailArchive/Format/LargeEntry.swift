// mailmove: an entry whose text is never held as a whole.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// An entry of a message so large that there is no room for it a second time.
///
/// Line ends are kept (`eol=raw`), so that nearly all of the text is the bytes of the message as
/// they lie in memory. The text is made of pieces of whole lines, in order.
struct LargeEntry: Sendable {
  /// Bytes of the text.
  let length: Int
  private let entry: ArchiveEntry
  private let header: [UInt8]
  /// Where lines of the message begin that get a `>`.
  private let quoted: [Int]
  private let closing: [UInt8]

  init(_ entry: ArchiveEntry) {
    self.entry = entry
    header = entry.header(.raw)
    (quoted, closing) = entry.message.withUnsafeBytes { message in
      var quoted: [Int] = []
      var start = 0
      while start < message.count {
        if EntryBody.fromOffset(in: message, at: start) != nil { quoted.append(start) }
        guard let end = message.offset(of: EntryBody.lineFeed, from: start) else { break }
        start = end + 1
      }
      let lineFeeds = EntryBody.closingLineFeeds(behind: message)
      return (quoted, [UInt8](repeating: EntryBody.lineFeed, count: lineFeeds))
    }
    length = header.count + entry.message.count + quoted.count + closing.count
  }

  /// Whether looking for repetitions makes the message smaller.
  func repeats(_ compressor: MemberCompressor) -> Bool {
    entry.message.withUnsafeBytes { compressor.repeats($0) }
  }

  /// Hands over the text: the header, the lines of the message, and what closes it.
  func forEachPiece(
    _ body: (UnsafeRawBufferPointer) throws(ArchiveError) -> Void
  ) throws(ArchiveError) {
    try Self.hand(over: header, body)
    try forEachPieceOfMessage(body)
    try Self.hand(over: closing, body)
  }

  private func forEachPieceOfMessage(
    _ body: (UnsafeRawBufferPointer) throws(ArchiveError) -> Void
  ) throws(ArchiveError) {
    try entry.message.withUnsafeBufferPointer { buffer throws(ArchiveError) in
      let message = UnsafeRawBufferPointer(buffer)
      var start = 0
      for line in quoted {
        if line > start { try body(UnsafeRawBufferPointer(rebasing: message[start..<line])) }
        start = message.offset(of: EntryBody.lineFeed, from: line).map { $0 + 1 } ?? message.count
        try Self.hand(over: [EntryBody.quote] + message[line..<start], body)
      }
      if start < message.count { try body(UnsafeRawBufferPointer(rebasing: message[start...])) }
    }
  }

  private static func hand(
    over piece: [UInt8], _ body: (UnsafeRawBufferPointer) throws(ArchiveError) -> Void
  ) throws(ArchiveError) {
    try piece.withUnsafeBufferPointer { bytes throws(ArchiveError) in
      try body(UnsafeRawBufferPointer(bytes))
    }
  }

  /// Whether the text gives back the message with its SHA-256; the decoder sees every piece of it.
  func restoresMessage() throws(ArchiveError) -> Bool {
    guard let (read, _) = try? EntryHeader.read(header[...]), read.digest == entry.digest else {
      return false
    }
    let running = RunningDigest()
    var missing = read.size
    func decode(_ piece: UnsafeRawBufferPointer) {
      var decoder = EntryBodyDecoder(of: piece, lineEnds: read.lineEnds, size: missing)
      withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
        while decoder.missing > 0 {
          let made = decoder.fill(buffer)
          guard made > 0 else { break }
          running.update(UnsafeRawBufferPointer(rebasing: buffer[..<made]))
        }
      }
      missing = decoder.missing
    }
    try forEachPieceOfMessage { piece throws(ArchiveError) in decode(piece) }
    try Self.hand(over: closing) { piece throws(ArchiveError) in decode(piece) }
    return missing == 0 && running.value == entry.digest
  }
}
