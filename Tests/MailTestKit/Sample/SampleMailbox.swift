// mailmove: an old account for tests and for showing.
// SPDX-License-Identifier: Apache-2.0

/// An account's mailboxes and messages as values.
package struct SampleMailbox: Sendable {
  /// A mailbox of the sample.
  package struct Folder: Sendable, Hashable {
    /// UTF-8, `/` between levels.
    package var path: String
    package var isSubscribed: Bool
  }

  package var folders: [Folder]
  package var messages: [SampleMessage]

  /// An account from messages that name their mailboxes; every mailbox is subscribed to.
  package init(messages: [SampleMessage]) {
    self.messages = messages
    let paths = Set(messages.map(\.mailbox)).union(["INBOX"])
    folders = paths.sorted().map { Folder(path: $0, isSubscribed: true) }
  }

  /// Hanna's account: a choir singer from Bremen with a family in France, a grandmother's recipes
  /// from Łódź, a year in Kyoto, and twenty years of mail.
  ///
  /// The same count and seed give the same bytes. Every kind of message, every odd date and
  /// every flag appears from 120 messages on; 2 % carry attachments of 1 to 3 MB.
  package init(count: Int = 520, seed: UInt64 = 1) {
    let homes = SampleFolder.all
    folders = homes.map { Folder(path: $0.path, isSubscribed: $0.isSubscribed) }
    let places = homes.flatMap { Array(repeating: $0, count: $0.weight) }
    var random = SeededGenerator(seed: seed)
    let dates = SampleDates()
    var made: [SampleMessage] = []
    made.reserveCapacity(count)
    let filled = homes.filter { $0.weight > 0 }
    for index in 0..<count {
      let folder = index < filled.count ? filled[index] : random.pick(places)
      let kind = SampleKind.allCases[index % SampleKind.allCases.count]
      let date = dates.next(index: index, random: &random)
      if kind == .sameBytesAgain, let before = made.last {
        made.append(before)
        continue
      }
      var composer = SampleComposer(
        folder: folder, index: index, date: date, previous: made.last, random: random)
      let bytes = composer.compose(kind)
      random = composer.random
      made.append(
        SampleMessage(
          bytes: bytes, flags: folder.flags(index: index, random: &random),
          internalDate: date.internalDate, mailbox: folder.path))
    }
    messages = made
  }

  /// The messages of Hanna's account alone.
  package static func messages(count: Int = 520, seed: UInt64 = 1) -> [SampleMessage] {
    SampleMailbox(count: count, seed: seed).messages
  }
}
