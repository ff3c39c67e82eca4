// mailmove: removing messages from a maildrop.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

extension POP3Connection {
  /// Marks messages for removal and returns those the server agreed to.
  ///
  /// They are removed only if `quit` then returns true (RFC 1939, 6). It belongs into a session of
  /// its own, in which nothing is copied. Closing the connection any other way removes nothing, as
  /// far as the server keeps the rules.
  package func delete(_ uids: [UID], _ book: any KeyBook) async throws -> [UID] {
    let maildrop = try await listing(book)
    var marked: [UID] = []
    for uid in uids {
      guard let number = maildrop.numbers[uid] else { continue }
      hasDeletions = true
      switch try line().ask(.dele(number)) {
      case .positive: marked.append(uid)
      case .negative: continue
      case .challenge: throw try line().violation("a challenge in answer to DELE")
      }
    }
    return marked
  }

  /// Ends the session and closes; whether the server said `+OK` and what was marked is gone.
  ///
  /// Some servers say `-ERR` because they could not remove all, and some lose what they promised:
  /// the next session's listing has the last word.
  package func quit() throws -> Bool {
    defer { drop() }
    guard case .positive = try line().ask(.quit, within: patience) else { return false }
    return true
  }
}
