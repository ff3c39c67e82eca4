// mailmove: tests of how many sessions a server is asked for.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import SyncEngine
import Testing

@testable import MailEndpoints

@Suite struct SessionLimitTests {
  @Test(.timeLimit(.minutes(1)))
  func aServerThatIsFarAwayIsAskedForMore() async throws {
    let server = try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 ID", greeting: "* OK [CAPABILITY IMAP4rev1 ID] Dovecot ready."
    ) { request, talk in
      guard request.name == "ID" else { return nil }
      _ = talk.pause(milliseconds: 30)
      return ["* ID (\"name\" \"Dovecot\")", "OK done"]
    }
    let source = try await IMAPSource.connect(server.account())
    let family = await source.connection.family
    let sessions = await source.sessionsMax()
    await source.close()
    server.stop()
    #expect(family == .dovecot)
    #expect(sessions == 6)
  }

  @Test func distanceIsNoReasonToAskMoreOfServersThatBearFew() {
    for family in ServerFamily.allCases {
      let (near, far) = (family.sessionsMax(isDistant: false), family.sessionsMax(isDistant: true))
      #expect(near == 4 ? far == 6 : far == near, "\(family)")
      #expect(near >= 1)
    }
  }
}
