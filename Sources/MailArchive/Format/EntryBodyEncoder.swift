// mailmove: the bytes of a message as the text of an mbox, piece by piece.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Makes the text that `EntryBody` describes, as much at a time as the caller has room for.
struct EntryBodyEncoder {
  private let message: UnsafeRawBufferPointer
  private let lineEnds: EntryBody.LineEnds
  private var position = 0
  private var isAtLineStart = true
  private var closingLineFeeds: Int

  /// - Parameters:
  ///   - message: must stay where it is for as long as this value is used.
  ///   - body: what is known of the same message.
  init(of message: UnsafeRawBufferPointer, _ body: EntryBody) {
    self.message = message
    lineEnds = body.lineEnds
    closingLineFeeds = body.closingLineFeeds
  }

  /// Fills the buffer with the next bytes of the text; fewer than fit are the last.
  mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    var made = 0
    while made < buffer.count {
      guard position < message.count else {
        guard closingLineFeeds > 0 else { break }
        buffer[made] = EntryBody.lineFeed
        made += 1
        closingLineFeeds -= 1
        continue
      }
      if isAtLineStart {
        isAtLineStart = false
        if EntryBody.fromOffset(in: message, at: position) != nil {
          buffer[made] = EntryBody.quote
          made += 1
          continue
        }
      }
      made += copyLine(to: UnsafeMutableRawBufferPointer(rebasing: buffer[made...]))
    }
    return made
  }

  /// Copies what is left of a line, or as much of it as fits.
  private mutating func copyLine(to room: UnsafeMutableRawBufferPointer) -> Int {
    let reach = min(message.count, position + room.count)
    let lineFeed = message.offset(of: EntryBody.lineFeed, from: position, to: reach)
    var end = lineFeed ?? reach
    // The CR of an LF that only fits into the next buffer is left out here as well.
    let isBeforeLineFeed = end < message.count && message[end] == EntryBody.lineFeed
    let dropsReturn = lineEnds == .crlf && isBeforeLineFeed && end > position
    if dropsReturn { end -= 1 }
    let run = message[position..<end]
    room.copyMemory(from: UnsafeRawBufferPointer(rebasing: run))
    position = dropsReturn ? end + 1 : end
    guard lineFeed != nil else { return run.count }
    room[run.count] = EntryBody.lineFeed
    position += 1
    isAtLineStart = true
    return run.count + 1
  }
}
