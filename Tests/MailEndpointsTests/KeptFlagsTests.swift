// mailmove: flags that the target drops while it says OK are set again, or told.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Synchronization
import Testing

@Suite struct KeptFlagsTests {
  /// A server that stores messages without `\Flagged`, and takes it from STORE or does not.
  final class Forgetful: Sendable {
    private let flags = Mutex<[Int: String]>([:])
    private let keepsStored: Bool

    init(keepsStored: Bool) { self.keepsStored = keepsStored }

    func answer(_ request: ScriptedIMAPServer.Request) -> [String]? {
      switch request.name {
      case "SELECT": return ScriptedMailbox.opened(permanentFlags: #"\Seen \Flagged"#)
      case "APPEND":
        let uid = flags.withLock { flags in
          flags[flags.count + 1] = request.text.contains("\\Seen") ? "\\Seen" : ""
          return flags.count
        }
        return ["OK [APPENDUID 7 \(uid)] stored"]
      case "UID FETCH":
        return flags.withLock { $0 }.sorted { $0.key < $1.key }
          .map { "* \($0.key) FETCH (UID \($0.key) FLAGS (\($0.value)))" } + ["OK done"]
      case "UID STORE":
        if keepsStored { flags.withLock { for uid in $0.keys { $0[uid]?.append(" \\Flagged") } } }
        return ["OK done"]
      default: return nil
      }
    }
  }

  private static let exchange = "* OK The Microsoft Exchange IMAP4 service is ready."
  private static let both = FlagSet(system: [.seen, .flagged])

  private static func outcome(
    _ count: UInt32, greeting: String = exchange, keepsStored: Bool = true
  ) async throws -> (AppendOutcome, ScriptedIMAPServer) {
    let forgetful = Forgetful(keepsStored: keepsStored)
    let server = try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 LITERAL+ UIDPLUS", greeting: greeting
    ) { request, _ in forgetful.answer(request) }
    let messages = (1...count).map { ScriptedMailbox.message($0, "text", flags: both) }
    return (try await AppendOutcome.appending(messages, to: server), server)
  }

  @Test(.timeLimit(.minutes(1)))
  func whatExchangeForgetsIsStoredAndNothingIsConceded() async throws {
    let (outcome, server) = try await Self.outcome(3)
    #expect(
      outcome.stored
        == Dictionary(uniqueKeysWithValues: (1...3).map { ($0, Receipt(uid: UID($0))) }))
    #expect(server.texts(of: "UID FETCH").first == "UID FETCH 1:3 (UID FLAGS)")
    #expect(server.texts(of: "UID STORE") == [#"UID STORE 1:3 +FLAGS.SILENT (\Flagged)"#])
  }

  @Test(.timeLimit(.minutes(1)))
  func whatIsForgottenAgainIsOnTheReceipt() async throws {
    let (outcome, server) = try await Self.outcome(2, keepsStored: false)
    let dropped = [Concession.flagsDropped(FlagSet(system: .flagged))]
    #expect(outcome.stored[1] == Receipt(uid: UID(1), concessions: dropped))
    #expect(outcome.stored[2] == Receipt(uid: UID(2), concessions: dropped))
    #expect(server.texts(of: "UID FETCH").count == 2)
  }

  @Test(.timeLimit(.minutes(1)))
  func manyMessagesAreLookedAtTogether() async throws {
    let (outcome, server) = try await Self.outcome(150)
    #expect(outcome.count == 150)
    #expect(outcome.stored.values.filter { !$0.concessions.isEmpty }.isEmpty)
    #expect(server.texts(of: "UID FETCH").count <= 6)
  }

  @Test(.timeLimit(.minutes(1)))
  func otherServersAreNotAsked() async throws {
    let (outcome, server) = try await Self.outcome(3, greeting: "* OK hello")
    #expect(outcome.stored.count == 3)
    #expect(server.texts(of: "UID FETCH").isEmpty)
  }
}
