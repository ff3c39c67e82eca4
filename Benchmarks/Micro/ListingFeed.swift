// mailmove: a listing as bytes.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// Bytes handed to a framer as a connection does, some at a time, without holding them all.
struct ByteFeed {
  typealias Append = (Int, inout [UInt8]) -> Void
  private let begin: () -> Append
  private let count: Int

  init(_ bytes: [UInt8], times: Int) {
    begin = { { $1 += bytes } }
    count = times
  }

  /// - Parameter begin: gives what appends one line after the other.
  init(count: Int, begin: @escaping () -> Append) {
    self.begin = begin
    self.count = count
  }

  private static let chunkBytes = 32 << 10

  /// Calls `body` with every response.
  func run(_ body: (Frame) throws -> Void) throws {
    var framer = Framer()
    let append = begin()
    var chunk: [UInt8] = []
    for index in 0..<count {
      append(index, &chunk)
      guard chunk.count >= Self.chunkBytes || index == count - 1 else { continue }
      var offset = 0
      while offset < chunk.count {
        offset += framer.fill { space in
          let part = chunk[offset...].prefix(space.count)
          space.copyBytes(from: part)
          return part.count
        }
        while let frame = try framer.next() { try body(frame) }
      }
      chunk.removeAll(keepingCapacity: true)
    }
  }
}

/// A number that is counted in its digits, which costs nearly nothing.
private struct DecimalNumber {
  private(set) var digits: [UInt8] = [UInt8(ascii: "0")]

  mutating func increase() {
    var place = digits.count - 1
    while place >= 0, digits[place] == UInt8(ascii: "9") {
      digits[place] = UInt8(ascii: "0")
      place -= 1
    }
    if place >= 0 { digits[place] += 1 } else { digits.insert(UInt8(ascii: "1"), at: 0) }
  }
}

/// What a server answers when a mailbox is listed.
struct ListingFeed {
  static let uidValidity = UIDValidity(1_700_000_000)
  private static let flags = ["\\Seen", "", "\\Seen \\Answered", "\\Seen $Forwarded NonJunk"]
  private let feed: ByteFeed
  private let count: Int

  init(count: Int) {
    self.count = count
    // What is measured should not be the making of the lines.
    let endings = (0..<1_024).map { index in
      let day = index % 28 + 1
      let date = "\(day < 10 ? " " : "")\(day)-Jul-20\(10 + index % 15) 10:52:3\(index % 10) +0200"
      let flags = Self.flags[index % Self.flags.count]
      return Array(
        " FLAGS (\(flags)) INTERNALDATE \"\(date)\" RFC822.SIZE \(1_000 + index * 37))\r\n".utf8)
    }
    let start = Array("* ".utf8)
    let middle = Array(" FETCH (UID ".utf8)
    feed = ByteFeed(count: count) {
      var number = DecimalNumber()
      return { index, chunk in
        number.increase()
        chunk += start
        chunk += number.digits
        chunk += middle
        chunk += number.digits
        chunk += endings[index % endings.count]
      }
    }
  }

  static func status(_ count: Int) -> MailboxStatus {
    MailboxStatus(messages: Int64(count), uidValidity: uidValidity)
  }

  func run(_ body: (Frame) throws -> Void) throws { try feed.run(body) }

  func entries() throws -> [Entry] {
    var parser = ResponseParser()
    var entries: [Entry] = []
    try run { frame in
      guard case .fetch(let data) = try parser.parse(frame), let uid = data.uid else { return }
      entries.append(
        Entry(
          uid: uid, size: data.size ?? 0, internalDate: data.internalDate,
          flags: data.flags ?? .none))
    }
    return entries
  }
}
