// mailmove: maildrops as they are, read without loss.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailTransport
import MailWire
import SyncEngine
import Synchronization
import Testing

@Suite struct POP3SourceTests {
  typealias Letter = ScriptedPOP3Server.Letter

  private static func letters(_ ids: String?...) -> [Letter] {
    ids.enumerated().map { ScriptedPOP3Server.letter($0 + 1, id: $1) }
  }

  private func uids(_ server: ScriptedPOP3Server, _ keys: any KeyBook) async throws -> [UInt32] {
    let source = try await server.source(keys)
    let found = try await source.snapshot(of: .inbox, since: nil).entries.map(\.uid.rawValue)
    await source.close()
    return found
  }

  @Test(.timeLimit(.minutes(1)))
  func thereIsOneMailboxWithoutFlagsAndDates() async throws {
    let server = try ScriptedPOP3Server(letters: Self.letters("a", "b"))
    let source = try await server.source()
    let listing = try await source.mailboxes()
    let snapshot = try await source.snapshot(of: .inbox, since: nil)
    let error = try await failure { try await source.status(of: MailboxName(wire: "Sent")) }
    await source.close()
    server.stop()
    #expect(listing.mailboxes.map(\.name) == [.inbox])
    #expect(listing.mailboxes[0].delimiter == nil)
    #expect(listing.mailboxes[0].status?.messages == 2)
    #expect(
      snapshot.traits == [.keysMayChange, .withoutFlags, .readingIsNoticed])
    #expect(snapshot.passing.isEmpty)
    #expect(snapshot.listingDoubt == nil)
    #expect(snapshot.entries.allSatisfy { $0.internalDate == nil && $0.flags == .none })
    #expect(error.cause == .mailboxMissing)
    #expect(server.lines(of: "DELE").isEmpty && server.lines(of: "TOP").isEmpty)
    #expect(server.lines.last == "QUIT")
  }

  @Test(.timeLimit(.minutes(1)), arguments: [true, false])
  func bytesComeAsTheyAre(pipelines: Bool) async throws {
    let texts = [
      "Subject: 1\r\n\r\n.\r\n..\r\n.x\r\n", "Subject: 2\r\n\r\n", "no header", "",
      "Subject: 5\r\n\r\nbare\n.\nlf \rcr\r\n",
      ".first\r\n\r\n" + String(repeating: "y", count: 9_000),
    ]
    let server = try ScriptedPOP3Server(
      letters: texts.enumerated().map { Letter($1, id: "\($0)") },
      capabilities: pipelines ? ["TOP", "UIDL", "PIPELINING"] : ["TOP", "UIDL"])
    let source = try await server.source()
    let found = try await source.texts().sorted { $0.key < $1.key }.map(\.value)
    await source.close()
    server.stop()
    // A message without a last line end cannot be told from one with it.
    #expect(
      found == texts.map { $0.isEmpty || $0.hasSuffix("\r\n") ? $0 : $0 + "\r\n" })
  }

  @Test(.timeLimit(.minutes(1)))
  func aMessageKeepsItsKeyInLaterSessions() async throws {
    let keys = PassingKeyBook()
    let server = try ScriptedPOP3Server(letters: Self.letters("a", "b", "c d\u{e4}%"))
    #expect(try await uids(server, keys) == [1, 2, 3])
    server.letters.remove(at: 0)
    server.letters.append(ScriptedPOP3Server.letter(9, id: "e"))
    #expect(try await uids(server, keys) == [2, 3, 4])
    server.stop()
  }

  @Test(.timeLimit(.minutes(1)))
  func aUniqueIDThatIsUsedAgainIsAnotherMessage() async throws {
    let keys = PassingKeyBook()
    let server = try ScriptedPOP3Server(letters: Self.letters("a"))
    #expect(try await uids(server, keys) == [1])
    server.letters = [ScriptedPOP3Server.letter(2, id: "a", body: "longer than before")]
    #expect(try await uids(server, keys) == [2])
    server.stop()
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [[nil, nil, nil], ["", "", ""], ["same", "same", "same"]] as [[String?]])
  func headersStandInForMissingBlankAndDoubleUniqueIDs(ids: [String?]) async throws {
    let keys = PassingKeyBook()
    let letters = ids.enumerated().map { ScriptedPOP3Server.letter($0 + 1, id: $1) }
    let server = try ScriptedPOP3Server(letters: letters + [letters[0]])
    #expect(try await uids(server, keys) == [1, 2, 3, 4])
    #expect(server.lines(of: "TOP").count == 4)
    server.letters = [letters[1], letters[0], letters[0]]
    #expect(try await uids(server, keys) == [1, 2, 4])
    server.stop()
  }

  @Test(.timeLimit(.minutes(1)))
  func withoutAnythingToKnowThemByMessagesGetNewKeys() async throws {
    let keys = PassingKeyBook()
    let server = try ScriptedPOP3Server(
      letters: Self.letters("a", "", ""), capabilities: nil
    ) { line, _ in line.hasPrefix("TOP") ? "-ERR what?\r\n" : nil }
    #expect(try await uids(server, keys) == [1, 2, 3])
    #expect(try await uids(server, keys) == [1, 4, 5])
    #expect(server.lines(of: "TOP").count == 2)
    let source = try await server.source(keys)
    #expect(try await source.snapshot(of: .inbox, since: nil).passing == [UID(6), UID(7)])
    await source.close()
    server.stop()
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["UIDL", "LIST"])
  func aListingThatIsRefusedIsNotTakenForAnEmptyOne(command: String) async throws {
    let server = try ScriptedPOP3Server(letters: Self.letters("a", "b")) { line, _ in
      line == command ? "-ERR no\r\n" : nil
    }
    let source = try await server.source()
    if command == "UIDL" {
      #expect(try await source.texts().count == 2)
    } else {
      let error = try await failure { try await source.snapshot(of: .inbox, since: nil) }
      #expect(error.remedy == .stop)
    }
    await source.close()
    server.stop()
  }

  @Test(.timeLimit(.minutes(1)))
  func aShortListingIsToldAndSoIsALossToTheReader() async throws {
    let server = try ScriptedPOP3Server(
      letters: Self.letters("a", "b"), capabilities: ["UIDL", "EXPIRE 0"]
    ) { line, _ in
      line == "STAT" ? "+OK 5 100\r\n" : nil
    }
    let source = try await server.source()
    let snapshot = try await source.snapshot(of: .inbox, since: nil)
    await source.close()
    server.stop()
    #expect(snapshot.isShort)
    #expect(snapshot.listingDoubt?.contains("5 messages and lists 2") == true)
    #expect(snapshot.listingDoubt?.contains("once they have been read") == true)
  }

  @Test(.timeLimit(.minutes(1)))
  func thatGmailShowsOnlyAPartIsTold() async throws {
    let server = try ScriptedPOP3Server(
      letters: Self.letters("a"), greeting: "+OK gimap's sister ready\r\n")
    let source = try await server.source()
    let snapshot = try await source.snapshot(of: .inbox, since: nil)
    await source.close()
    server.stop()
    #expect(snapshot.listingDoubt?.contains("imaps://imap.gmail.com") == true)
    #expect(!snapshot.isShort)
  }

  @Test(.timeLimit(.minutes(1)))
  func aSizeThatLiesALittleChangesNothing() async throws {
    let server = try ScriptedPOP3Server(letters: [
      ScriptedPOP3Server.letter(1, id: "a", size: 1),
      ScriptedPOP3Server.letter(2, id: "b", size: 290),
      ScriptedPOP3Server.letter(3, id: "c", size: 0),
    ])
    let source = try await server.source()
    let texts = try await source.texts()
    await source.close()
    #expect(Array(texts.values).sorted() == server.letters.map(\.text).sorted())
    server.stop()
  }

  @Test(.timeLimit(.minutes(1)))
  func aMessageThatIsRefusedDoesNotCostTheOthers() async throws {
    let server = try ScriptedPOP3Server(letters: Self.letters("a", "b", "c")) { line, _ in
      line == "RETR 2" ? "-ERR cannot read it\r\n" : nil
    }
    let source = try await server.source()
    let snapshot = try await source.snapshot(of: .inbox, since: nil)
    let stream = try await source.fetch(
      Batch(uidValidity: snapshot.uidValidity, entries: snapshot.entries), from: .inbox)
    var found: [UInt32] = []
    let error = try await failure {
      while let next = try await stream.next() { found.append(next.key.uid.rawValue) }
    }
    let headed = try await source.headers(of: UIDSet([UID(2)]), in: .inbox)
    await source.close()
    server.stop()
    #expect(found == [1, 3])
    #expect(error.scope == .message && error.cause == .messageUnreadable)
    #expect(headed.map(\.entry.uid) == [UID(2)])
  }

  @Test(.timeLimit(.minutes(1)))
  func commandsGoOutTogetherOnlyWhereThatIsAnnounced() async throws {
    for pipelines in [true, false] {
      let server = try ScriptedPOP3Server(
        letters: Self.letters("a", "b"),
        capabilities: pipelines ? ["UIDL", "PIPELINING"] : ["UIDL"])
      let source = try await server.source()
      let snapshot = try await source.snapshot(of: .inbox, since: nil)
      _ = try await source.fetch(
        Batch(uidValidity: snapshot.uidValidity, entries: snapshot.entries), from: .inbox)
      // The session ends with answers unread: nothing more is sent, no QUIT either.
      await source.close()
      // What was sent before the end is read to its end, as slow as the machine may be.
      while server.lines(of: "RETR").count < (pipelines ? 2 : 1) { await Task.yield() }
      server.stop()
      #expect(server.lines(of: "RETR").count == (pipelines ? 2 : 1))
      #expect(server.lines(of: "QUIT").isEmpty)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func aSessionThatBreaksWhilePipeliningIsFollowedByPlainOnes() async throws {
    let server = try ScriptedPOP3Server(
      letters: Self.letters("a", "b", "c"), capabilities: ["UIDL", "PIPELINING"]
    ) { line, talk in
      guard talk.number == 1, line == "RETR 2" else { return nil }
      return "this is no answer\r\n"
    }
    let account = try server.account()
    let first = try await POP3Source.connect(account, keys: PassingKeyBook())
    let error = try await failure { try await first.texts() }
    await first.close()
    #expect(error.cause == .protocolViolation && error.scope == .connection)
    #expect(!error.description.contains("this is no answer"))
    let before = server.lines.count
    let second = try await POP3Source.connect(account, keys: PassingKeyBook())
    let snapshot = try await second.snapshot(of: .inbox, since: nil)
    _ = try await second.fetch(
      Batch(uidValidity: snapshot.uidValidity, entries: snapshot.entries), from: .inbox)
    await second.close()
    server.stop()
    #expect(server.lines.dropFirst(before).filter { $0.hasPrefix("RETR") }.count == 1)
  }

  @Test(.timeLimit(.minutes(1)), arguments: [true, false])
  func aDotThatIsGluedToTheLastLineEndsTheMessage(hangsUp: Bool) async throws {
    let text = "Subject: 1\r\n\r\nno end"
    let server = try ScriptedPOP3Server(letters: [Letter(text, id: "a")]) { line, talk in
      guard line == "RETR 1" else { return nil }
      try talk.say("+OK\r\n\(text).\r\n")
      if hangsUp { talk.hangUp() } else { talk.fallSilent() }
      return ""
    }
    let account = try server.account(progress: .milliseconds(300))
    let source = try await POP3Source.connect(account, keys: PassingKeyBook())
    #expect(try await Array(source.texts().values) == [text])
    await source.close()
    server.release()
    server.stop()
  }

  @Test(.timeLimit(.minutes(1)))
  func aMessageThatBreaksOffIsNoMessage() async throws {
    let server = try ScriptedPOP3Server(letters: Self.letters("a")) { line, talk in
      guard line == "RETR 1" else { return nil }
      try talk.say("+OK\r\nSubject: 1\r\n\r\nhel.\r\n")
      talk.hangUp()
      return ""
    }
    let source = try await server.source()
    let error = try await failure { try await source.texts() }
    await source.close()
    server.stop()
    #expect(error.cause == .connectionLost && error.scope == .connection)
  }

  @Test(.timeLimit(.minutes(1)))
  func removalCountsOnlyWhenTheSessionEndsWithOK() async throws {
    for (answer, counts) in [("+OK bye\r\n", true), ("-ERR some not removed\r\n", false)] {
      let server = try ScriptedPOP3Server(letters: Self.letters("a", "b", "c")) { line, _ in
        line == "DELE 2" ? "-ERR no\r\n" : line == "QUIT" ? answer : nil
      }
      let connection = try await POP3Connection.open(server.account())
      let marked = try await connection.delete([UID(1), UID(2), UID(9)], PassingKeyBook())
      #expect(marked == [UID(1)])
      #expect(try await connection.quit() == counts)
      server.stop()
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func aSessionThatIsGivenUpRemovesNothing() async throws {
    let server = try ScriptedPOP3Server(letters: Self.letters("a"))
    let connection = try await POP3Connection.open(server.account())
    _ = try await connection.delete([UID(1)], PassingKeyBook())
    await connection.close()
    server.stop()
    #expect(server.lines(of: "DELE") == ["DELE 1"])
    #expect(server.lines(of: "QUIT").isEmpty)
  }
}
