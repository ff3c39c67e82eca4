// mailmove: removing messages from a maildrop.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Synchronization

extension POP3Connection {
  /// Reads messages again and returns those that have these bytes; ascending.
  ///
  /// What comes far too short is asked for once more, alone, as when it was copied; it is no proof
  /// unless it was a message then.
  func uids(ofMessagesWith digests: [UID: SHA256Digest], _ book: any KeyBook) async throws -> [UID]
  {
    let entries = try await listing(book).entries.filter { digests[$0.uid] != nil }
    var read = try await digestsNow(of: entries, book)
    for entry in entries where read[entry.uid] == nil {
      guard account.experience.sizes.withLock({ $0.isDoubted(entry.uid) }) else { continue }
      read.merge(try await digestsNow(of: [entry], book)) { $1 }
    }
    return entries.map(\.uid).filter { read[$0] != nil && read[$0] == digests[$0] }
  }

  private func digestsNow(of entries: [Entry], _ book: any KeyBook) async throws
    -> [UID: SHA256Digest]
  {
    let batch = try await beginRetrieving(
      Batch(uidValidity: Maildrop.uidValidity, entries: entries), book)
    var found: [UID: SHA256Digest] = [:]
    do {
      while let fetched = try nextRetrieved(of: batch) {
        if case .message(let message) = fetched { found[message.key.uid] = message.digest }
      }
    } catch let error as SyncError where error.scope == .message {
      // The batch ends with what was not handed out; that stays where it is.
    }
    return found
  }

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
