// mailmove: what a maildrop holds, under keys that last.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

/// A maildrop as it is for the length of a session.
struct Maildrop: Sendable {
  /// As STAT says.
  let announced: Int64
  /// Ascending by UID, each UID once.
  let entries: [Entry]
  /// The session's number of each message.
  let numbers: [UID: Int]
  /// Messages that nothing tells apart: their UIDs are good for this session only.
  let passing: Set<UID>

  /// POP3 has no UIDVALIDITY; the numbers in the key book never begin again.
  static let uidValidity = UIDValidity(1)

  var status: MailboxStatus {
    MailboxStatus(
      messages: announced, uidNext: entries.last?.uid.next ?? UID(1),
      uidValidity: Self.uidValidity)
  }
}

extension POP3Connection {
  /// The number of messages, as STAT says now.
  func announced() throws -> Int64 {
    if let maildrop { return maildrop.announced }
    let answer = try perform(.stat, on: .list)
    guard let stat = POP3Listing.stat(answer) else {
      throw try line().violation("an answer to STAT without a number")
    }
    return stat.messages
  }

  /// The session's listing, made when it is first asked for.
  func listing(_ book: any KeyBook) async throws -> Maildrop {
    if let maildrop { return maildrop }
    let announced = try announced()
    let rows = announced == 0 ? [] : try self.rows()
    let found = MessageNames(rows)
    let names = found.names(headers: try digests(of: found.ambiguous))
    let uids = try await book.numbers(for: names, of: .inbox)
    let listed = zip(rows, uids).sorted { $0.1 < $1.1 }
    let made = Maildrop(
      announced: announced,
      entries: listed.map { row, uid in
        Entry(uid: uid, size: row.size, internalDate: nil, flags: .none)
      },
      numbers: Dictionary(
        listed.map { ($0.1, $0.0.number) }, uniquingKeysWith: { first, _ in first }),
      passing: Set(zip(names, uids).lazy.filter { $0.0 == nil }.map(\.1)))
    maildrop = made
    return made
  }

  func snapshot(_ book: any KeyBook) async throws -> MailboxSnapshot {
    let maildrop = try await listing(book)
    return MailboxSnapshot(
      status: maildrop.status, extent: .complete, entries: maildrop.entries,
      listingDoubt: listingDoubt(about: maildrop),
      traits: [.keysMayChange, .withoutFlags, .readingIsNoticed],
      passing: maildrop.passing)
  }

  /// The messages that still exist, with the fingerprints of their headers where TOP gives them.
  func headers(of uids: UIDSet, _ book: any KeyBook) async throws -> [HeadedEntry] {
    let maildrop = try await listing(book)
    let wanted = maildrop.entries.filter { uids.contains($0.uid) }
    let entries = Dictionary(
      wanted.compactMap { entry in maildrop.numbers[entry.uid].map { ($0, entry) } },
      uniquingKeysWith: { first, _ in first })
    let found = try tops(wanted.compactMap { maildrop.numbers[$0.uid] }) { number, header in
      entries[number].map { HeadedEntry(entry: $0, header: header) }
    }
    return try wanted.compactMap { entry in
      guard let number = maildrop.numbers[entry.uid] else { return nil }
      if let headed = found[number] { return headed }
      guard case .positive = try line().ask(.list(number)) else { return nil }
      return HeadedEntry(entry: entry, header: [])
    }
  }

  private func rows() throws -> [MessageNames.Row] {
    let wire = try line()
    let list = try wire.askText(
      .list, limit: Limits.pop3ListingBytesMax, within: patience, as: .protocolText)
    if let refusal = list.refusal { throw failure(refusal, on: .list) }
    let ids = try wire.askText(
      .uidl, limit: Limits.pop3ListingBytesMax, within: patience, as: .protocolText)
    let sizes = POP3Listing.sizes(list.text ?? [])
    let uniqueIDs = POP3Listing.uniqueIDs(ids.text ?? [])
    return Set(sizes.keys).union(uniqueIDs.keys).sorted().map { number in
      MessageNames.Row(
        number: number, size: sizes[number] ?? 0, uniqueID: uniqueIDs[number] ?? [])
    }
  }

  /// Headers of fewer lines say too little to know a message by: some servers give one line.
  private static let headerLinesMin = 2

  private func digests(of numbers: [Int]) throws -> [Int: SHA256Digest] {
    try tops(numbers) { _, header in
      header.count { $0 == 0x0A } > Self.headerLinesMin ? SHA256Digest(of: header) : nil
    }
  }

  /// What is made of headers, by message number, without those the server does not give. TOP is
  /// optional: after one refusal at the first message nobody asks again.
  private func tops<Made>(_ numbers: [Int], _ make: (Int, [UInt8]) -> Made?) throws -> [Int: Made] {
    var found: [Int: Made] = [:]
    var rest = numbers[...]
    while topWorks != false, !rest.isEmpty {
      let group = rest.prefix(pipelines && topWorks == true ? Self.topsUnderWayMax : 1)
      rest = rest.dropFirst(group.count)
      try read(tops: Array(group)) { found[$0] = make($0, $1) }
    }
    return found
  }

  private static let topsUnderWayMax = 64

  private func read(tops group: [Int], _ take: (Int, [UInt8]) -> Void) throws {
    let wire = try line()
    try guardingPipeline(group.count) {
      try wire.send(group.map(POP3Command.top))
      for number in group {
        switch try wire.reply() {
        case .positive:
          topWorks = true
          if case .bytes(let header) = try wire.text(limit: Limits.literalBytesMax) {
            take(number, header)
          }
        case .negative: topWorks = topWorks ?? false
        case .challenge: throw wire.violation("a challenge in answer to TOP")
        }
      }
    }
  }

  private func listingDoubt(about maildrop: Maildrop) -> String? {
    var doubts: [String] = []
    let listed = maildrop.entries.count
    if Int64(listed) < maildrop.announced {
      doubts.append("the server says there are \(maildrop.announced) messages and lists \(listed)")
    }
    if family == .gmail {
      doubts.append(
        "Gmail shows only a part of an account over POP3, some hundred messages at a time, without "
          + "labels, sent mail and spam, and hides what was read; use imaps://imap.gmail.com")
    }
    if capabilities.removesAfterReading {
      doubts.append("the server says that it may remove messages once they have been read")
    }
    return doubts.isEmpty ? nil : doubts.joined(separator: "; ")
  }
}
