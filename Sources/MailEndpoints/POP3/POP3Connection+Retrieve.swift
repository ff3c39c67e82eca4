// mailmove: messages on their way out of a maildrop.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// Batches under way: RETR commands to be sent, sent, and answered (RFC 1939, 5).
struct RetrievalsUnderWay {
  struct Request: Sendable {
    let batch: Int
    let entry: Entry
    let number: Int
  }

  /// Asked for and not sent yet, in order.
  var waiting: ArraySlice<Request> = []
  /// Sent and not answered, in order.
  var sent: ArraySlice<Request> = []
  /// Why a message of a batch was not handed out; its scope is the message.
  var refusals: [Int: SyncError] = [:]
  /// What was read before its batch was asked for it.
  var arrived: [Int: ArraySlice<Fetched>] = [:]
  private var lastBatch = 0

  mutating func newBatch() -> Int {
    lastBatch += 1
    return lastBatch
  }

  func hasMore(of batch: Int) -> Bool {
    sent.contains { $0.batch == batch } || waiting.contains { $0.batch == batch }
  }
}

extension POP3Connection {
  /// Asks for a batch and returns its number. Commands go out together if the server allows it,
  /// else one after the other as their messages are read.
  func beginRetrieving(_ batch: Batch, _ book: any KeyBook) async throws -> Int {
    guard batch.uidValidity == Maildrop.uidValidity else {
      throw SyncError(
        .mailboxChanged, scope: .mailbox, remedy: .retry(after: nil), side: account.side,
        mailbox: .inbox)
    }
    let maildrop = try await listing(book)
    let number = retrieving.newBatch()
    retrieving.waiting += batch.entries.compactMap { entry in
      maildrop.numbers[entry.uid].map { .init(batch: number, entry: entry, number: $0) }
    }
    try sendWaiting()
    return number
  }

  /// The next message of a batch, or nil when it is done; then it is forgotten.
  ///
  /// Throws the last refusal of the batch at its end, if there was one.
  func nextRetrieved(of batch: Int) throws -> Fetched? {
    while true {
      if let next = retrieving.arrived[batch]?.popFirst() { return next }
      guard retrieving.hasMore(of: batch) else { break }
      try sendWaiting()
      guard let request = retrieving.sent.first else { break }
      let fetched = try guardingPipeline(retrieving.sent.count) { try read(request) }
      retrieving.sent.removeFirst()
      try sendWaiting()
      if let fetched { retrieving.arrived[request.batch, default: []].append(fetched) }
    }
    retrieving.arrived[batch] = nil
    if let refusal = retrieving.refusals.removeValue(forKey: batch) { throw refusal }
    return nil
  }

  /// Sends what is waiting once half of what may be under way has been answered, so that one write
  /// carries many commands and the server never runs out of them.
  private func sendWaiting() throws {
    let sentMax = pipelines ? Self.sentMax : 1
    guard retrieving.sent.count <= sentMax / 2, !retrieving.waiting.isEmpty else { return }
    let next = retrieving.waiting.prefix(sentMax - retrieving.sent.count)
    try line().send(next.map { .retr($0.number) })
    retrieving.waiting = retrieving.waiting.dropFirst(next.count)
    retrieving.sent += next
  }

  /// Two batches of the engine; their commands fit any socket's buffer, so that neither side waits
  /// for the other to read.
  private static let sentMax = 512

  private func read(_ request: RetrievalsUnderWay.Request) throws -> Fetched? {
    let wire = try line()
    let entry = request.entry
    let key = SourceKey(uidValidity: Maildrop.uidValidity, uid: entry.uid)
    switch try wire.reply(within: patience) {
    case .positive(let rest):
      switch try text(of: entry, announced: rest) {
      case .whole(let bytes): return .message(Message(key: key, entry: entry, bytes: bytes))
      case .doubtful: return nil
      case .short(let size):
        retrieving.refusals[request.batch] = SyncError(
          .messageCutShort, scope: .message, remedy: .skip, side: account.side, mailbox: .inbox,
          key: key, detail: "\(size.octets) octets of \(size.full)")
        return nil
      case .oversize(let octets):
        return .unreadable(
          key,
          SyncError(
            .messageTooBig, scope: .message, remedy: .skip, side: account.side, mailbox: .inbox,
            key: key, detail: "\(octets) bytes, the limit is \(Limits.literalBytesMax)"))
      }
    case .negative(let refusal):
      let error = failure(refusal, on: .fetch)
      guard error.scope == .message else { throw error }
      retrieving.refusals[request.batch] = error
      return nil
    case .challenge: throw wire.violation("a challenge in answer to RETR")
    }
  }

  /// If the session breaks while several commands are under way, the next one does without that.
  func guardingPipeline<Result>(_ underWay: Int, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as SyncError {
      if underWay > 1, Self.breaks.contains(error.cause) {
        account.experience.noteThatPipeliningBreaks()
      }
      throw error
    }
  }

  private static let breaks: Set<SyncError.Cause> = [
    .connectionLost, .timedOut, .protocolViolation,
  ]
}
