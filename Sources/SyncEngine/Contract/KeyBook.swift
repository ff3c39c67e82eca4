// mailmove: numbers for messages of sources without UIDs.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import Synchronization

/// Numbers the messages of a source that has no UIDs, and keeps the numbering for good.
package protocol KeyBook: Sendable {
  /// A number for each name, in their order.
  ///
  /// A name that is known keeps its number. A new name, and each nil, gets the next higher number
  /// that was never given before; what was given is on disk when this returns. nil stands for a
  /// message that cannot be known again. Throws `SyncError`.
  func numbers(for names: [String?], of mailbox: MailboxName) async throws -> [UID]
}

/// The arithmetic of a key book: which number comes next.
package struct KeyNumbering: Sendable, Equatable {
  /// The highest number given so far; 0 if none was.
  package private(set) var last: UInt32
  package private(set) var known: [String: UID]

  package init(last: UInt32 = 0, known: [String: UID] = [:]) {
    self.last = last
    self.known = known
  }

  /// Gives numbers; `added` are the names that were not known, in order.
  ///
  /// Throws `SyncError` when 32 bits are used up, which takes four billion messages.
  package mutating func numbers(for names: [String?]) throws -> (
    uids: [UID], added: [(name: String, uid: UID)]
  ) {
    var added: [(name: String, uid: UID)] = []
    let uids = try names.map { name in
      if let name, let uid = known[name] { return uid }
      guard last < .max else {
        throw SyncError(
          .internalFault, scope: .run, remedy: .stop, side: .local,
          detail: "no numbers are left for the messages of this source")
      }
      last += 1
      let uid = UID(last)
      if let name {
        known[name] = uid
        added.append((name, uid))
      }
      return uid
    }
    return (uids, added)
  }
}

/// A key book that lasts as long as the program: for looking at a source without a ledger.
package final class PassingKeyBook: KeyBook {
  private let numberings = Mutex<[MailboxName: KeyNumbering]>([:])

  package init() {}

  package func numbers(for names: [String?], of mailbox: MailboxName) async throws -> [UID] {
    try numberings.withLock { try $0[mailbox, default: KeyNumbering()].numbers(for: names).uids }
  }
}
