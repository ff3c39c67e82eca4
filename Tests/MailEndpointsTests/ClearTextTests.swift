// mailmove: nothing secret before TLS, whatever the server says.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import SyncEngine
import Testing

@Suite struct ClearTextTests {
  /// A server that must not get past its clear text, and what becomes of it.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let opening: ScriptedIMAPServer.Opening
    let cause: SyncError.Cause
    let remedy: SyncError.Remedy
    /// STARTTLS was said, and nothing else.
    let asksForTLS: Bool

    init(
      _ name: String, greeting: String = "* OK hello", answer: String, _ cause: SyncError.Cause,
      remedy: SyncError.Remedy = .stop, asksForTLS: Bool = true
    ) {
      testDescription = name
      opening = .clear(greeting: greeting, answer: answer)
      self.cause = cause
      self.remedy = remedy
      self.asksForTLS = asksForTLS
    }
  }

  static let cases: [Case] = [
    Case("STARTTLS refused", answer: "TAG NO not today\r\n", .startTLSMissing),
    Case("STARTTLS unknown", answer: "TAG BAD what?\r\n", .startTLSMissing),
    Case(
      "PREAUTH", greeting: "* PREAUTH welcome back", answer: "", .clearTextInjected,
      asksForTLS: false),
    Case(
      "BYE", greeting: "* BYE too busy", answer: "", .serverUnavailable,
      remedy: .retry(after: nil), asksForTLS: false),
    Case(
      "a response after OK",
      answer: "TAG OK begin\r\n* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n", .clearTextInjected),
    Case("a tagged response after OK", answer: "TAG OK begin\r\nTAG OK\r\n", .clearTextInjected),
    Case("an OK to another command", answer: "a1 OK begin\r\n", .clearTextInjected),
    Case(
      "a flood of untagged lines", answer: String(repeating: "* OK wait\r\n", count: 200),
      .startTLSMissing),
  ]

  @Test(.timeLimit(.minutes(1)), arguments: cases)
  func noCredentialLeavesInClearText(row: Case) async throws {
    let server = try ScriptedIMAPServer(opening: row.opening)
    let queue = CredentialQueue.password("geheim")
    let account = try server.account("imap", credentials: queue.provider(.password))
    let error = try await failure { try await IMAPTarget.connect(account) }
    server.stop()
    #expect(error.cause == row.cause)
    #expect(error.scope == .endpoint)
    #expect(error.remedy == row.remedy)
    #expect(error.side == .target)
    #expect(server.requests.isEmpty)
    #expect(queue.timesAsked == 0)
    let sent = server.clearTextReceived
    #expect(!sent.contains("anna") && !sent.contains("geheim"))
    #expect(sent.isEmpty == !row.asksForTLS)
    #expect(
      sent.isEmpty || (sent.hasSuffix(" STARTTLS\r\n") && sent.count(where: { $0 == "\r\n" }) == 1))
  }

  @Test(.timeLimit(.minutes(1)))
  func whatWasSaidInClearTextIsForgotten() async throws {
    let server = try ScriptedIMAPServer(
      capabilities: "IMAP4rev1",
      opening: .clear(
        greeting: "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN COMPRESS=DEFLATE] hello",
        answer: ScriptedIMAPServer.Opening.beginTLS))
    let target = try await IMAPTarget.connect(
      server.account("imap", compression: .always))
    await target.close()
    server.stop()
    #expect(server.requests.map(\.name) == ["CAPABILITY", "LOGIN", "CAPABILITY", "LOGOUT"])
    #expect(server.clearTextReceived.hasSuffix(" STARTTLS\r\n"))
    #expect(!server.clearTextReceived.contains("geheim"))
  }
}
