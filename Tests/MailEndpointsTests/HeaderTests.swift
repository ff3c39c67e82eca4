// mailmove: headers for recognising copies.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite struct HeaderTests {
  private static func header(_ number: Int, uid: UInt32) -> String {
    let text = "Subject: \(uid)\r\n\r\n"
    return "* \(number) FETCH (UID \(uid) FLAGS () RFC822.SIZE 10 BODY[HEADER.FIELDS (SUBJECT)] "
      + "{\(text.utf8.count)}\r\n\(text))"
  }

  @Test(.timeLimit(.minutes(1)))
  func headersComeAscendingForTheMessagesThatExist() async throws {
    let server = try ScriptedIMAPServer { request, _ in
      switch request.name {
      case "EXAMINE": ScriptedMailbox.opened(exists: 3, uidNext: 10)
      case "UID FETCH":
        [
          Self.header(3, uid: 5), Self.header(1, uid: 2), Self.header(4, uid: 9),
          "* 2 FETCH (UID 3 FLAGS ())", "OK done",
        ]
      default: nil
      }
    }
    let source = try await IMAPSource.connect(server.account(side: .source))
    let found = try await source.headers(of: UIDSet(ranges: [1...5]), in: .inbox)
    await source.close()
    server.stop()
    #expect(found.map(\.entry.uid) == [UID(2), UID(5)])
    #expect(found.first?.fingerprint == Fingerprint(of: Array("Subject: 2\r\n\r\n".utf8)))
    #expect(server.texts(of: "UID FETCH").first?.contains("BODY.PEEK[HEADER.FIELDS (") == true)
  }

  @Test(.timeLimit(.minutes(1)))
  func manyUIDsAreAskedForInLinesThatServersRead() async throws {
    let server = try ScriptedIMAPServer { request, _ in
      request.name == "EXAMINE" ? ScriptedMailbox.opened(exists: 3, uidNext: 90_000) : nil
    }
    let source = try await IMAPSource.connect(server.account(side: .source))
    let scattered = UIDSet((1...4_000).map { UID(UInt32($0) * 20) })
    let found = try await source.headers(of: scattered, in: .inbox)
    await source.close()
    server.stop()
    let texts = server.texts(of: "UID FETCH")
    #expect(found.isEmpty)
    #expect(texts.count > 1)
    #expect(texts.allSatisfy { $0.utf8.count < 8_000 })
  }
}
