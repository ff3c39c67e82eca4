// mailmove: what the next commit of an archive will hold.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Everything that was handed to a writer since the last commit, in memory only.
struct Batch {
  /// What makes two messages the same: nothing but their bytes.
  struct Content: Hashable {
    let digest: SHA256Digest
    let size: Int64
  }

  /// A message that is new to the archive.
  struct NewMessage {
    let id: Int64
    let content: Content
    let date: Int64?
    /// The archive has this number already, with bytes that are known to be wrong.
    let isHealed: Bool
  }

  /// A line of the journal, or the place of one that is known once the segments are written.
  enum Line {
    case event(JournalEvent)
    case message(Int)
  }

  /// What becomes one member.
  enum Group {
    case pressed(PressedGroup)
    /// Compressed while it is written.
    case large(LargeEntry, year: String, message: Int)
  }

  private(set) var lines: [Line] = []
  private(set) var messages: [NewMessage] = []
  private(set) var placements: [PlacementKey] = []
  /// Groups that take nothing more, in the order they were filled.
  private(set) var groups: [Group] = []
  private(set) var textBytes = 0
  /// When the first line came: seconds since 1970-01-01 00:00:00 UTC.
  private(set) var began: Int64?
  private var filling: [String: MessageGroup] = [:]
  private var placed: Set<PlacementKey> = []
  private let groupSize: Int
  private let memberPress: MemberPress

  /// - Parameters:
  ///   - groupSize: bytes of text in one group.
  ///   - press: gets every group that is full.
  init(groupSize: Int, press: MemberPress) {
    self.groupSize = groupSize
    memberPress = press
  }

  var isEmpty: Bool { lines.isEmpty }

  func holds(_ key: PlacementKey) -> Bool { placed.contains(key) }

  mutating func add(_ event: JournalEvent, at time: Int64) {
    if began == nil { began = time }
    lines.append(.event(event))
    if case .put(let put) = event {
      placements.append(put.key)
      placed.insert(put.key)
    }
  }

  /// Takes a new message with its entry.
  ///
  /// - Parameter year: the directory it belongs to.
  mutating func add(_ message: NewMessage, entry: ProvenEntry, year: String, at time: Int64) {
    if began == nil { began = time }
    let index = messages.count
    messages.append(message)
    lines.append(.message(index))
    switch entry {
    case .text(let text):
      textBytes += text.count
      add(text, year: year, message: index)
    case .large(let large):
      textBytes += large.length
      groups.append(.large(large, year: year, message: index))
    }
  }

  private mutating func add(_ entry: [UInt8], year: String, message index: Int) {
    if entry.count > groupSize {
      press(MessageGroup(year: year, only: entry, message: index))
      return
    }
    // Taken out, so that the text is not copied when it grows.
    var group = filling.removeValue(forKey: year) ?? MessageGroup(year: year)
    if group.text.count + entry.count > groupSize {
      press(group)
      group = MessageGroup(year: year)
    }
    group.append(entry, message: index)
    filling[year] = group
  }

  /// Ends every group that is being filled, in the order of their years.
  mutating func finishGroups() {
    for (_, group) in filling.sorted(by: { $0.key < $1.key }) { press(group) }
    filling = [:]
  }

  private mutating func press(_ group: MessageGroup) {
    groups.append(.pressed(memberPress.begin(group)))
  }
}
