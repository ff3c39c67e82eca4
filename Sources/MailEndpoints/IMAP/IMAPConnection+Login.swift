// mailmove: being let in.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

extension IMAPConnection {
  func establish() async throws {
    let channel = try SessionOpening(account, interruption).open()
    let wire = IMAPWire(
      channel, side: account.side, deadlines: account.deadlines,
      trace: account.trace(account.side.rawValue))
    self.wire = wire
    if account.url.scheme != .imap { try greet(wire) }
    try learnCapabilities(wire, measuring: true)
    family = detectFamily(wire)
    guard let credentials = account.credentials else { return }
    try await login(wire, credentials)
    if wire.capabilities.isEmpty { try learnCapabilities(wire) }
    try introduce(wire)
    if wire.capabilities.has(.compressDeflate), account.compression.pays(roundTrip: roundTrip) {
      try compress(wire)
    }
  }

  private func greet(_ wire: IMAPWire) throws {
    guard case .untagged(let hello) = try wire.next() else {
      throw SyncError(
        .protocolViolation, scope: .endpoint, remedy: .stop, side: account.side,
        detail: "no IMAP greeting")
    }
    guard hello.kind == .ok else {
      throw ServerAnswer.error(hello, on: .greeting, side: account.side)
    }
    greeting = hello.text
  }

  private func learnCapabilities(_ wire: IMAPWire, measuring: Bool = false) throws {
    guard measuring || wire.capabilities.isEmpty else { return }
    let start = ContinuousClock.now
    try wire.perform(.capability, on: .other)
    if measuring { roundTrip = ContinuousClock.now - start }
  }

  /// A refused login is never tried again; only a token that has expired is asked for once more.
  private func login(_ wire: IMAPWire, _ credentials: CredentialProvider) async throws {
    let first = try await credentials.obtain()
    do {
      try authenticate(wire, first)
    } catch let error as SyncError where error.cause == .loginRefused {
      guard case .token(let used) = first, case .token(let fresh) = try await credentials.obtain(),
        used.withBytes({ old in fresh.withBytes { $0 != old } })
      else { throw error }
      try authenticate(wire, .token(fresh))
    }
  }

  private func authenticate(_ wire: IMAPWire, _ credential: Credential) throws {
    let user = account.url.user ?? ""
    let choice: MechanismChoice
    do {
      choice = try MechanismChoice.choose(
        capabilities: wire.capabilities, credential: credential.kind,
        authorizationIdentity: account.authorizationIdentity)
    } catch {
      throw SyncError(
        .noCommonMechanism, scope: .endpoint, remedy: .stop, side: account.side,
        detail: "\(error)")
    }
    wire.forgetCapabilities()
    let secret = credential.secret
    if choice == .loginCommand {
      let answer = try wire.ask(.login(user: Array(user.utf8), password: secret))
      return try accept(answer)
    }
    var exchange = choice.mechanism(
      user: user, secret: secret, authorizationIdentity: account.authorizationIdentity,
      host: account.url.host, port: account.url.port)
    try accept(wire.authenticate(&exchange, usesInitialResponse: choice.sendsInitialResponse))
  }

  private func accept(_ answer: StatusResponse) throws {
    guard answer.kind != .ok else { return }
    throw ServerAnswer.error(answer, on: .login, side: account.side)
  }

  /// Says who we are where that is wanted; some servers let nobody in who does not.
  private func introduce(_ wire: IMAPWire) throws {
    guard wire.capabilities.has(.id) || family.demandsID else { return }
    let answer = try wire.ask(.id(Self.identity)) { response in
      if case .id(let fields) = response { serverID = fields }
    }
    if answer.kind == .ok { family = detectFamily(wire) }
  }

  private func compress(_ wire: IMAPWire) throws {
    guard try wire.ask(.compressDeflate).kind == .ok else { return }
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
  /// A SASL exchange (RFC 9051, 6.2.2), of which nothing is traced.
  func authenticate(_ exchange: inout any SASLMechanism, usesInitialResponse: Bool) throws
    -> StatusResponse
  {
    try hidingContinuations {
      let name = exchange.name
      var first = exchange.initialResponse()
      let withFirst = usesInitialResponse && capabilities.has(.saslIR)
      let tag = try send(
        .authenticate(mechanism: name, initialResponse: withFirst ? first : nil))
      if withFirst { first = nil }
      while true {
        switch try next() {
        case .tagged(tag, let answer):
          if answer.kind == .ok { try finished(exchange) }
          return answer
        case .continuation(let text):
          let reply: [UInt8]
          if let waiting = first {
            reply = waiting
            first = nil
          } else {
            reply = try respond(&exchange, to: text)
          }
          try write(.saslResponse(reply))
          try flush()
        default: continue
        }
      }
    }
  }

  private func respond(_ exchange: inout any SASLMechanism, to text: [UInt8]) throws -> [UInt8] {
    do {
      return try exchange.respond(toBase64: text)
    } catch { throw refusal(error) }
  }

  private func finished(_ exchange: any SASLMechanism) throws {
    do { try exchange.verifyFinished() } catch { throw refusal(error) }
  }

  private func refusal(_ error: any Error) -> SyncError {
    SyncError(
      .loginRefused, scope: .endpoint, remedy: .stop, side: side, detail: "\(error)")
  }
}
