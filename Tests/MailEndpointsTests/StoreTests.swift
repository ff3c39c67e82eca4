// mailmove: flags, one message at a time in doubt.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite struct StoreTests {
  private static let changes = [
    FlagChange(uid: UID(1), add: FlagSet(system: .seen), remove: .none),
    FlagChange(uid: UID(2), add: FlagSet(system: .seen), remove: FlagSet(system: .flagged)),
    FlagChange(uid: UID(3), add: .none, remove: FlagSet(system: .flagged)),
  ]

  /// Makes the changes at a server that answers STORE with what is given.
  private static func store(
    _ answer: @escaping @Sendable (String) -> [String]?
  ) async throws -> (refusals: [FlagRefusal], texts: [String]) {
    let server = try ScriptedIMAPServer { request, _ in
      switch request.name {
      case "SELECT": ScriptedMailbox.opened(exists: 3, uidNext: 4)
      case "UID STORE": answer(request.text)
      default: nil
      }
    }
    let target = try await IMAPTarget.connect(server.account())
    var refusals: [FlagRefusal] = []
    do {
      let inbox = try await target.open(ScriptedMailbox.mapped("INBOX"), lastKnown: nil)
      refusals = try await target.store(changes, in: inbox)
    } catch {
      await target.close()
      server.stop()
      throw error
    }
    await target.close()
    server.stop()
    return (refusals, server.texts(of: "UID STORE"))
  }

  @Test(.timeLimit(.minutes(1)))
  func messagesWithTheSameChangeGoTogether() async throws {
    let (refusals, texts) = try await Self.store { _ in nil }
    #expect(refusals.isEmpty)
    #expect(
      texts == [
        #"UID STORE 1:2 +FLAGS.SILENT (\Seen)"#, #"UID STORE 2:3 -FLAGS.SILENT (\Flagged)"#,
      ])
  }

  @Test(.timeLimit(.minutes(1)))
  func aRefusedChangeIsReturnedByMessage() async throws {
    let (refusals, texts) = try await Self.store { $0.contains("+") ? ["NO not that"] : nil }
    #expect(refusals.map(\.uid) == [UID(1), UID(2)])
    #expect(Set(refusals.map(\.error.cause)) == [.flagsRefused])
    #expect(texts.count == 2)
  }

  @Test(.timeLimit(.minutes(1)))
  func aMailboxThatIsReadOnlyIsTheMailboxesTrouble() async throws {
    let error = try await failure { try await Self.store { _ in ["NO Mailbox is read-only"] } }
    #expect(error.cause == .mailboxReadOnly)
    #expect(error.mailbox == .inbox)
  }
}
