// mailmove: exactly what is sent to remove messages.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite struct IMAPRemoverTests {
  private static let header = "Subject: x\r\n\r\n"
  private static let body = header + "letter\r\n"

  private static func proof(_ uid: UInt32, listedSize: Int64 = 10, _ body: String = body)
    -> RemovalProof
  {
    RemovalProof(
      uid: UID(uid), listedSize: listedSize, internalDate: ScriptedMailbox.date,
      fingerprint: Fingerprint(of: Array(header.utf8)),
      digest: SHA256Digest(of: Array(body.utf8)))
  }

  /// Lists and then removes at a server that shows another UIDVALIDITY each time it is told to.
  private static func remove(
    _ manner: Removal.Manner, capabilities: String = "IMAP4rev1 UIDPLUS",
    uidValidity: UIDValidity = ScriptedMailbox.validity, refusing refused: String? = nil,
    proven: [RemovalProof] = [proof(2), proof(3), proof(5)]
  ) async throws -> (server: ScriptedIMAPServer, failure: SyncError?) {
    let server = try ScriptedIMAPServer(capabilities: capabilities) { request, _ in
      if request.name == refused { return ["NO not that"] }
      switch request.name {
      case "SELECT": return ScriptedMailbox.opened(exists: 5, uidNext: 6)
      case "UID FETCH" where request.text.contains("BODY.PEEK[]"):
        return (1...5).map { ScriptedMailbox.fetched($0, uid: UInt32($0), body: body) } + ["OK"]
      case "UID FETCH":
        return (1...5).map { number in
          ScriptedMailbox.listed(number, uid: UInt32(number)).dropLast()
            + " BODY[HEADER.FIELDS (SUBJECT)] {\(header.utf8.count)}\r\n\(header))"
        } + ["OK"]
      default: return nil
      }
    }
    let remover = try await IMAPRemover.connect(server.account(side: .source))
    var failed: SyncError?
    do {
      #expect(try await remover.listing(of: .inbox).entries.count == 5)
      _ = try await remover.remove(
        proven, from: .inbox, uidValidity: uidValidity, manner: manner)
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
    #expect(server.texts(of: "UID FETCH").allSatisfy { !$0.contains("BODY.PEEK[]") })
  }

  @Test(.timeLimit(.minutes(1)))
  func whatHeaderSizeAndDateDoNotSettleIsRead() async throws {
    let (server, failure) = try await Self.remove(
      .expunge, proven: [Self.proof(2, listedSize: 11), Self.proof(3), Self.proof(4, "other")])
    #expect(failure == nil)
    let read = server.texts(of: "UID FETCH").filter { $0.contains("BODY.PEEK[]") }
    #expect(read.count == 1 && read.first?.hasPrefix("UID FETCH 2 ") == true)
    // Header, size and date settle the last one, so that its bytes are not asked for.
    #expect(Self.changes(server).last == "UID EXPUNGE 2:4")
  }

  @Test(.timeLimit(.minutes(1)))
  func anotherMessageUnderTheSameUIDIsLeftAlone() async throws {
    let (server, failure) = try await Self.remove(
      .expunge, proven: [Self.proof(2), Self.proof(3, listedSize: 11, "other")])
    #expect(failure == nil)
    #expect(Self.changes(server).last == "UID EXPUNGE 2")
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
