// mailmove: what a mailbox holds, as servers tell it.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite struct SnapshotTests {
  /// Takes one snapshot of INBOX; the server is stopped.
  private static func snapshot(
    since checkpoint: SourceCheckpoint? = nil, of server: ScriptedIMAPServer
  ) async throws -> MailboxSnapshot {
    let source = try await IMAPSource.connect(server.account(side: .source))
    let snapshot: MailboxSnapshot
    do { snapshot = try await source.snapshot(of: .inbox, since: checkpoint) } catch {
      await source.close()
      server.stop()
      throw error
    }
    await source.close()
    server.stop()
    return snapshot
  }

  private static func server(
    _ capabilities: String = "IMAP4rev1", opened: [String], fetches: [String]...,
    searches: [String]? = nil
  ) throws -> ScriptedIMAPServer {
    let answers = AnswerQueue(fetches)
    return try ScriptedIMAPServer(capabilities: capabilities) { request, _ in
      switch request.name {
      case "EXAMINE": opened
      case "UID FETCH": answers.next()
      case "UID SEARCH": searches
      default: nil
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func aListingIsAscendingWithEachUIDOnce() async throws {
    let server = try Self.server(
      opened: ScriptedMailbox.opened(exists: 3, uidNext: 10),
      fetches: [
        ScriptedMailbox.listed(3, uid: 9), ScriptedMailbox.listed(1, uid: 2), "* 1 EXPUNGE",
        ScriptedMailbox.listed(2, uid: 5), "* 2 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 10)",
        "* 2 FETCH (FLAGS (\\Seen))", "OK done",
      ])
    let snapshot = try await Self.snapshot(of: server)
    #expect(snapshot.entries.map(\.uid) == [UID(2), UID(5), UID(9)])
    #expect(snapshot.extent == .complete)
    #expect(!snapshot.isShort)
    #expect(snapshot.listingDoubt == nil)
    #expect(snapshot.uidValidity == ScriptedMailbox.validity)
    #expect(snapshot.status.uidNext == UID(10))
  }

  @Test(.timeLimit(.minutes(1)))
  func aListingShorterThanAnnouncedIsSuspicious() async throws {
    let server = try Self.server(
      opened: ScriptedMailbox.opened(exists: 3, uidNext: 10),
      fetches: [ScriptedMailbox.listed(1, uid: 2), "OK done"])
    let snapshot = try await Self.snapshot(of: server)
    #expect(snapshot.isShort)
    #expect(
      snapshot.listingDoubt
        == "the server says there are 3 messages and lists 1; its search finds 0")
  }

  @Test(.timeLimit(.minutes(1)))
  func aListingCutAtARoundNumberIsSuspicious() async throws {
    let rows = (1...1_000).map { ScriptedMailbox.listed($0, uid: UInt32($0)) }
    let server = try Self.server(
      opened: ScriptedMailbox.opened(exists: 1_000, uidNext: 1_001), fetches: rows + ["OK done"])
    let snapshot = try await Self.snapshot(of: server)
    #expect(!snapshot.isShort)
    #expect(snapshot.listingDoubt?.hasPrefix("exactly 1000 messages") == true)
  }

  @Test(
    .timeLimit(.minutes(1)), arguments: ["OK done", "NO nothing there", "BAD invalid messageset"])
  func anEmptyMailboxIsEmptyWhateverItsListingIsAnswered(answer: String) async throws {
    let server = try Self.server(
      opened: ScriptedMailbox.opened(uidNext: nil), fetches: [answer])
    let snapshot = try await Self.snapshot(of: server)
    #expect(snapshot.entries.isEmpty)
    #expect(snapshot.extent == .complete)
    #expect(snapshot.status.uidNext == nil)
  }

  @Test(.timeLimit(.minutes(1)))
  func aRefusedListingIsNoEmptyMailbox() async throws {
    let server = try Self.server(
      opened: ScriptedMailbox.opened(exists: 2), fetches: ["NO not now"])
    await #expect(throws: SyncError.self) { try await Self.snapshot(of: server) }
  }

  @Test(.timeLimit(.minutes(1)))
  func aMissingUIDNextIsFoundByTheLastUID() async throws {
    let server = try Self.server(
      opened: ScriptedMailbox.opened(exists: 2, uidNext: nil),
      fetches: [ScriptedMailbox.listed(1, uid: 40), ScriptedMailbox.listed(2, uid: 41), "OK done"],
      ["* 2 FETCH (UID 41)", "OK done"])
    let snapshot = try await Self.snapshot(of: server)
    // What is computed falls when the last message is deleted, so that it proves nothing later on.
    #expect(snapshot.status.uidNext == nil)
    #expect(snapshot.entries.map(\.uid) == [UID(40), UID(41)])
    #expect(server.texts(of: "UID FETCH").last == "UID FETCH 4294967295:* (UID)")
  }

  private static let checkpoint = SourceCheckpoint(
    uidValidity: ScriptedMailbox.validity, uidNext: UID(6), highestModSeq: 100, messages: 5)

  @Test(.timeLimit(.minutes(1)))
  func theLastMessageIsNotNewBecauseAServerBringsItAlong() async throws {
    let server = try Self.server(
      "IMAP4rev1 CONDSTORE",
      opened: ScriptedMailbox.opened(
        exists: 5, uidNext: 8, more: ["* OK [HIGHESTMODSEQ 120] mod"]),
      fetches: ["* 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (110))", "OK done"],
      [ScriptedMailbox.listed(5, uid: 5), "OK done"], searches: ["* SEARCH 1 3 4 5 6", "OK done"])
    let snapshot = try await Self.snapshot(since: Self.checkpoint, of: server)
    #expect(snapshot.extent == .changes(among: UIDSet([1, 3, 4, 5, 6].map { UID($0) })))
    // The last one known is listed as well, to show that it is still the same.
    #expect(snapshot.entries.map(\.uid) == [UID(1), UID(5)])
    #expect(!snapshot.isShort)
    #expect(
      server.texts(of: "UID FETCH") == [
        "UID FETCH 1:4 (UID FLAGS INTERNALDATE RFC822.SIZE) (CHANGEDSINCE 100)",
        "UID FETCH 5:4294967295 (UID FLAGS INTERNALDATE RFC822.SIZE)",
      ])
    #expect(server.texts(of: "EXAMINE") == [#"EXAMINE "INBOX" (CONDSTORE)"#])
  }

  private static func snapshotWithChanges(
    _ capabilities: String, searches: [String]
  ) async throws -> (snapshot: MailboxSnapshot, searches: [String]) {
    let server = try server(
      "IMAP4rev1 CONDSTORE \(capabilities)",
      opened: ScriptedMailbox.opened(
        exists: 3, uidNext: 8, more: ["* OK [HIGHESTMODSEQ 120] mod"]),
      fetches: ["* 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (110))", "OK done"],
      [ScriptedMailbox.listed(3, uid: 5), "OK done"],
      [
        ScriptedMailbox.listed(1, uid: 1), ScriptedMailbox.listed(2, uid: 3),
        ScriptedMailbox.listed(3, uid: 5), "OK done",
      ],
      searches: searches)
    let snapshot = try await snapshot(since: checkpoint, of: server)
    return (snapshot, server.texts(of: "UID SEARCH"))
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("", "* SEARCH 5 1 2"), ("ESEARCH", "* ESEARCH (TAG \"x\") UID ALL 1:2,5 COUNT 3"),
      ("ESEARCH", "* SEARCH 1 2 5"),
    ])
  func allUIDsComeWithTheChanges(capabilities: String, answer: String) async throws {
    let (snapshot, searches) = try await Self.snapshotWithChanges(
      capabilities, searches: [answer, "OK done"])
    #expect(snapshot.extent == .changes(among: UIDSet(ranges: [1...2, 5...5])))
    #expect(snapshot.entries.map(\.uid) == [UID(1), UID(5)])
    #expect(
      searches == ["UID SEARCH\(capabilities.isEmpty ? "" : " RETURN (ALL COUNT)") ALL"])
  }

  /// A list of changes does not show that an old message is listed again.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [["NO not now"], ["BAD what"], ["* SEARCH 1 2", "OK done"], ["OK done"]])
  func everythingIsListedWhereTheServerDoesNotTellAllUIDs(answer: [String]) async throws {
    let (snapshot, _) = try await Self.snapshotWithChanges("", searches: answer)
    #expect(snapshot.extent == .complete)
    #expect(snapshot.entries.map(\.uid) == [UID(1), UID(3), UID(5)])
  }

  @Test(.timeLimit(.minutes(1)), arguments: [nil, "* OK [NOMODSEQ] none"])
  func withoutModSequencesEverythingIsListed(code: String?) async throws {
    let server = try Self.server(
      opened: ScriptedMailbox.opened(exists: 1, uidNext: 6, more: code.map { [$0] } ?? []),
      fetches: [ScriptedMailbox.listed(1, uid: 5), "OK done"])
    let snapshot = try await Self.snapshot(since: Self.checkpoint, of: server)
    #expect(snapshot.extent == .complete)
    #expect(snapshot.entries.map(\.uid) == [UID(5)])
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("NO [NONEXISTENT] gone", SyncError.Cause.mailboxMissing),
      ("NO [NOPERM] not yours", .permissionDenied), ("NO no", .mailboxRefused),
    ])
  func aMailboxThatCannotBeOpenedIsTheMailboxesTrouble(
    answer: String, cause: SyncError.Cause
  ) async throws {
    let server = try Self.server(opened: [answer])
    let error = try await failure { try await Self.snapshot(of: server) }
    #expect(error.cause == cause)
    #expect(error.scope == .mailbox)
    #expect(error.side == .source)
  }
}
