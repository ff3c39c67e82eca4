// mailmove: the messages that a FETCH lists.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// The messages that a FETCH lists: ascending, each UID once, none outside the set that was asked
/// for (`n:*` always brings the last).
struct ListedEntries {
  private let set: UIDSet
  private var found: [Entry] = []
  private var isAscending = true

  init(within set: UIDSet) { self.set = set }

  /// Takes up what a response says about a message; nil where it is about something else.
  mutating func take(_ response: Response) -> (FetchData, UID)? {
    guard case .fetch(let data) = response, let uid = data.uid, set.contains(uid) else {
      return nil
    }
    if let last = found.last, last.uid >= uid { isAscending = false }
    found.append(Entry(data, uid: uid))
    return (data, uid)
  }

  /// What was told last about a message counts.
  var entries: [Entry] {
    guard !isAscending else { return found }
    let latest = Dictionary(found.map { ($0.uid, $0) }, uniquingKeysWith: { _, last in last })
    return latest.values.sorted { $0.uid < $1.uid }
  }
}

extension Entry {
  init(_ data: FetchData, uid: UID) {
    self.init(
      uid: uid, size: max(0, data.size ?? 0), internalDate: data.internalDate,
      flags: data.flags ?? .none)
  }
}
