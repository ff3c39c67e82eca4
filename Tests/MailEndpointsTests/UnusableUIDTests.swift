// mailmove: UIDs that do not fit 32 bits.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite struct UnusableUIDTests {
  @Test(.timeLimit(.minutes(1)), arguments: ["4294967296", "18446744073709551616", "0"])
  func areNotTakenForMissingMessages(uid: String) async throws {
    let server = try ScriptedIMAPServer { request, _ in
      switch request.name {
      case "SELECT", "EXAMINE":
        ["* 2 EXISTS", "* OK [UIDVALIDITY 7] ok", "OK open"]
      case "UID FETCH":
        [
          "* 1 FETCH (UID 5 FLAGS () RFC822.SIZE 9 BODY[HEADER.FIELDS (SUBJECT)] \"x\")",
          "* 2 FETCH (UID \(uid) FLAGS () RFC822.SIZE 9 BODY[HEADER.FIELDS (SUBJECT)] \"x\")",
          "OK done",
        ]
      default: nil
      }
    }
    let target = try await IMAPTarget.connect(server.account())
    let error = try await failure {
      try await target.headers(of: UIDSet(ranges: [1...UInt32.max]), in: .inbox)
    }
    let snapshot = try await target.snapshot(of: .inbox, since: nil)
    await target.close()
    server.stop()
    #expect(error.cause == .listingIncomplete && error.scope == .mailbox)
    #expect(snapshot.isShort && snapshot.entries.map(\.uid) == [UID(5)])
  }
}
