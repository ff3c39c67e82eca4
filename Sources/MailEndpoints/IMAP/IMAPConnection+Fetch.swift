// mailmove: messages on their way in.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// One FETCH under way, with what has arrived for it.
struct FetchUnderWay {
  let tag: String
  let mailbox: MailboxName
  let uidValidity: UIDValidity
  /// What was asked for and has not come.
  var open: [UID: Entry]
  var arrived: [Fetched] = []
  var answer: StatusResponse?
}

extension IMAPConnection {
  /// Sends the command for a batch and returns its tag.
  func beginFetch(_ batch: Batch, from name: MailboxName, readOnly: Bool) throws -> String {
    let mailbox = try open(name, readOnly: readOnly)
    guard mailbox.status.uidValidity ?? .unknown == batch.uidValidity else {
      opened = nil
      throw SyncError(
        .mailboxChanged, scope: .mailbox, remedy: .retry(after: nil), side: account.side,
        mailbox: name)
    }
    let tag = try line().send(.uidFetch(batch.uids, Self.message)) { take($0) }
    fetches.append(
      FetchUnderWay(
        tag: tag, mailbox: name, uidValidity: batch.uidValidity,
        open: Dictionary(
          batch.entries.map { ($0.uid, $0) }, uniquingKeysWith: { first, _ in first })))
    return tag
  }

  private static let message: [FetchItem] = [.uid, .flags, .internalDate, .size, .body]

  /// The next message of a FETCH, or nil when it is done; then it is forgotten.
  func nextFetched(of tag: String) throws -> Fetched? {
    while true {
      guard let index = fetches.firstIndex(where: { $0.tag == tag }) else { return nil }
      if !fetches[index].arrived.isEmpty { return fetches[index].arrived.removeFirst() }
      if let answer = fetches[index].answer {
        fetches.remove(at: index)
        guard answer.kind == .ok else {
          throw failure(answer, on: .fetch)
        }
        return nil
      }
      take(try line().next(within: patience))
    }
  }

  /// Gives what the server says to the FETCH it belongs to.
  private func take(_ response: Response) {
    switch response {
    case .tagged(let tag, let answer):
      if let index = fetches.firstIndex(where: { $0.tag == tag }) {
        fetches[index].answer = answer
      }
    case .fetch(let data):
      guard let uid = data.uid,
        let index = fetches.firstIndex(where: { $0.open[uid] != nil }),
        let fetched = fetched(data, uid: uid, in: fetches[index])
      else { return }
      fetches[index].open[uid] = nil
      fetches[index].arrived.append(fetched)
    default: break
    }
  }

  /// A message if its body came; nil for news about flags and for a body that is missing.
  private func fetched(_ data: FetchData, uid: UID, in fetch: FetchUnderWay) -> Fetched? {
    guard let listed = fetch.open[uid] else { return nil }
    let key = SourceKey(uidValidity: fetch.uidValidity, uid: uid)
    switch data.body {
    case .bytes(let bytes):
      let size = data.size ?? listed.size
      // Where literals are counted wrong, only the size that was told proves that all is here.
      guard !data.isBroken || Int64(bytes.count) == size else { return nil }
      // The listing's size counts as what the server says: that is what the next listing is
      // compared with (invariant 14).
      let entry = Entry(
        uid: uid, size: listed.size > 0 ? listed.size : size,
        internalDate: data.internalDate ?? listed.internalDate, flags: data.flags ?? listed.flags)
      return .message(Message(key: key, entry: entry, bytes: bytes))
    case .oversize(let size):
      return .unreadable(
        key,
        SyncError(
          .messageTooBig, scope: .message, remedy: .skip, side: account.side,
          mailbox: fetch.mailbox, key: key,
          detail: "\(size) bytes, the limit is \(Limits.literalBytesMax)"))
    case .absent, nil: return nil
    }
  }
}
