// mailmove: being let in, and only so.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite struct LoginTests {
  /// Refuses every login, after taking what there is to take.
  private static let refusing: ScriptedIMAPServer.Answer = { request, conversation in
    guard request.name == "LOGIN" || request.name == "AUTHENTICATE" else { return nil }
    if request.name == "AUTHENTICATE", request.text.split(separator: " ").count == 2 {
      _ = try conversation.ask("")
    }
    return ["NO [AUTHENTICATIONFAILED] wrong"]
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: ["IMAP4rev1", "IMAP4rev1 AUTH=PLAIN", "IMAP4rev1 AUTH=PLAIN SASL-IR"])
  func aRefusedPasswordIsTriedExactlyOnce(capabilities: String) async throws {
    let server = try ScriptedIMAPServer(
      capabilities: capabilities, answer: Self.refusing)
    let queue = CredentialQueue.password("geheim")
    let account = try server.account(credentials: queue.provider(.password))
    let error = try await failure { try await IMAPTarget.connect(account) }
    server.stop()
    #expect(error.cause == .loginRefused)
    #expect(error.scope == .endpoint)
    #expect(error.remedy == .stop)
    #expect(!error.description.contains("geheim"))
    #expect(server.requests.filter { ["LOGIN", "AUTHENTICATE"].contains($0.name) }.count == 1)
    #expect(queue.timesAsked == 1)
    #expect(server.connectionCount == 1)
  }

  @Test(.timeLimit(.minutes(1)))
  func loginIsNotTriedWhereItIsDisabled() async throws {
    let server = try ScriptedIMAPServer(capabilities: "IMAP4rev1 LOGINDISABLED")
    let error = try await failure { try await IMAPTarget.connect(server.account()) }
    server.stop()
    #expect(error.cause == .noCommonMechanism)
    #expect(error.remedy == .stop)
    #expect(server.requests.map(\.name) == ["CAPABILITY", "LOGOUT"])
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("anna", "geheim"), ("anna bell", "two words"), (#"an"na"#, #"quo"te"#),
      (#"an\na"#, #"back\slash"#), ("änna", "pässwörd €"), ("anna@example.org", #" "\ ü"#),
    ])
  func userAndPasswordArriveAsTheyAre(user: String, password: String) async throws {
    let server = try ScriptedIMAPServer()
    let queue = CredentialQueue.password(password)
    let target = try await IMAPTarget.connect(
      server.account(user: user, credentials: queue.provider(.password)))
    await target.close()
    server.stop()
    let login = try #require(server.requests.first { $0.name == "LOGIN" })
    #expect(try Self.arguments(of: login) == [user, password])
  }

  /// The two strings of LOGIN: quoted without escapes, or literals.
  private static func arguments(of login: ScriptedIMAPServer.Request) throws -> [String] {
    var rest = login.text.dropFirst("LOGIN ".count)
    var literals = login.literals[...]
    var found: [String] = []
    while let first = rest.first {
      if first == "\"" {
        let inside = rest.dropFirst().prefix { $0 != "\"" }
        #expect(!inside.contains("\\"))
        found.append(String(inside))
        rest = rest.dropFirst(inside.count + 2).drop { $0 == " " }
      } else {
        let literal = try #require(literals.first)
        literals.removeFirst()
        found.append(String(decoding: literal, as: UTF8.self))
        rest = rest.drop { $0 != "}" }.dropFirst().drop { $0 == " " }
      }
    }
    return found
  }

  @Test(.timeLimit(.minutes(1)), arguments: [true, false])
  func plainSaysWhoseMailItIsAndWhoLogsIn(hasSASLIR: Bool) async throws {
    let server = try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 AUTH=PLAIN" + (hasSASLIR ? " SASL-IR" : "")
    ) { request, conversation in
      guard request.name == "AUTHENTICATE" else { return nil }
      if !hasSASLIR { _ = try conversation.ask("") }
      return ["OK in"]
    }
    let target = try await IMAPTarget.connect(server.account(user: "änna", masterUser: "admin"))
    await target.close()
    server.stop()
    let text = try #require(server.texts(of: "AUTHENTICATE").first)
    let words = text.split(separator: " ").map(String.init)
    #expect(Array(words.prefix(2)) == ["AUTHENTICATE", "PLAIN"])
    #expect(words.count == (hasSASLIR ? 3 : 2))
    let response = try #require(hasSASLIR ? words.last : server.replies.first)
    #expect(Base64.decode(Array(response.utf8)) == Array("änna\0admin\0geheim".utf8))
  }

  @Test(.timeLimit(.minutes(1)))
  func anAuthorizationIdentityIsNeverLostToTheLoginCommand() async throws {
    let server = try ScriptedIMAPServer()
    let account = try server.account(masterUser: "admin")
    let error = try await failure { try await IMAPTarget.connect(account) }
    server.stop()
    #expect(error.cause == .noCommonMechanism)
    #expect(server.texts(of: "LOGIN").isEmpty)
  }

  @Test(.timeLimit(.minutes(1)))
  func aRefusedTokenIsAskedForOnceMore() async throws {
    let server = try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 AUTH=XOAUTH2 SASL-IR"
    ) { request, conversation in
      guard request.name == "AUTHENTICATE" else { return nil }
      guard Self.token(in: request) == "fresh" else {
        _ = try conversation.ask("eyJzdGF0dXMiOiI0MDEifQ==")
        return ["NO expired"]
      }
      return ["OK in"]
    }
    let queue = CredentialQueue.tokens("stale", "fresh")
    let target = try await IMAPTarget.connect(
      server.account(credentials: queue.provider(.token)))
    await target.close()
    server.stop()
    #expect(
      server.requests.filter { $0.name == "AUTHENTICATE" }.map(Self.token(in:))
        == ["stale", "fresh"])
    #expect(queue.timesAsked == 2)
  }

  @Test(.timeLimit(.minutes(1)), arguments: [["stale"], ["stale", "staler"]])
  func aTokenIsNeverTriedAThirdTime(tokens: [String]) async throws {
    let server = try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 AUTH=XOAUTH2 SASL-IR"
    ) { request, _ in
      request.name == "AUTHENTICATE"
        ? ["NO expired"] : nil
    }
    let queue = CredentialQueue(tokens.map { .token(Secret($0)) })
    let account = try server.account(credentials: queue.provider(.token))
    let error = try await failure { try await IMAPTarget.connect(account) }
    server.stop()
    #expect(error.cause == .loginRefused)
    #expect(
      server.requests.filter { $0.name == "AUTHENTICATE" }.map(Self.token(in:)) == tokens)
    #expect(queue.timesAsked == 2)
  }

  /// What follows `Bearer ` in an initial response.
  private static func token(in request: ScriptedIMAPServer.Request) -> String {
    let encoded = request.text.split(separator: " ").last.map { Array($0.utf8) } ?? []
    let text = String(decoding: Base64.decode(encoded) ?? [], as: UTF8.self)
    return String((text.components(after: "Bearer ") ?? "").prefix { $0 != "\u{1}" })
  }

  @Test(.timeLimit(.minutes(1)))
  func weSayWhoWeAreWhereThatIsAsked() async throws {
    let server = try ScriptedIMAPServer(capabilities: "IMAP4rev1 ID") { request, _ in
      request.name == "ID" ? ["* ID (\"name\" \"Testserver\")", "OK done"] : nil
    }
    let target = try await IMAPTarget.connect(server.account())
    let id = await target.connection.serverID
    await target.close()
    server.stop()
    #expect(id == ["name": "Testserver"])
    #expect(server.requests.map(\.name) == ["CAPABILITY", "LOGIN", "CAPABILITY", "ID", "LOGOUT"])
    #expect(server.texts(of: "ID").first?.hasPrefix(#"ID ("name" "mailmove""#) == true)
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("IMAP4rev1 ID", "OK done", ["ID", "LOGIN", "CAPABILITY", "LOGOUT"]),
      ("IMAP4rev1 ID", "NO first log in", ["ID", "LOGIN", "CAPABILITY", "ID", "LOGOUT"]),
      ("IMAP4rev1", "OK done", ["CAPABILITY", "LOGIN", "CAPABILITY", "ID", "LOGOUT"]),
    ])
  func aGreetingThatTellsWhatTheServerCanDoSavesARoundTrip(
    told: String, answer: String, commands: [String]
  ) async throws {
    let server = try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 ID", greeting: "* OK [CAPABILITY \(told)] hello"
    ) { request, _ in request.name == "ID" ? [answer] : nil }
    let target = try await IMAPTarget.connect(server.account())
    let roundTrip = await target.connection.roundTrip
    await target.close()
    server.stop()
    #expect(server.requests.map(\.name) == commands)
    #expect(roundTrip > .zero)
  }

  @Test(.timeLimit(.minutes(1)))
  func compressionThatIsNotChosenIsNotStarted() async throws {
    let server = try ScriptedIMAPServer(capabilities: "IMAP4rev1 COMPRESS=DEFLATE")
    let target = try await IMAPTarget.connect(server.account(compression: .never))
    await target.close()
    server.stop()
    #expect(server.requests.map(\.name) == ["CAPABILITY", "LOGIN", "CAPABILITY", "LOGOUT"])
  }

  @Test(.timeLimit(.minutes(1)))
  func compressionThatIsRefusedIsDoneWithout() async throws {
    let server = try ScriptedIMAPServer(capabilities: "IMAP4rev1 COMPRESS=DEFLATE") { request, _ in
      request.name == "COMPRESS" ? ["NO not here"] : nil
    }
    let target = try await IMAPTarget.connect(server.account(compression: .always))
    _ = try await target.status(of: .inbox)
    await target.close()
    server.stop()
    #expect(server.texts(of: "COMPRESS") == ["COMPRESS DEFLATE"])
    #expect(server.texts(of: "STATUS").count == 1)
  }

  @Test(.timeLimit(.minutes(1)))
  func capabilitiesInTheAnswerToLoginAreNotAskedForAgain() async throws {
    let server = try ScriptedIMAPServer { request, _ in
      request.name == "LOGIN" ? ["OK [CAPABILITY IMAP4rev1 MULTIAPPEND] in"] : nil
    }
    let target = try await IMAPTarget.connect(server.account())
    let capabilities = await target.connection.capabilities()
    await target.close()
    server.stop()
    #expect(capabilities.has(.multiAppend))
    #expect(server.requests.map(\.name) == ["CAPABILITY", "LOGIN", "LOGOUT"])
  }

  @Test(.timeLimit(.minutes(1)))
  func aServerThatLogsUsInAsSomebodyUnknownIsNotUsed() async throws {
    let server = try ScriptedIMAPServer(greeting: "* PREAUTH welcome")
    let error = try await failure { try await IMAPTarget.connect(server.account()) }
    server.stop()
    #expect(error.cause == .loginRefused)
    #expect(error.scope == .endpoint && error.remedy == .stop)
    #expect(error.description.contains("PREAUTH"))
    #expect(!server.requests.contains { $0.name == "LOGIN" || $0.name == "SELECT" })
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("* BYE too many connections", SyncError.Cause.tooManyConnections),
      ("* BYE so long", .serverSaidBye), ("* NO no", .serverUnavailable),
    ])
  func aGreetingThatIsNotOKEndsBeforeTheLogin(
    greeting: String, cause: SyncError.Cause
  ) async throws {
    let server = try ScriptedIMAPServer(greeting: greeting)
    let error = try await failure { try await IMAPTarget.connect(server.account()) }
    server.stop()
    #expect(error.cause == cause)
    #expect(server.texts(of: "LOGIN").isEmpty)
  }
}

extension String {
  fileprivate func components(after marker: String) -> Substring? {
    firstRange(of: marker).map { self[$0.upperBound...] }
  }
}
