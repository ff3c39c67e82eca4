// mailmove: the bytes of a message as the text of an mbox.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// How a message becomes lines of mboxrd, and how many bytes that takes.
///
/// Lines end at LF only. CRLF becomes LF if that can be undone, a line of `>`s (or none) and
/// `From ` gets one `>` more, the last line gets an LF if it has none, and a blank line follows.
struct EntryBody {
  /// How the line ends of the message are kept; the word after `eol=`.
  enum LineEnds: String {
    /// Every LF had a CR before it, which is left out here.
    case crlf
    /// As they came.
    case raw
  }

  static let lineFeed: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D
  static let quote = UInt8(ascii: ">")
  private static let from = Array("From ".utf8)

  let lineEnds: LineEnds
  /// Bytes of the text.
  let length: Int
  /// LFs behind the message: one that its last line lacks, and the blank line.
  let closingLineFeeds: Int

  init(of message: UnsafeRawBufferPointer, keepsLineEnds: Bool) {
    var lineFeeds = 0
    var fromLines = 0
    var canDropReturns = true
    var start = 0
    while start < message.count {
      if Self.fromOffset(in: message, at: start) != nil { fromLines += 1 }
      guard let end = message.offset(of: Self.lineFeed, from: start) else { break }
      lineFeeds += 1
      canDropReturns = canDropReturns && end > start && message[end - 1] == Self.carriageReturn
      start = end + 1
    }
    lineEnds = canDropReturns && lineFeeds > 0 && !keepsLineEnds ? .crlf : .raw
    closingLineFeeds = Self.closingLineFeeds(behind: message)
    length =
      message.count - (lineEnds == .crlf ? lineFeeds : 0) + fromLines + closingLineFeeds
  }

  static func closingLineFeeds(behind message: UnsafeRawBufferPointer) -> Int {
    message.last == lineFeed ? 1 : 2
  }

  /// Where `From ` stands in the line that begins at `start`, if nothing but `>`s is before it.
  static func fromOffset(in bytes: UnsafeRawBufferPointer, at start: Int) -> Int? {
    // Nearly every line is done with here.
    guard start < bytes.count, bytes[start] == quote || bytes[start] == from[0] else { return nil }
    var position = start
    while position < bytes.count, bytes[position] == quote { position += 1 }
    return bytes[position...].starts(with: from) ? position : nil
  }
}
