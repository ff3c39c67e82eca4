// mailmove: the bytes of a message back from the text of an mbox.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Undoes `EntryBody`, as much at a time as the caller has room for.
struct EntryBodyDecoder {
  private let text: UnsafeRawBufferPointer
  private let lineEnds: EntryBody.LineEnds
  private var position = 0
  private var isAtLineStart = true
  /// The CR of the LF at `position` has been handed out.
  private var hasGivenReturn = false
  /// Bytes of the message that are still to come.
  private(set) var missing: Int

  /// - Parameters:
  ///   - text: must stay where it is for as long as this value is used.
  ///   - size: bytes of the message; what the text has behind them is no part of it.
  init(of text: UnsafeRawBufferPointer, lineEnds: EntryBody.LineEnds, size: Int) {
    self.text = text
    self.lineEnds = lineEnds
    missing = size
  }

  /// Fills the buffer with the next bytes of the message; fewer than fit are the last.
  mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    let room = min(buffer.count, missing)
    var made = 0
    while made < room, position < text.count {
      if isAtLineStart {
        isAtLineStart = false
        if let from = EntryBody.fromOffset(in: text, at: position), from > position {
          position += 1
        }
      }
      let reach = min(text.count, position + room - made)
      let lineFeed = text.offset(of: 0x0A, from: position, to: reach)
      let run = text[position..<(lineFeed ?? reach)]
      UnsafeMutableRawBufferPointer(rebasing: buffer[made...])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: run))
      made += run.count
      position += run.count
      if lineFeed != nil, made < room {
        if lineEnds == .crlf, !hasGivenReturn {
          buffer[made] = 0x0D
          hasGivenReturn = true
        } else {
          buffer[made] = 0x0A
          hasGivenReturn = false
          isAtLineStart = true
          position += 1
        }
        made += 1
      }
    }
    missing -= made
    return made
  }
}
