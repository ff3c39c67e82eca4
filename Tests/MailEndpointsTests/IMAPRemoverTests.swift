// mailmove: exactly what is sent to remove messages.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite struct IMAPRemoverTests {
  private static let proven = Dictionary(
    uniqueKeysWithValues: [2, 3, 5].map { (UID($0), SHA256Digest(of: [])) })

  /// Lists and then removes at a server that shows another UIDVALIDITY each time it is told to.
  private static func remove(
    _ manner: Removal.Manner, capabilities: String = "IMAP4rev1 UIDPLUS",
    uidValidity: UIDValidity = ScriptedMailbox.validity, refusing refused: String? = nil
  ) async throws -> (server: ScriptedIMAPServer, failure: SyncError?) {
    let server = try ScriptedIMAPServer(capabilities: capabilities) { request, _ in
      if request.name == refused { return ["NO not that"] }
      switch request.name {
      case "SELECT": return ScriptedMailbox.opened(exists: 5, uidNext: 6)
      case "UID FETCH": return (1...5).map { ScriptedMailbox.listed($0, uid: UInt32($0)) } + ["OK"]
      default: return nil
      }
    }
    let remover = try await IMAPRemover.connect(server.account(side: .source))
    var failed: SyncError?
    do {
      #expect(try await remover.listing(of: .inbox).entries.count == 5)
      try await remover.remove(proven, from: .inbox, uidValidity: uidValidity, manner: manner)
      try await remover.commit()
    } catch let error as SyncError { failed = error }
    await remover.close()
    server.stop()
    return (server, failed)
  }

  private static func changes(_ server: ScriptedIMAPServer) -> [String] {
    server.requests.map(\.text).filter { text in
      ["STORE", "EXPUNGE", "CLOSE", "MOVE"].contains { text.contains($0) }
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["IMAP4rev1 UIDPLUS", "IMAP4rev2 IMAP4rev1"])
  func exactlyTheseUIDsAreMarkedAndExpunged(capabilities: String) async throws {
    let (server, failure) = try await Self.remove(.expunge, capabilities: capabilities)
    #expect(failure == nil)
    #expect(
      Self.changes(server) == [
        #"UID STORE 2:3,5 +FLAGS.SILENT (\Deleted)"#, "UID EXPUNGE 2:3,5",
      ])
    #expect(server.texts(of: "SELECT").count == 1)
  }

  @Test(.timeLimit(.minutes(1)))
  func onlyMarkingExpungesNothing() async throws {
    let (server, failure) = try await Self.remove(.flagOnly, capabilities: "IMAP4rev1")
    #expect(failure == nil)
    #expect(Self.changes(server) == [#"UID STORE 2:3,5 +FLAGS.SILENT (\Deleted)"#])
  }

  @Test(.timeLimit(.minutes(1)), arguments: [UIDValidity(8), .unknown])
  func underAnotherUIDValidityNothingIsSent(_ uidValidity: UIDValidity) async throws {
    let (server, failure) = try await Self.remove(.expunge, uidValidity: uidValidity)
    #expect(failure?.cause == .mailboxChanged)
    #expect(Self.changes(server).isEmpty)
  }

  @Test(.timeLimit(.minutes(1)))
  func whatCannotBeMarkedIsNotExpunged() async throws {
    let (server, failure) = try await Self.remove(.expunge, refusing: "UID STORE")
    #expect(failure != nil)
    #expect(Self.changes(server) == [#"UID STORE 2:3,5 +FLAGS.SILENT (\Deleted)"#])
  }

  @Test(.timeLimit(.minutes(1)))
  func withoutUIDPLUSOnlyMarkingIsPossible() async throws {
    let server = try ScriptedIMAPServer(capabilities: "IMAP4rev1")
    let remover = try await IMAPRemover.connect(server.account(side: .source))
    #expect(await remover.obstacle(to: .expunge)?.cause == .cannotRemove)
    #expect(await remover.obstacle(to: .flagOnly) == nil)
    await remover.close()
    server.stop()
  }
}
