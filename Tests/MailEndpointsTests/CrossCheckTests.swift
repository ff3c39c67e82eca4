// mailmove: doubtful listings are held against SEARCH, which never wins over FETCH.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite struct CrossCheckTests {
  /// A mailbox of three messages, UIDs 2, 5 and 9, listed in two attempts as they are given.
  private static func snapshot(
    _ capabilities: String = "IMAP4rev1", exists: Int = 3, search: [String], listings: [String]...
  ) async throws -> (MailboxSnapshot, ScriptedIMAPServer) {
    let answers = AnswerQueue(listings)
    let server = try ScriptedIMAPServer(capabilities: capabilities) { request, _ in
      switch request.name {
      case "EXAMINE": ScriptedMailbox.opened(exists: exists, uidNext: 10)
      case "UID FETCH": answers.next()
      case "UID SEARCH": search
      default: nil
      }
    }
    let source = try await IMAPSource.connect(server.account(side: .source))
    let snapshot = try await source.snapshot(of: .inbox, since: nil)
    await source.close()
    server.stop()
    return (snapshot, server)
  }

  private static let two = ScriptedMailbox.listed(1, uid: 2)
  private static let five = ScriptedMailbox.listed(2, uid: 5)
  private static let nine = ScriptedMailbox.listed(3, uid: 9)

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("IMAP4rev1", "UID SEARCH ALL", "* SEARCH 2 5 9"),
      (
        "IMAP4rev1 ESEARCH", "UID SEARCH RETURN (ALL COUNT) ALL",
        "* ESEARCH (TAG \"x\") UID ALL 2,5,9 COUNT 3"
      ),
      ("IMAP4rev1 ESEARCH", "UID SEARCH RETURN (ALL COUNT) ALL", "* SEARCH 2 5 9"),
    ])
  func whatFETCHLeavesOutIsAskedForByUID(
    capabilities: String, question: String, answer: String
  ) async throws {
    let (snapshot, server) = try await Self.snapshot(
      capabilities, search: [answer, "OK done"], listings: [Self.five, "OK done"],
      [Self.nine, Self.two, "OK done"])
    #expect(snapshot.entries.map(\.uid) == [UID(2), UID(5), UID(9)])
    #expect(!snapshot.isShort)
    #expect(snapshot.listingDoubt == nil)
    #expect(server.texts(of: "UID SEARCH") == [question])
    #expect(
      server.texts(of: "UID FETCH").last == "UID FETCH 2,9 (UID FLAGS INTERNALDATE RFC822.SIZE)")
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["OK done", "NO not now"])
  func whatFETCHNeverGivesIsNamed(again: String) async throws {
    let (snapshot, _) = try await Self.snapshot(
      search: ["* SEARCH 2 5 9", "OK done"], listings: [Self.five, "OK done"], [again])
    #expect(snapshot.entries.map(\.uid) == [UID(5)])
    #expect(snapshot.isShort)
    #expect(
      snapshot.listingDoubt == "the server says there are 3 messages and lists 1; "
        + "its search finds 3, and FETCH leaves out UID 2,9")
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [["* ESEARCH (TAG \"x\") UID", "OK done"], ["* ESEARCH UID COUNT 0", "OK done"]])
  func anEmptySearchTakesNothingAway(search: [String]) async throws {
    let (snapshot, server) = try await Self.snapshot(
      "IMAP4rev1 ESEARCH", search: search, listings: [Self.two, Self.nine, "OK done"])
    #expect(snapshot.entries.map(\.uid) == [UID(2), UID(9)])
    #expect(
      snapshot.listingDoubt
        == "the server says there are 3 messages and lists 2; its search finds 0")
    #expect(server.texts(of: "UID FETCH").count == 1)
  }

  @Test(.timeLimit(.minutes(1)))
  func aRefusedSearchChangesNothing() async throws {
    let (snapshot, _) = try await Self.snapshot(
      search: ["BAD no such thing"], listings: [Self.two, "OK done"])
    #expect(snapshot.entries.map(\.uid) == [UID(2)])
    #expect(snapshot.listingDoubt == "the server says there are 3 messages and lists 1")
  }

  @Test(.timeLimit(.minutes(1)))
  func aListingBeyondDoubtIsNotSearched() async throws {
    let (snapshot, server) = try await Self.snapshot(
      search: [], listings: [Self.two, Self.five, Self.nine, "OK done"])
    #expect(snapshot.entries.count == 3)
    #expect(server.texts(of: "UID SEARCH").isEmpty)
  }

  @Test(.timeLimit(.minutes(1)))
  func aSearchThatInventsTheWholeRangeCostsOneQuestion() async throws {
    let (snapshot, server) = try await Self.snapshot(
      "IMAP4rev1 ESEARCH", search: ["* ESEARCH UID ALL 1:4294967295", "OK done"],
      listings: [Self.five, "OK done"])
    #expect(snapshot.entries.map(\.uid) == [UID(5)])
    #expect(snapshot.listingDoubt?.hasSuffix("FETCH leaves out UID 1:4,6:4294967295") == true)
    #expect(server.texts(of: "UID FETCH").count == 2)
  }
}
