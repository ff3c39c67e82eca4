// mailmove: being let into a maildrop.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

extension POP3Connection {
  func establish() async throws {
    try await account.withPlainAfterScram {
      try await logIn()
    } drop: {
      drop()
    }
  }

  private func logIn() async throws {
    try connect()
    family = detectFamily()
    guard let credentials = account.credentials else { return }
    try await credentials.logIn { try authenticate(line(), $0) }
    credential = credentials.kind.credential
    try learnMore()
  }

  /// Connects and asks what the server can do. A server that does not answer CAPA is connected to
  /// again and not asked any more: its answer might come later, in the place of another.
  ///
  /// What needs a mechanism by name cannot do without, so there it is an error that passes.
  private func connect() throws {
    let wire = try secure()
    guard account.experience.asksCapabilities else { return }
    do {
      capabilities = try askCapabilities(wire) ?? .none
    } catch let error as SyncError
      where error.cause == .timedOut || error.cause == .connectionLost
    {
      guard account.credentials?.kind != .token, account.authorizationIdentity == nil else {
        throw error
      }
      // A connection that was lost says little about CAPA: the next session asks again.
      if error.cause == .timedOut { account.experience.noteThatCAPAHangs() }
      drop()
      _ = try secure()
    }
  }

  private func secure() throws -> POP3Wire {
    let channel = try SessionOpening(account, POP3Upgrade(), interruption).open()
    let wire = POP3Wire(
      channel, side: account.side, deadlines: account.deadlines,
      trace: account.trace(account.side.rawValue))
    self.wire = wire
    if account.url.scheme != .pop3 { try greet(wire) }
    return wire
  }

  private func greet(_ wire: POP3Wire) throws {
    switch try wire.reply() {
    case .positive(let text): greeting = VisibleText.of(String(decoding: text, as: UTF8.self))
    case .negative(let refusal): throw failure(refusal, on: .greeting)
    case .challenge:
      throw SyncError(
        .protocolViolation, scope: .endpoint, remedy: .stop, side: account.side,
        detail: "no POP3 greeting")
    }
  }

  /// nil: the server does not know CAPA.
  private func askCapabilities(_ wire: POP3Wire) throws -> POP3Capabilities? {
    let patience = account.deadlines.capabilities
    let answer = try wire.askText(
      .capa, limit: Limits.pop3ListingBytesMax, within: patience, whole: patience,
      as: .protocolText)
    return answer.text.map { POP3Capabilities(POP3Listing.lines($0)) }
  }

  /// After the login a server may offer more (RFC 2449, 5).
  private func learnMore() throws {
    guard !capabilities.isEmpty else { return }
    if let more = try askCapabilities(line()), !more.isEmpty { capabilities = more }
    family = detectFamily()
  }

  private func authenticate(_ wire: POP3Wire, _ credential: Credential) throws {
    wire.keepSecret(credential.secret)
    do {
      try account.logIn(credential) { () throws(NoLoginMethod) in
        try MechanismChoice.order(
          offered: capabilities.mechanisms, allowsLogin: true, credential: credential.kind,
          hasAuthorization: account.authorizationIdentity != nil, chosen: account.mechanism)
      } run: { exchange in
        try run(&exchange, on: wire)
      } command: {
        try perform(.user(Array(account.user.utf8)), on: .login)
        try perform(.pass(credential.secret), on: .login)
      }
    } catch let error as EncodingError {
      throw account.failure(.loginRefused, detail: "\(error)")
    }
  }

  /// A SASL exchange (RFC 5034), of which nothing is traced.
  ///
  /// Some servers say `+OK` where they mean `+`: before anything was sent, or while the mechanism
  /// is not at its end, it is a challenge.
  private func run(_ exchange: inout any SASLMechanism, on wire: POP3Wire) throws {
    try wire.hidingLines {
      var first: [UInt8]? = exchange.initialResponse()
      try wire.send(.auth(exchange.name))
      while true {
        let challenge: [UInt8]
        switch try wire.reply() {
        case .negative(let refusal):
          let told = exchange.refusal.map { wire.redaction.shown($0) }
          let reason = told.map { "\(refusal.text) (\($0))" } ?? refusal.text
          var refused = POP3Refusal(code: refusal.code, text: reason)
          refused.isConfidential = refusal.isConfidential
          throw failure(refused, on: .login)
        case .challenge(let text): challenge = text
        case .positive(let text):
          if first == nil, try ends(exchange, with: text) { return }
          challenge = text
        }
        if let waiting = first {
          first = nil
          try wire.write([.saslAnswer(waiting)])
        } else {
          try respond(&exchange, to: challenge, on: wire)
        }
      }
    }
  }

  /// Whether `+OK` is the end; throws if it is and the server may not be believed.
  private func ends(_ exchange: any SASLMechanism, with text: [UInt8]) throws -> Bool {
    do { try exchange.verifyFinished() } catch {
      guard !text.isEmpty, Base64.decode(text) != nil else { throw error }
      return false
    }
    return true
  }

  private func respond(
    _ exchange: inout any SASLMechanism, to text: [UInt8], on wire: POP3Wire
  ) throws {
    do {
      guard let challenge = Base64.decode(text) else {
        throw SASLError.badChallenge(mechanism: exchange.name, reason: "it is not base64")
      }
      try wire.write([.saslAnswer(try exchange.respond(to: challenge))])
    } catch let error as SASLError {
      try wire.write([.saslCancel])
      throw error
    }
  }

  private func detectFamily() -> ServerFamily {
    ServerFamily.detect(
      host: account.url.host, greeting: "\(greeting) \(capabilities.implementation)", id: [:],
      capabilities: .none)
  }
}

extension POP3Connection {
  /// Sends a command with a one-line answer; throws what `-ERR` means on this occasion.
  @discardableResult
  func perform(_ command: POP3Command, on occasion: ServerAnswer.Occasion) throws -> [UInt8] {
    let wire = try line()
    switch try wire.ask(command) {
    case .positive(let text): return text
    case .negative(let refusal): throw failure(refusal, on: occasion)
    case .challenge: throw wire.violation("a challenge in answer to \(command.name)")
    }
  }

  /// What a refusal means, with the delay the server has announced.
  func failure(_ refusal: POP3Refusal, on occasion: ServerAnswer.Occasion) -> SyncError {
    ServerAnswer.error(
      refusal, on: occasion, side: account.side,
      loginDelay: capabilities.loginDelaySeconds.map { .seconds($0) }, credential: credential)
  }
}
