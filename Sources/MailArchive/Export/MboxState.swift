// mailmove: fields in which mail programs keep the state of a message.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The header fields in which mail programs keep the state of a message in an mbox.
///
/// A message may have some of its own, from the mbox it once lay in. Behind the flags that the
/// server has they would be read as flags as well.
enum MboxState {
  /// Put before the name of a field of a message's own.
  static let prefix = Array("X-Original-".utf8)

  /// In small letters: flags (Pine, mutt, Dovecot, Thunderbird), and the numbers that Dovecot and
  /// UW IMAP give.
  private static let names: Set<[UInt8]> = Set(
    [
      "status", "x-status", "x-keywords", "x-mozilla-status", "x-mozilla-status2",
      "x-mozilla-keys", "x-uid", "x-imap", "x-imapbase",
    ].map { Array($0.utf8) })
  private static let lengthMax = names.map(\.count).max() ?? 0

  /// The message with such fields renamed; nothing else of it changes.
  static func disowned(_ message: [UInt8]) -> [UInt8] {
    let starts = message.withUnsafeBytes(fieldStarts)
    guard !starts.isEmpty else { return message }
    var renamed: [UInt8] = []
    renamed.reserveCapacity(message.count + starts.count * prefix.count)
    var position = 0
    for start in starts {
      renamed += message[position..<start]
      renamed += prefix
      position = start
    }
    return renamed + message[position...]
  }

  /// Where such fields begin in the header.
  ///
  /// Some programs take a single CR for the end of a line; the header ends where it ends for all.
  private static func fieldStarts(in message: UnsafeRawBufferPointer) -> [Int] {
    var starts: [Int] = []
    var start = 0
    while start < message.count {
      if isName(at: start, in: message) { starts.append(start) }
      var end = start
      while end < message.count, message[end] != lineFeed, message[end] != carriageReturn {
        end += 1
      }
      let isEmpty = end == start && (start == 0 || message[start - 1] == lineFeed)
      if end < message.count, message[end] == carriageReturn {
        end += 1
        // A CR alone is no empty line for the others.
        let isPair = end < message.count && message[end] == lineFeed
        if isEmpty, isPair { break }
        if isPair { end += 1 }
      } else {
        if isEmpty { break }
        end += 1
      }
      start = end
    }
    return starts
  }

  private static func isName(at start: Int, in message: UnsafeRawBufferPointer) -> Bool {
    let reach = message[start..<min(message.count, start + lengthMax + 1)]
    guard let end = reach.firstIndex(where: { $0 == colon || $0 == blank || $0 == tab }) else {
      return false
    }
    let name = message[start..<end].map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    guard names.contains(name) else { return false }
    // `Status : RO` is a field for some.
    return message[end...].first { $0 != blank && $0 != tab } == colon
  }

  private static let lineFeed: UInt8 = 0x0A
  private static let carriageReturn: UInt8 = 0x0D
  private static let colon = UInt8(ascii: ":")
  private static let blank = UInt8(ascii: " ")
  private static let tab: UInt8 = 0x09
}
