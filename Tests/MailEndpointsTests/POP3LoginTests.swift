// mailmove: being let into a maildrop, and only so.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailTransport
import MailWire
import SyncEngine
import Synchronization
import Testing

@Suite struct POP3LoginTests {
  private func login(_ server: ScriptedPOP3Server, _ account: POP3Account) async throws {
    let source = try await POP3Source.connect(account, keys: PassingKeyBook())
    await source.close()
    server.stop()
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["pop3s", "pop3"])
  func userAndPasswordGoThroughTLSOnly(scheme: String) async throws {
    let server = try ScriptedPOP3Server(opening: scheme == "pop3" ? .startTLS : .tls)
    try await login(server, server.account(scheme))
    #expect(server.lines == ["CAPA", "USER anna", "PASS geheim", "CAPA", "QUIT"])
    #expect(server.clearTextReceived == (scheme == "pop3" ? "STLS\r\n" : ""))
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("+OK hello\r\n", "-ERR not here\r\n", SyncError.Cause.startTLSMissing),
      ("+OK hello\r\n", "+OK begin\r\n+OK more\r\n", .clearTextInjected),
      ("+OK hello\r\n+OK begin\r\n", "+OK begin\r\n", .clearTextInjected),
      ("+OK hello\r\n", "what\r\n", .startTLSMissing),
      ("-ERR busy\r\n", "+OK\r\n", .serverUnavailable),
      ("* OK IMAP\r\n", "+OK\r\n", .serverUnavailable),
    ])
  func nothingSecretIsSaidUnlessTLSBeginsCleanly(
    greeting: String, answer: String, cause: SyncError.Cause
  ) async throws {
    let server = try ScriptedPOP3Server(opening: .clear(greeting: greeting, answer: answer))
    let account = try server.account("pop3")
    let error = try await failure {
      try await POP3Source.connect(account, keys: PassingKeyBook())
    }
    server.stop()
    #expect(error.cause == cause)
    #expect(!server.clearTextReceived.contains("geheim"))
    #expect(server.lines.isEmpty)
    #expect(["", "STLS\r\n"].contains(server.clearTextReceived))
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("-ERR [AUTH] wrong", SyncError.Cause.loginRefused, SyncError.Remedy.stop),
      ("-ERR wrong", .loginRefused, .stop),
      ("-ERR account locked", .loginRefused, .stop),
      ("-ERR [IN-USE] busy", .mailboxInUse, .retry(after: .seconds(300))),
      ("-ERR maildrop lock busy", .mailboxInUse, .retry(after: .seconds(300))),
      ("-ERR [LOGIN-DELAY] too soon", .throttled, .retry(after: .seconds(300))),
      ("-ERR [SYS/TEMP] disk", .serverUnavailable, .retry(after: nil)),
      ("-ERR [SYS/PERM] gone", .permissionDenied, .stop),
    ])
  func aRefusedLoginIsReadAndTriedExactlyOnce(
    answer: String, cause: SyncError.Cause, remedy: SyncError.Remedy
  ) async throws {
    let server = try ScriptedPOP3Server(capabilities: ["RESP-CODES", "LOGIN-DELAY 300"]) {
      line, _ in
      line.hasPrefix("PASS") ? answer + "\r\n" : nil
    }
    let queue = CredentialQueue.password("geheim")
    let account = try server.account(credentials: queue.provider(.password))
    let error = try await failure {
      try await POP3Source.connect(account, keys: PassingKeyBook())
    }
    server.stop()
    #expect(error.cause == cause)
    #expect(error.remedy == remedy)
    #expect(error.scope == (cause == .serverUnavailable ? .connection : .endpoint))
    #expect(server.lines(of: "PASS").count == 1)
    #expect(queue.timesAsked == 1)
    #expect(!error.description.contains("geheim"))
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["+ ", "+OK"])
  func plainIsUsedWhereItIsOffered(asking: String) async throws {
    let server = try ScriptedPOP3Server(capabilities: ["SASL LOGIN PLAIN"]) { line, talk in
      guard line == "AUTH PLAIN" else { return nil }
      _ = try talk.ask(asking)
      return "+OK in\r\n"
    }
    try await login(server, server.account(masterUser: "admin"))
    #expect(server.lines(of: "PASS").isEmpty)
    let index = try #require(server.lines.firstIndex(of: "AUTH PLAIN"))
    let response = Base64.decode(Array(server.lines[index + 1].utf8))
    #expect(response == Array("anna\0admin\0geheim".utf8))
  }

  @Test(.timeLimit(.minutes(1)))
  func aServerThatDoesNotProveThatItKnowsThePasswordIsNotBelieved() async throws {
    let server = try ScriptedPOP3Server(capabilities: ["SASL SCRAM-SHA-256"]) { line, talk in
      guard line == "AUTH SCRAM-SHA-256" else { return nil }
      _ = try talk.ask("+ ")
      return "+OK come in\r\n"
    }
    let account = try server.account()
    let error = try await failure {
      try await POP3Source.connect(account, keys: PassingKeyBook())
    }
    server.stop()
    #expect(error.cause == .loginRefused)
  }

  @Test(.timeLimit(.minutes(1)))
  func aRefusedTokenIsAskedForOnceMore() async throws {
    let count = Mutex(0)
    let server = try ScriptedPOP3Server(capabilities: ["SASL XOAUTH2"]) { line, talk in
      guard line == "AUTH XOAUTH2" else { return nil }
      _ = try talk.ask("+ ")
      let attempt = count.withLock { count in
        count += 1
        return count
      }
      guard attempt == 1 else { return "+OK in\r\n" }
      _ = try talk.ask("+ eyJzdGF0dXMiOiI0MDEifQ==")
      return "-ERR [AUTH] expired\r\n"
    }
    let queue = CredentialQueue.tokens("stale", "fresh")
    try await login(server, server.account(credentials: queue.provider(.token)))
    #expect(queue.timesAsked == 2)
    #expect(server.lines(of: "AUTH").count == 2)
  }

  @Test(.timeLimit(.minutes(1)))
  func aTokenIsNeverSentAsAPassword() async throws {
    let server = try ScriptedPOP3Server(capabilities: nil)
    let account = try server.account(
      credentials: CredentialQueue.tokens("secret").provider(.token))
    let error = try await failure {
      try await POP3Source.connect(account, keys: PassingKeyBook())
    }
    server.stop()
    #expect(error.cause == .noCommonMechanism)
    #expect(server.lines == ["CAPA", "QUIT"])
  }

  @Test(.timeLimit(.minutes(1)))
  func aPasswordWithALineEndIsNotSent() async throws {
    let server = try ScriptedPOP3Server()
    let account = try server.account(
      credentials: CredentialQueue.password("a\r\nDELE 1").provider(.password))
    let error = try await failure {
      try await POP3Source.connect(account, keys: PassingKeyBook())
    }
    server.stop()
    #expect(error.cause == .loginRefused)
    #expect(server.lines(of: "PASS").isEmpty && server.lines(of: "DELE").isEmpty)
  }

  @Test(.timeLimit(.minutes(1)), arguments: [true, false])
  func aServerThatDoesNotAnswerCAPAIsDoneWithout(hangs: Bool) async throws {
    let server = try ScriptedPOP3Server(letters: [ScriptedPOP3Server.letter(1, id: "a")]) {
      line, talk in
      guard line == "CAPA" else { return nil }
      if hangs { talk.fallSilent() } else { talk.hangUp() }
      return ""
    }
    let account = try server.account(capabilityPatience: .milliseconds(200))
    let source = try await POP3Source.connect(account, keys: PassingKeyBook())
    #expect(try await source.texts().count == 1)
    await source.close()
    let again = try await POP3Source.connect(account, keys: PassingKeyBook())
    await again.close()
    server.release()
    server.stop()
    #expect(server.lines(of: "CAPA").count == (hangs ? 1 : 2))
    #expect(server.connectionCount == (hangs ? 3 : 4))
  }

  @Test(.timeLimit(.minutes(1)))
  func aTokenWaitsForAServerThatSaysWhatItCanDo() async throws {
    let server = try ScriptedPOP3Server { line, talk in
      guard line == "CAPA" else { return nil }
      talk.hangUp()
      return ""
    }
    let account = try server.account(
      credentials: CredentialQueue.tokens("secret").provider(.token))
    let error = try await failure {
      try await POP3Source.connect(account, keys: PassingKeyBook())
    }
    server.stop()
    #expect(error.cause == .connectionLost && error.remedy == .retry(after: nil))
    #expect(server.lines == ["CAPA"])
  }

  @Test(.timeLimit(.minutes(1)))
  func theTraceHoldsNoPasswordAndNoMail() async throws {
    let canary = "canary"
    let server = try ScriptedPOP3Server(
      letters: [ScriptedPOP3Server.letter(1, id: "a", body: canary)],
      capabilities: ["TOP", "SASL PLAIN"]
    ) { line, talk in
      guard line == "AUTH PLAIN" else { return nil }
      _ = try talk.ask("+ ")
      return "+OK in\r\n"
    }
    let seen = Mutex<[String]>([])
    let account = try server.account { label in
      WireTrace(connection: label) { line in seen.withLock { $0.append(line) } }
    }
    let source = try await POP3Source.connect(account, keys: PassingKeyBook())
    _ = try await source.texts()
    await source.close()
    server.stop()
    let trace = seen.withLock { $0 }.joined(separator: "\n")
    #expect(trace.contains("C: RETR 1") && trace.contains("S: +OK"))
    let encoded = String(decoding: Base64.encode(Array("\0anna\0geheim".utf8)), as: UTF8.self)
    for secret in [canary, "geheim", encoded] { #expect(!trace.contains(secret)) }
  }

  @Test(.timeLimit(.minutes(1)))
  func aProbeShowsWhatTheServerIsAndHowMuchIsThere() async throws {
    let server = try ScriptedPOP3Server(
      letters: [ScriptedPOP3Server.letter(1, id: "a")],
      capabilities: ["TOP", "UIDL", "SASL PLAIN SCRAM-SHA-256", "EXPIRE NEVER"]
    ) { line, talk in
      guard line.hasPrefix("AUTH") else { return nil }
      return "-ERR [IN-USE] later\r\n"
    }
    let account = try server.account(credentials: nil)
    let report = try await POP3Probe(account).run()
    #expect(report.mechanisms == ["SCRAM-SHA-256", "PLAIN"])
    #expect(report.capabilities == ["EXPIRE NEVER", "SASL PLAIN SCRAM-SHA-256", "TOP", "UIDL"])
    #expect(report.session == nil)
    #expect(report.greeting == "hello")
    server.stop()

    let plain = try ScriptedPOP3Server(letters: [ScriptedPOP3Server.letter(1, id: "a")])
    let full = try await POP3Probe(plain.account()).run()
    plain.stop()
    #expect(full.session?.folders.map(\.messages) == [1])
    #expect(plain.lines(of: "RETR").isEmpty)
  }
}
