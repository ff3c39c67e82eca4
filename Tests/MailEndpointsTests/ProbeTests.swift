// mailmove: looking at a server.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite struct ProbeTests {
  private static func server() throws -> ScriptedIMAPServer {
    try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 AUTH=PLAIN QUOTA APPENDLIMIT=1000", greeting: "* OK Testserver"
    ) { request, conversation in
      switch request.name {
      case "AUTHENTICATE":
        _ = try conversation.ask("")
        return ["OK in"]
      case "LIST": return [#"* LIST (\Sent) "/" Gesendet"#, #"* LIST () "/" INBOX"#, "OK done"]
      case "STATUS" where request.text.contains("INBOX"):
        return ["* STATUS INBOX (MESSAGES 3 UIDVALIDITY 7)", "OK done"]
      case "GETQUOTAROOT":
        return [
          #"* QUOTAROOT INBOX """#, #"* QUOTA "" (STORAGE 10 512 MESSAGE 3 1000)"#, "OK done",
        ]
      default: return nil
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func withoutCredentialsNobodyLogsIn() async throws {
    let server = try Self.server()
    let report = try await IMAPProbe(server.account(credentials: nil)).run()
    server.stop()
    #expect(report.greeting == "Testserver")
    #expect(report.mechanisms == ["PLAIN"])
    #expect(!report.tls.isStartTLS)
    #expect(report.session == nil)
    #expect(server.requests.map(\.name) == ["CAPABILITY", "LOGOUT"])
  }

  @Test(.timeLimit(.minutes(1)))
  func withCredentialsTheMailboxesAreLookedAtAndNothingIsChanged() async throws {
    let server = try Self.server()
    let report = try await IMAPProbe(server.account()).run()
    server.stop()
    let session = try #require(report.session)
    #expect(session.limits.appendLimit == 1_000)
    #expect(
      session.quota
        == Quota(
          usedBytes: 10_240, limitBytes: 524_288, usedMessages: 3, limitMessages: 1_000))
    #expect(Set(session.folders.map(\.path)) == ["Gesendet", "INBOX"])
    #expect(session.folders.first { $0.path == "INBOX" }?.messages == 3)
    #expect(server.connectionCount == 2)
    let reading: Set = [
      "CAPABILITY", "LOGOUT", "AUTHENTICATE", "LIST", "LSUB", "STATUS", "GETQUOTAROOT",
    ]
    #expect(Set(server.requests.map(\.name)).subtracting(reading).isEmpty)
  }
}
