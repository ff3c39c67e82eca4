// mailmove: commands out, responses in.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

/// Commands out and responses in, over a verified TLS connection.
///
/// It only lives on its connection's thread and may block there. Several commands may be under
/// way; answers are read in the order the server sends them.
final class IMAPWire {
  let side: SyncError.Side
  let deadlines: Deadlines
  private(set) var capabilities = CapabilitySet.none
  /// Commands written and not answered.
  var outstanding: Int { underWay.count }
  private(set) var lastUse = ContinuousClock.now
  /// What the session was logged in with; nil before.
  var credential: CredentialKind?
  var channel: SecureChannel { secureChannel }

  private let secureChannel: SecureChannel
  private let trace: WireTrace
  private var framer = Framer()
  private var parser = ResponseParser()
  private var tags = TagSource()
  private var underWay: Set<String> = []
  private var allowance = AnswerAllowance()
  private var gathered: [[UInt8]] = []
  private var gatheredBytes = 0
  /// Bytes after which writing does not wait for more.
  private static let gatheredBytesMax = 64 << 10
  /// What the server sends next is part of a SASL exchange and is not traced.
  private var hidesContinuations = false
  /// The credentials that were said here.
  private(set) var redaction = Redaction.none

  init(_ channel: SecureChannel, side: SyncError.Side, deadlines: Deadlines, trace: WireTrace) {
    secureChannel = channel
    self.side = side
    self.deadlines = deadlines
    self.trace = trace
  }

  /// `NIL` among flags is no keyword at this server.
  func takeNILForNoKeyword() { parser.takeNILForNoKeyword() }

  /// What the server says from now on is not passed on where it repeats this.
  func keepSecret(_ secret: Secret) { redaction.add(secret) }

  // MARK: Writing

  /// How literals are sent to this server.
  var encoder: CommandEncoder { CommandEncoder(literalMode: LiteralMode(capabilities)) }

  /// Writes a command and returns its tag; does not wait for the answer.
  ///
  /// - Parameter meanwhile: gets the responses that arrive while the server is asked to go on.
  func send(_ command: Command, meanwhile: (Response) throws -> Void = { _ in }) throws -> String {
    let tag = newTag()
    do {
      let chunks = try encoder.encode(tag: tag, command)
      for chunk in chunks { try write(chunk, of: tag, meanwhile: meanwhile) }
    } catch let error as EncodingError {
      underWay.remove(tag)
      throw unspeakable(error, in: command.name)
    }
    try flush()
    return tag
  }

  /// The tag of a command that is written in parts.
  func newTag() -> String {
    let tag = tags.next()
    underWay.insert(tag)
    return tag
  }

  /// Writes a part of a command; small parts are gathered until `flush` or until they are many.
  ///
  /// Throws `CommandRefused` if the server answers instead of asking for the rest.
  func write(_ chunk: WireChunk, of tag: String, meanwhile: (Response) throws -> Void) throws {
    trace.record(sent: chunk)
    gathered.append(chunk.bytes)
    gatheredBytes += chunk.bytes.count
    if chunk.waitsForContinuation {
      try awaitContinuation(of: tag, meanwhile: meanwhile)
    } else if gatheredBytes >= Self.gatheredBytesMax {
      try flush()
    }
  }

  func flush() throws {
    guard !gathered.isEmpty else { return }
    defer {
      gathered.removeAll(keepingCapacity: true)
      gatheredBytes = 0
    }
    do {
      try secureChannel.write(gathered, within: deadlines.progress, whole: deadlines.answer)
    } catch { throw SyncError(error, side: side) }
    lastUse = .now
    allowance.renew()
  }

  /// An argument that IMAP cannot carry: a credential, or else the name of a mailbox.
  func unspeakable(_ error: EncodingError, in command: String) -> SyncError {
    let isCredential = command == "LOGIN" || command == "AUTHENTICATE"
    return SyncError(
      isCredential ? .loginRefused : .mailboxNameRefused,
      scope: isCredential ? .endpoint : .mailbox, remedy: .stop, side: side, detail: "\(error)")
  }

  /// Waits until the server asks for the rest of a command.
  ///
  /// Throws `CommandRefused` if it answers the command instead.
  private func awaitContinuation(of tag: String, meanwhile: (Response) throws -> Void) throws {
    try flush()
    while true {
      let response = try next()
      switch response {
      case .continuation: return
      case .tagged(tag, let answer):
        throw CommandRefused(answer: answer)
      default: try meanwhile(response)
      }
    }
  }

  // MARK: Reading

  /// Nothing has been read that was not handed out.
  var isDrained: Bool { framer.isEmpty }

  /// Whether something can be read without waiting.
  var hasInput: Bool { !framer.isEmpty || secureChannel.hasInput }

  /// The next response; waits for it. A BYE that nobody asked for is thrown.
  ///
  /// - Parameter patience: until the first byte; after that bytes only have to keep coming, as
  ///   long as `AnswerAllowance` lets them.
  func next(within patience: Duration? = nil) throws -> Response {
    let limit = patience ?? deadlines.command
    while true {
      if let frame = try nextFrame() {
        let response = marked(parse(frame), from: frame)
        try note(response)
        if case .untagged(let answer) = response, answer.kind == .bye {
          throw failure(answer, on: .other)
        }
        return response
      }
      let isContent = framer.pendingLiteral != nil
      try secureChannel.read(
        into: &framer, within: limit, deadlines, counting: &allowance,
        isContent: isContent, side: side)
      lastUse = .now
    }
  }

  /// Sends a command and reads until it is answered with OK.
  ///
  /// Throws what a NO or BAD means on this occasion.
  @discardableResult
  func perform(
    _ command: Command, on occasion: ServerAnswer.Occasion, within patience: Duration? = nil,
    _ take: (Response) throws -> Void = { _ in }
  ) throws -> StatusResponse {
    let answer = try ask(command, within: patience, take)
    guard answer.kind == .ok else { throw failure(answer, on: occasion) }
    return answer
  }

  /// What a NO, BAD or BYE means in this session.
  func failure(_ answer: StatusResponse, on occasion: ServerAnswer.Occasion) -> SyncError {
    ServerAnswer.error(answer, on: occasion, side: side, credential: credential)
  }

  /// Sends a command and reads until it is answered, with whatever.
  ///
  /// - Parameter whole: for the whole answer, where less is reasonable than for others.
  func ask(
    _ command: Command, within patience: Duration? = nil, whole: Duration? = nil,
    _ take: (Response) throws -> Void = { _ in }
  ) throws -> StatusResponse {
    do {
      let tag = try send(command, meanwhile: take)
      allowance.renew(whole: whole)
      return try answer(to: tag, within: patience, take)
    } catch let refused as CommandRefused {
      return refused.answer
    }
  }

  /// Reads until a command is answered.
  func answer(
    to tag: String, within patience: Duration? = nil, _ take: (Response) throws -> Void
  ) throws -> StatusResponse {
    while true {
      let response = try next(within: patience)
      if case .tagged(tag, let answer) = response { return answer }
      try take(response)
    }
  }

  /// Sends several commands at once and reads their answers, in order.
  ///
  /// - Parameter take: gets each response, and the place of the first command without an answer.
  func pipeline(
    _ commands: [Command], within patience: Duration? = nil,
    _ take: (Response, Int) throws -> Void
  ) throws -> [StatusResponse] {
    var asked: [Asked] = []
    // Answers that come while the server is being asked to take a literal of a later command.
    var early: [String: StatusResponse] = [:]
    var refusals = 0
    for command in commands {
      do {
        let tag = try send(command) { response in
          guard case .tagged(let tag, let answer) = response else {
            return try take(response, early.count + refusals)
          }
          early[tag] = answer
        }
        asked.append(.waiting(tag))
      } catch let refused as CommandRefused {
        asked.append(.answered(refused.answer))
        refusals += 1
      }
    }
    return try asked.enumerated().map { place, one in
      switch one {
      case .waiting(let tag):
        try early.removeValue(forKey: tag)
          ?? answer(to: tag, within: patience) { try take($0, place) }
      case .answered(let answer): answer
      }
    }
  }

  /// A command of several that were sent at once.
  private enum Asked {
    case waiting(String)
    /// Refused before all of it was sent.
    case answered(StatusResponse)
  }

  /// While secrets are exchanged, nothing the server says is traced.
  func hidingContinuations<Result>(_ body: () throws -> Result) rethrows -> Result {
    hidesContinuations = true
    defer { hidesContinuations = false }
    return try body()
  }

  /// Forgets what the server said about itself, because it may say something else from now on.
  func forgetCapabilities() { capabilities = .none }

  private func nextFrame() throws -> Frame? {
    do {
      guard let frame = try framer.next() else { return nil }
      if trace.isOn { record(frame) }
      return frame
    } catch {
      throw SyncError(
        .protocolViolation, scope: .connection, remedy: .retry(after: nil), side: side,
        detail: "\(error)")
    }
  }

  private func parse(_ frame: Frame) -> Response {
    do { return try parser.parse(frame) } catch { return .unknown(name: "unreadable") }
  }

  /// Only what may be passed on in an error is looked at: that keeps OK cheap.
  private func marked(_ response: Response, from frame: Frame) -> Response {
    switch response {
    case .tagged(let tag, var answer) where answer.kind != .ok:
      answer.isConfidential = redaction.isRepeated(in: frame.text)
      return .tagged(tag: tag, answer)
    case .untagged(var answer) where answer.kind != .ok:
      answer.isConfidential = redaction.isRepeated(in: frame.text)
      return .untagged(answer)
    case .tagged, .untagged, .continuation, .capability, .enabled, .list, .status, .namespace,
      .flags, .exists, .recent, .expunge, .vanished, .fetch, .search, .esearch, .quotaRoot, .quota,
      .id, .unknown:
      return response
    }
  }

  private func note(_ response: Response) throws {
    var isRemark = false
    switch response {
    case .tagged(let tag, let answer):
      note(answer.code)
      // Some server may answer what was never asked, for ever.
      if underWay.remove(tag) != nil { return allowance.renew() }
      isRemark = true
    case .untagged(let answer):
      note(answer.code)
      isRemark = true
    case .continuation, .unknown: isRemark = true
    case .capability(let set): capabilities = set
    case .list(let row):
      do { try allowance.note(row) } catch { throw SyncError(error, side: side) }
    case .enabled, .status, .namespace, .flags, .exists, .recent, .expunge, .vanished,
      .fetch, .search, .esearch, .quotaRoot, .quota, .id:
      break
    }
    do { try allowance.noteResponse(isRemark: isRemark) } catch {
      throw SyncError(error, side: side)
    }
  }

  private func note(_ code: ResponseCode?) {
    if case .capability(let set)? = code { capabilities = set }
  }

  private func record(_ frame: Frame) {
    let isHidden =
      hidesContinuations && frame.text.first == UInt8(ascii: "+")
      || redaction.isRepeated(in: frame.text)
    // A server may send a header or a body as a quoted string: what follows BODY[ is mail.
    let shown = Self.beforeMail(in: frame.text)
    trace.record(.received, isHidden ? .secret : .protocolText, shown)
    if shown.count < frame.text.count {
      trace.record(.received, .message, frame.text[shown.endIndex...])
    }
    for literal in frame.literals {
      if case .bytes(let bytes) = literal.content { trace.record(.received, .message, bytes) }
    }
  }

  private static func beforeMail(in text: [UInt8]) -> ArraySlice<UInt8> {
    let marker = Array("BODY[".utf8)
    guard text.count > marker.count else { return text[...] }
    let start = (0...(text.count - marker.count)).first {
      text[$0..<$0 + marker.count].elementsEqual(marker)
    }
    return start.map { text[..<$0] } ?? text[...]
  }
}

/// A command was answered before all of it was sent.
struct CommandRefused: Error {
  let answer: StatusResponse
}

/// Tags nobody can guess (invariant 11): a random beginning, then a number.
struct TagSource {
  private let prefix: String
  private var count = 0

  init() {
    prefix = String(UInt64.random(in: 0...UInt64.max), radix: 36) + "x"
  }

  mutating func next() -> String {
    count += 1
    return prefix + String(count)
  }
}
