// mailmove: members that were just read.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Keeps the texts of the last members: neighbours in a folder are often neighbours in a group.
final class MemberCache: Sendable {
  struct Key: Hashable {
    let segment: Int64
    let offset: Int64
  }

  private struct Entry {
    let key: Key
    let text: [UInt8]
  }

  private static let entriesMax = 16
  /// Larger ones hold one message, which nobody asks for twice.
  private static let textBytesMax = 512 << 10

  private let entries = Mutex<[Entry]>([])

  func text(for key: Key) -> [UInt8]? {
    entries.withLock { entries in
      guard let index = entries.firstIndex(where: { $0.key == key }) else { return nil }
      let entry = entries.remove(at: index)
      entries.append(entry)
      return entry.text
    }
  }

  func remember(_ text: [UInt8], for key: Key) {
    guard text.count <= Self.textBytesMax else { return }
    entries.withLock { entries in
      entries.removeAll { $0.key == key }
      entries.append(Entry(key: key, text: text))
      if entries.count > Self.entriesMax { entries.removeFirst() }
    }
  }
}
