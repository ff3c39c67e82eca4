// mailmove: how much a server may say before it answers.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

/// How much a server may say, and how long it may take, until what is waited for is there.
///
/// A deadline on each byte does not end a server that always says one more. Only the time spent
/// waiting for bytes counts: what is done between reading them is not the server's doing. It begins
/// anew when a command is answered, and when something was sent.
struct AnswerAllowance {
  /// What there was too much of.
  enum Excess: Error, Equatable {
    /// Nothing but remarks, or one line, for so long.
    case remarksFor(Duration)
    case answerFor(Duration)
    case remarks(Int)
    case responses(Int)
    case octets(Int)
    /// Mailboxes, in bytes.
    case listing(Int)
  }

  /// For the whole answer; nil: as `Deadlines` say.
  private var whole: Duration?
  private var waited = Duration.zero
  private var waitedSinceData = Duration.zero
  private var octets = 0
  private var responses = 0
  private var remarksInARow = 0
  private var listingBytes = 0

  /// Begins anew.
  ///
  /// - Parameter whole: for the whole answer, where less is reasonable than for the others.
  mutating func renew(whole: Duration? = nil) { self = AnswerAllowance(whole: whole) }

  init() {}

  private init(whole: Duration?) { self.whole = whole }

  /// Counts what was read, and the time it took to come.
  ///
  /// - Parameter isContent: it is a part of a message, or of another text that may be long.
  mutating func note(
    octets count: Int, after wait: Duration, isContent: Bool, _ deadlines: Deadlines
  ) throws(Excess) {
    octets += count
    guard octets <= Limits.answerBytesMax else { throw .octets(Limits.answerBytesMax) }
    waited += wait
    guard waited <= whole ?? deadlines.answer else { throw .answerFor(whole ?? deadlines.answer) }
    guard !isContent else { return }
    waitedSinceData += wait
    guard waitedSinceData <= deadlines.remarks else { throw .remarksFor(deadlines.remarks) }
  }

  /// Counts a response.
  mutating func noteResponse(isRemark: Bool) throws(Excess) {
    responses += 1
    guard responses <= Limits.answerResponsesMax else {
      throw .responses(Limits.answerResponsesMax)
    }
    guard isRemark else {
      remarksInARow = 0
      waitedSinceData = .zero
      return
    }
    remarksInARow += 1
    guard remarksInARow <= Limits.remarksMax else { throw .remarks(Limits.remarksMax) }
  }

  /// Counts a mailbox, which is held until all are there.
  mutating func note(_ row: ListRow) throws(Excess) {
    listingBytes += row.name.bytes.count + Limits.listedMailboxBytes
    guard listingBytes <= Limits.listingBytesMax else { throw .listing(Limits.listingBytesMax) }
  }
}

extension SyncError {
  /// A server that says too much is not heard to the end: the connection is made again.
  init(_ excess: AnswerAllowance.Excess, side: Side) {
    let (cause, detail): (Cause, String) =
      switch excess {
      case .remarksFor(let limit): (.timedOut, "nothing of use for \(limit.inSeconds)")
      case .answerFor(let limit): (.timedOut, "no end of an answer for \(limit.inSeconds)")
      case .remarks(let count): (.protocolViolation, "\(count) remarks in place of an answer")
      case .responses(let count): (.protocolViolation, "\(count) responses and no answer")
      case .listing(let count): (.protocolViolation, "more than \(count >> 20) MiB of mailboxes")
      case .octets(let count): (.protocolViolation, "\(count >> 20) MiB and no answer")
      }
    self.init(
      cause, scope: .connection, remedy: .retry(after: nil), side: side, detail: detail)
  }
}

extension Duration {
  fileprivate var inSeconds: String { "\(components.seconds) s" }
}
