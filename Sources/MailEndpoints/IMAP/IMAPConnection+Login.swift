// mailmove: being let in.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

extension IMAPConnection {
  func establish() async throws {
    try await account.withPlainAfterScram {
      try await logIn()
    } drop: {
      wire?.channel.close()
      wire = nil
    }
  }

  private func logIn() async throws {
    let channel = try SessionOpening(account, IMAPUpgrade(), interruption).open()
    let wire = IMAPWire(
      channel, side: account.side, deadlines: account.deadlines,
      trace: account.trace(account.side.rawValue))
    self.wire = wire
    if account.url.scheme != .imap { try greet(wire) }
    let isIntroduced = try measureRoundTrip(wire)
    family = detectFamily(wire)
    guard let credentials = account.credentials else { return }
    try await credentials.logIn { try authenticate(wire, $0) }
    wire.credential = credentials.kind.credential
    if family == .qq { wire.takeNILForNoKeyword() }
    try learnCapabilities(wire)
    if !isIntroduced || family.demandsID { try introduce(wire) }
    if wire.capabilities.has(.compressDeflate), account.compression.pays(isDistant: isDistant) {
      try compress(wire)
    }
  }

  private func greet(_ wire: IMAPWire) throws {
    guard case .untagged(let hello) = try wire.next() else {
      throw SyncError(
        .protocolViolation, scope: .endpoint, remedy: .stop, side: account.side,
        detail: "no IMAP greeting")
    }
    // Whoever this is, it is not the user that was asked for, and nothing tells who.
    guard hello.kind != .preauth else {
      throw SyncError(
        .loginRefused, scope: .endpoint, remedy: .stop, side: account.side,
        detail: "PREAUTH: the server has logged us in already, as somebody it does not name",
        hint: "use a port of the server that asks for user and password")
    }
    guard hello.kind == .ok else {
      throw ServerAnswer.error(hello, on: .greeting, side: account.side)
    }
    greeting = hello.text
  }

  /// Measures with the first command, which is one that is needed anyway: ID where the greeting has
  /// told that it may be sent (RFC 2971, 3.1: in any state), else CAPABILITY.
  private func measureRoundTrip(_ wire: IMAPWire) throws -> Bool {
    let start = ContinuousClock.now
    defer { roundTrip = ContinuousClock.now - start }
    guard wire.capabilities.has(.id) else {
      try wire.perform(.capability, on: .other)
      return false
    }
    return try introduce(wire)
  }

  private func learnCapabilities(_ wire: IMAPWire) throws {
    guard wire.capabilities.isEmpty else { return }
    try wire.perform(.capability, on: .other)
  }

  private func authenticate(_ wire: IMAPWire, _ credential: Credential) throws {
    // A server that refused a login may offer something else now, and need not say so.
    try learnCapabilities(wire)
    wire.keepSecret(credential.secret)
    try account.logIn(credential) { () throws(NoLoginMethod) in
      try MechanismChoice.order(
        wire.capabilities, credential: credential.kind,
        hasAuthorization: account.authorizationIdentity != nil, chosen: account.mechanism)
    } run: { exchange in
      try wire.authenticate(&exchange)
    } command: {
      try wire.login(.login(user: Array(account.user.utf8), password: credential.secret))
    }
  }

  /// Says who we are where that is wanted; some servers let nobody in who does not. Returns whether
  /// the server took it.
  @discardableResult
  private func introduce(_ wire: IMAPWire) throws -> Bool {
    guard wire.capabilities.has(.id) || family.demandsID else { return false }
    let answer = try wire.ask(.id(Self.identity)) { response in
      if case .id(let fields) = response { serverID = fields }
    }
    guard answer.kind == .ok else { return false }
    family = detectFamily(wire)
    return true
  }

  private func compress(_ wire: IMAPWire) throws {
    guard try wire.ask(.compressDeflate).kind == .ok else { return }
    guard wire.isDrained else {
      throw SyncError(
        .protocolViolation, scope: .connection, remedy: .retry(after: nil), side: account.side,
        detail: "something was sent between the answer to COMPRESS and the compressed stream")
    }
    do { try wire.channel.startCompression(level: Self.compressionLevel) } catch {
      throw SyncError(error, side: account.side)
    }
  }

  private func detectFamily(_ wire: IMAPWire) -> ServerFamily {
    ServerFamily.detect(
      host: account.url.host, greeting: greeting, id: serverID, capabilities: wire.capabilities)
  }

  private static let identity = [
    ("name", "mailmove"), ("version", "1"), ("vendor", "mailmove"),
  ]
  /// Fast; higher levels cost CPU without saving much (measured on mail).
  private static let compressionLevel = 3
}

extension IMAPWire {
  /// LOGIN; what the server can do is asked again afterwards.
  func login(_ command: Command) throws {
    forgetCapabilities()
    try perform(command, on: .login)
  }

  /// A SASL exchange (RFC 9051, 6.2.2), of which nothing is traced.
  func authenticate(_ exchange: inout any SASLMechanism) throws {
    let saslIR = capabilities.has(.saslIR)
    forgetCapabilities()
    try hidingContinuations {
      var first: [UInt8]? = exchange.initialResponse()
      let tag = try send(
        .authenticate(mechanism: exchange.name, initialResponse: saslIR ? first : nil))
      if saslIR { first = nil }
      while true {
        switch try next() {
        case .tagged(tag, let answer):
          return try accept(answer, exchange)
        case .continuation(let text):
          if let waiting = first {
            first = nil
            try send(.saslAnswer(waiting), in: tag)
          } else {
            try respond(&exchange, to: text, in: tag)
          }
        default: continue
        }
      }
    }
  }

  private func respond(
    _ exchange: inout any SASLMechanism, to text: [UInt8], in tag: String
  ) throws {
    do {
      guard let challenge = Base64.decode(text) else {
        throw SASLError.badChallenge(mechanism: exchange.name, reason: "it is not base64")
      }
      try send(.saslAnswer(try exchange.respond(to: challenge)), in: tag)
    } catch let error as SASLError {
      try send(.saslCancel, in: tag)
      throw error
    }
  }

  private func send(_ answer: WireChunk, in tag: String) throws {
    try write(answer, of: tag) { _ in }
    try flush()
  }

  private func accept(_ answer: StatusResponse, _ exchange: any SASLMechanism) throws {
    guard answer.kind != .ok else { return try exchange.verifyFinished() }
    let told = exchange.refusal.map { redaction.shown($0) }
    let reason = told.map { "\(answer.text) (\($0))" } ?? answer.text
    var refusal = StatusResponse(kind: answer.kind, code: answer.code, text: reason)
    refusal.isConfidential = answer.isConfidential
    throw ServerAnswer.error(refusal, on: .login, side: side)
  }
}
