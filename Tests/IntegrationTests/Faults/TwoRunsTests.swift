// mailmove: two runs of the real binary at once.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import Testing

@Suite("Two runs of the real binary at once", .serialized)
struct TwoRunsTests {
  private static let authority = Result { try CertificateAuthority(name: "mailmove two runs") }

  /// A server that says nothing to LIST until it is let go, so that a run lasts as long as needed.
  private final class SlowServer: Sendable {
    let server: ScriptedPOP3Server
    let asked: AsyncStream<Void>

    init() throws {
      let (asked, asking) = AsyncStream<Void>.makeStream()
      self.asked = asked
      server = try ScriptedPOP3Server(
        TwoRunsTests.authority.get().issue(),
        letters: [.init("Subject: one\r\n\r\nhello\r\n", id: "a")]
      ) { line, talk in
        if line == "STAT" || line == "LIST", talk.number == 1 {
          asking.yield()
          talk.fallSilent()
          return ""
        }
        return nil
      }
    }
  }

  @Test(.timeLimit(.minutes(5 * Instrumentation.patience)), arguments: [true, false])
  func theSecondIsSentAwayAndTheFirstGoesOn(sharesLedger: Bool) async throws {
    let slow = try SlowServer()
    let run = try BinaryRun()
    let words = { (state: String) in
      [
        "sync", "pop3s://anna@localhost:\(slow.server.port)",
        "archive:" + run.folder.file("archive"), "--state", run.folder.file(state),
        "--source-tls-ca", try Self.authority.get().write(into: run.folder.path),
      ]
    }
    let environment = ["MAILMOVE_SOURCE_PASSWORD": "geheim"]
    let first = try run.start(words("state"), environment)
    for await _ in slow.asked { break }
    let second = try await run.run(words(sharesLedger ? "state" : "other"), environment)
    #expect(second.exit == 8, "\(second)")
    #expect(
      second.errors.contains(
        sharesLedger
          ? "another run is using the ledger" : "another run is writing to the archive"),
      "\(second.errors)")
    #expect(second.errors.contains("wait for the other run to end"))
    slow.server.release()
    // The first lost its connection when it was let go, and made another.
    let ended = try await first.end()
    #expect(ended.exit == 0, "\(ended)")
    let again = try await run.run(words("state"), environment)
    #expect(again.exit == 0 && again.output.contains("0 messages copied"), "\(again)")
    slow.server.stop()
  }
}
