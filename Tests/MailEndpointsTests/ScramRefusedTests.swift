// mailmove: SCRAM that is offered and refused.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Synchronization
import Testing

@Suite struct ScramRefusedTests {
  private static let both = "IMAP4rev1 AUTH=SCRAM-SHA-256 AUTH=PLAIN SASL-IR"

  private static func plain(_ password: String) -> String {
    String(decoding: Base64.encode(Array("\0anna\0\(password)".utf8)), as: UTF8.self)
  }

  /// Refuses SCRAM at the client's first message, and PLAIN as told.
  private static func server(
    scram: String = "NO [AUTHENTICATIONFAILED] no verifier", plain: String = "OK in"
  ) throws -> ScriptedIMAPServer {
    try ScriptedIMAPServer(capabilities: both) { request, _ in
      guard request.name == "AUTHENTICATE" else { return nil }
      return [request.text.contains("SCRAM") ? scram : plain]
    }
  }

  private static func mechanisms(_ server: ScriptedIMAPServer) -> [String] {
    server.texts(of: "AUTHENTICATE").map {
      String($0.split(separator: " ")[1])
    }
  }

  @Test(.timeLimit(.minutes(1))) func plainIsTriedOnceInASessionOfItsOwnAndTold() async throws {
    let server = try Self.server()
    let told = Mutex<[String]>([])
    let account = try server.account { line in told.withLock { $0.append(line) } }
    let first = try await IMAPTarget.connect(account)
    #expect(server.connectionCount == 2)
    // The next session of the account spares the attempt.
    let second = try await IMAPTarget.connect(account)
    await first.close()
    await second.close()
    server.stop()
    #expect(Self.mechanisms(server) == ["SCRAM-SHA-256", "PLAIN", "PLAIN"])
    #expect(told.withLock { $0 }.count == 1)
    #expect(told.withLock { $0 }.first?.contains("no verifier") == true)
  }

  @Test(.timeLimit(.minutes(1))) func whereBothFailBothAnswersAreTold() async throws {
    let server = try Self.server(plain: "NO [AUTHENTICATIONFAILED] wrong password")
    let account = try server.account()
    let error = try await failure { try await IMAPTarget.connect(account) }
    server.stop()
    #expect(error.cause == .loginRefused && error.remedy == .stop)
    #expect(error.detail.contains("wrong password") && error.detail.contains("no verifier"))
    #expect(Self.mechanisms(server) == ["SCRAM-SHA-256", "PLAIN"])
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: ["NO [UNAVAILABLE] later", "NO [LIMIT] too many", "BYE so long"])
  func nothingElseThanARefusalLeadsToPlain(_ answer: String) async throws {
    let server = try Self.server(scram: answer.hasPrefix("BYE") ? "* \(answer)" : answer)
    let account = try server.account()
    let error = try await failure { try await IMAPTarget.connect(account) }
    server.stop()
    #expect(error.remedy == .retry(after: nil))
    #expect(Self.mechanisms(server) == ["SCRAM-SHA-256"])
  }

  @Test(.timeLimit(.minutes(1)), arguments: [LoginMethod.scramSHA256, .plain])
  func theMechanismThatIsChosenIsTheOnlyOne(_ chosen: LoginMethod) async throws {
    let server = try Self.server()
    let account = try server.account(mechanism: chosen)
    switch chosen {
    case .plain: await (try IMAPTarget.connect(account)).close()
    default:
      let error = try await failure { try await IMAPTarget.connect(account) }
      #expect(error.cause == .loginRefused)
    }
    server.stop()
    #expect(Self.mechanisms(server) == [chosen.name])
  }

  @Test(.timeLimit(.minutes(1))) func aMechanismThatIsNotOfferedIsNotTried() async throws {
    let server = try Self.server()
    let account = try server.account(mechanism: .xoauth2)
    let error = try await failure { try await IMAPTarget.connect(account) }
    server.stop()
    #expect(error.cause == .noCommonMechanism)
    #expect(error.detail.contains("PLAIN, SCRAM-SHA-256"))
    #expect(Self.mechanisms(server).isEmpty)
  }

  @Test(.timeLimit(.minutes(1))) func pop3DoesTheSame() async throws {
    let server = try ScriptedPOP3Server(capabilities: ["SASL SCRAM-SHA-256 PLAIN"]) { line, talk in
      guard line.hasPrefix("AUTH") else { return nil }
      _ = try talk.ask("+ ")
      return line.contains("SCRAM") ? "-ERR [AUTH] no verifier\r\n" : "+OK in\r\n"
    }
    let source = try await server.source()
    await source.close()
    server.stop()
    #expect(server.lines(of: "AUTH") == ["AUTH SCRAM-SHA-256", "AUTH PLAIN"])
    #expect(server.lines.contains(Self.plain("geheim")))
    #expect(server.connectionCount == 2)
  }

  @Test(.timeLimit(.minutes(1)), arguments: [["stale", "fresh"], ["stale", "stale"]])
  func aServerThatIsUnavailableForATokenIsAskedOnceWithAFreshOne(tokens: [String]) async throws {
    let server = try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 AUTH=XOAUTH2 SASL-IR"
    ) { request, _ in
      request.name == "AUTHENTICATE" ? ["NO [UNAVAILABLE] cannot check"] : nil
    }
    let queue = CredentialQueue(tokens.map { .token(Secret($0)) })
    let account = try server.account(credentials: queue.provider(.token))
    let error = try await failure { try await IMAPTarget.connect(account) }
    server.stop()
    #expect(error.cause == .serverUnavailable && error.remedy == .retry(after: nil))
    #expect(error.hint.contains("token"))
    #expect(Self.mechanisms(server).count == Set(tokens).count)
    #expect(queue.timesAsked == 2)
  }

  @Test(.timeLimit(.minutes(1))) func aPasswordIsNotTriedAgainAtAServerThatIsUnavailable()
    async throws
  {
    let server = try Self.server(scram: "NO [UNAVAILABLE] later")
    let queue = CredentialQueue.password("geheim")
    let account = try server.account(
      mechanism: .plain, credentials: queue.provider(.password))
    _ = try? await IMAPTarget.connect(account).close()
    server.stop()
    #expect(queue.timesAsked == 1)
  }
}
