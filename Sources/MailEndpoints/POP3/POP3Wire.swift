// mailmove: POP3 commands out, answers in.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

/// POP3 commands out and answers in, over a verified TLS connection.
///
/// It only lives on its connection's thread and may block there. Answers come in the order of the
/// commands; whoever sent several reads them in that order.
final class POP3Wire {
  let side: SyncError.Side
  let deadlines: Deadlines
  let channel: SecureChannel
  /// Commands written and not answered.
  private(set) var outstanding = 0
  private(set) var lastUse = ContinuousClock.now

  private let trace: WireTrace
  private var framer = POP3Framer()
  private var allowance = AnswerAllowance()
  /// The first line of the next answer, where it had to be seen before it was asked for.
  private var early: POP3Reply?
  /// What is said now is part of a login and is not traced.
  private var hidesLines = false
  /// The credentials that were said here.
  private(set) var redaction = Redaction.none

  init(_ channel: SecureChannel, side: SyncError.Side, deadlines: Deadlines, trace: WireTrace) {
    self.channel = channel
    self.side = side
    self.deadlines = deadlines
    self.trace = trace
  }

  /// What the server says from now on is not passed on where it repeats this.
  func keepSecret(_ secret: Secret) { redaction.add(secret) }

  // MARK: Writing

  /// Writes commands in one go; does not wait for their answers.
  func send(_ commands: POP3Command...) throws { try send(commands) }

  /// Writes commands in one go; does not wait for their answers.
  func send(_ commands: [POP3Command]) throws {
    outstanding += commands.count
    try write(commands.flatMap(\.chunks))
  }

  /// Writes a line that belongs to a command under way.
  func write(_ chunks: [WireChunk]) throws {
    for chunk in chunks { trace.record(sent: chunk) }
    do {
      try channel.write(
        chunks.map(\.bytes), within: deadlines.progress, whole: deadlines.answer)
    } catch { throw SyncError(error, side: side) }
    lastUse = .now
    allowance.renew()
  }

  // MARK: Reading

  /// The first line of the next answer; waits for it.
  ///
  /// - Parameter patience: until the first byte; after that bytes only have to keep coming, as
  ///   long as `AnswerAllowance` lets them.
  func reply(within patience: Duration? = nil) throws -> POP3Reply {
    if let reply = early {
      early = nil
      return reply
    }
    return try nextReply(within: patience)
  }

  /// Makes sure that a text ended where it seemed to: what comes next must be an answer.
  ///
  /// A server that does not stuff dots seems to end a message at a line with a single dot; the rest
  /// of it comes in the place of the next answer.
  func insistOnEnd(within patience: Duration? = nil) throws {
    if outstanding > 0 {
      if early == nil { early = try nextReply(within: patience) }
      return
    }
    guard framer.isEmpty else { throw violation("more than was asked for") }
    if case .challenge = try ask(.noop) { throw violation("a challenge in answer to NOOP") }
  }

  private func nextReply(within patience: Duration?) throws -> POP3Reply {
    let line = try readLine(within: patience ?? deadlines.command)
    allowance.renew()
    guard let reply = POP3Reply(line: line) else {
      // It may be a line of a message, if the server has lost count.
      trace.record(.received, .message, line)
      throw violation("a line that is no answer")
    }
    let isRepeated = redaction.isRepeated(in: line)
    trace.record(.received, hidesLines || isRepeated ? .secret : .protocolText, line)
    switch reply {
    case .positive: outstanding = max(0, outstanding - 1)
    case .negative(var refusal):
      outstanding = max(0, outstanding - 1)
      refusal.isConfidential = isRepeated
      return .negative(refusal)
    case .challenge: break
    }
    return reply
  }

  /// The lines that follow a positive answer.
  ///
  /// - Parameters:
  ///   - limit: octets that are held; of a longer text only the length is known.
  ///   - size: what LIST said, for servers that glue the closing dot to a last line without an end.
  func text(
    limit: Int, size: Int64? = nil, within patience: Duration? = nil,
    as kind: WireTrace.Kind = .message
  ) throws -> POP3Framer.Text {
    while true {
      if let text = framer.text(limit: limit) {
        allowance.renew()
        if trace.isOn, case .bytes(let bytes) = text {
          trace.record(.received, redaction.isRepeated(in: bytes) ? .secret : kind, bytes)
        }
        return text
      }
      do {
        try fill(within: patience ?? deadlines.command, isContent: true)
      } catch let error as SyncError where Self.isSilence(error.cause) {
        guard let size, let text = framer.textWithGluedDot(size: size) else { throw error }
        return text
      }
    }
  }

  /// Sends a command with a one-line answer and reads it.
  ///
  /// - Parameter whole: for the whole answer, where less is reasonable than for others.
  func ask(
    _ command: POP3Command, within patience: Duration? = nil, whole: Duration? = nil
  ) throws -> POP3Reply {
    try send(command)
    allowance.renew(whole: whole)
    return try reply(within: patience)
  }

  /// Sends a command and reads what a positive answer brings; nil and the refusal for `-ERR`.
  ///
  /// - Parameter whole: for the first line, and again for the text, where less is reasonable than
  ///   for others.
  func askText(
    _ command: POP3Command, limit: Int, within patience: Duration? = nil, whole: Duration? = nil,
    as kind: WireTrace.Kind = .message
  ) throws -> (text: [UInt8]?, refusal: POP3Refusal?) {
    switch try ask(command, within: patience, whole: whole) {
    case .positive:
      allowance.renew(whole: whole)
      switch try text(limit: limit, within: patience, as: kind) {
      case .bytes(let bytes): return (bytes, nil)
      case .oversize: throw violation("an answer to \(command.name) that is too long")
      }
    case .negative(let refusal): return (nil, refusal)
    case .challenge: throw violation("a challenge in answer to \(command.name)")
    }
  }

  /// While secrets are exchanged, nothing the server says is traced.
  func hidingLines<Result>(_ body: () throws -> Result) rethrows -> Result {
    hidesLines = true
    defer { hidesLines = false }
    return try body()
  }

  /// The server broke the rules; never says with which bytes.
  func violation(_ what: String) -> SyncError {
    SyncError(
      .protocolViolation, scope: .connection, remedy: .retry(after: nil), side: side,
      detail: "POP3: \(what)")
  }

  private static func isSilence(_ cause: SyncError.Cause) -> Bool {
    cause == .timedOut || cause == .connectionLost
  }

  private func readLine(within patience: Duration) throws -> [UInt8] {
    while true {
      do { if let line = try framer.line() { return line } } catch { throw violation("\(error)") }
      try fill(within: patience, isContent: false)
    }
  }

  private func fill(within patience: Duration, isContent: Bool) throws {
    try channel.read(
      into: &framer, within: patience, deadlines, counting: &allowance, isContent: isContent,
      side: side)
    lastUse = .now
  }
}
