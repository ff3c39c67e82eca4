// mailmove: messages come whole or not at all.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite struct FetchTests {
  /// Fetches UIDs 1, 2 and 3 and answers FETCH with what is given; the server is stopped.
  private static func fetch(
    _ answer: @escaping ScriptedIMAPServer.Answer
  ) async throws -> (bodies: [UInt32: String], order: [UInt32], error: SyncError?) {
    let server = try ScriptedIMAPServer { request, conversation in
      switch request.name {
      case "EXAMINE": ScriptedMailbox.opened(exists: 3, uidNext: 4)
      case "UID FETCH": try answer(request, conversation)
      default: nil
      }
    }
    let source = try await IMAPSource.connect(server.account(side: .source))
    var bodies: [UInt32: String] = [:]
    var order: [UInt32] = []
    var error: SyncError?
    do {
      let stream = try await source.fetch(ScriptedMailbox.batch(1, 2, 3), from: .inbox)
      while let fetched = try await stream.next() {
        guard case .message(let message) = fetched else {
          throw TestServerError(what: "\(fetched)")
        }
        order.append(message.key.uid.rawValue)
        bodies[message.key.uid.rawValue] = String(decoding: message.bytes, as: UTF8.self)
      }
    } catch let thrown as SyncError { error = thrown }
    await source.close()
    server.stop()
    #expect(
      server.texts(of: "UID FETCH") == [
        "UID FETCH 1:3 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])"
      ])
    #expect(server.texts(of: "SELECT").isEmpty)
    return (bodies, order, error)
  }

  private static let one = ScriptedMailbox.fetched(1, uid: 1, body: "one\r\n")
  private static let two = ScriptedMailbox.fetched(2, uid: 2, body: "two\r\n")
  private static let three = ScriptedMailbox.fetched(3, uid: 3, body: "three\r\n")

  @Test(.timeLimit(.minutes(1)))
  func messagesComeInTheServersOrder() async throws {
    let result = try await Self.fetch { _, _ in [Self.three, Self.one, Self.two, "OK done"] }
    #expect(result.bodies == [1: "one\r\n", 2: "two\r\n", 3: "three\r\n"])
    #expect(result.order == [3, 1, 2])
    #expect(result.error == nil)
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: ["* 2 FETCH (UID 2 FLAGS ())", "* 2 FETCH (UID 2 BODY[] NIL)", "* NO [ALERT] hm"])
  func aMessageWithoutABodyIsLeftOut(line: String) async throws {
    let result = try await Self.fetch { _, _ in [Self.one, line, Self.three, "OK done"] }
    #expect(result.bodies == [1: "one\r\n", 3: "three\r\n"])
    #expect(result.error == nil)
  }

  @Test(.timeLimit(.minutes(1)))
  func whatNobodyAskedForIsPassedOver() async throws {
    let result = try await Self.fetch { _, _ in
      [
        "* 9 FETCH (FLAGS (\\Seen))", "* 1 FETCH (UID 1 FLAGS (\\Flagged))", Self.one,
        "* 3 EXPUNGE",
        "* 12 EXISTS", "* 1 RECENT", ScriptedMailbox.fetched(4, uid: 77, body: "not ours"),
        "* OK still here", Self.two, ScriptedMailbox.fetched(2, uid: 2, body: "again"),
        "* XYZZY nothing happens", Self.three, "OK done",
      ]
    }
    #expect(result.bodies == [1: "one\r\n", 2: "two\r\n", 3: "three\r\n"])
    #expect(result.order == [1, 2, 3])
    #expect(result.error == nil)
  }

  @Test(.timeLimit(.minutes(1)))
  func aBatchThatIsUnavailableIsTriedAgainByMessage() async throws {
    let result = try await Self.fetch { _, _ in [Self.one, "NO [UNAVAILABLE] one is broken"] }
    #expect(result.bodies == [1: "one\r\n"])
    #expect(result.error?.cause == .messageUnreadable)
    #expect(result.error?.scope == .message)
    #expect(result.error?.remedy == .retry(after: nil))
  }

  @Test(.timeLimit(.minutes(1)))
  func aGoodbyeInTheMiddleEndsTheConnectionAndKeepsWhatCame() async throws {
    let result = try await Self.fetch { _, _ in [Self.one, "* BYE maintenance"] }
    #expect(result.bodies == [1: "one\r\n"])
    #expect(result.error?.cause == .serverSaidBye)
    #expect(result.error?.scope == .connection)
    #expect(result.error?.remedy == .retry(after: nil))
  }

  @Test(.timeLimit(.minutes(1)))
  func halfAMessageIsNoMessage() async throws {
    let result = try await Self.fetch { _, conversation in
      try conversation.say(Self.one + "\r\n" + Self.two.dropLast(3))
      conversation.hangUp()
      return nil
    }
    #expect(result.bodies == [1: "one\r\n"])
    #expect(result.error?.cause == .connectionLost)
    #expect(result.error?.scope == .connection)
  }

  @Test(.timeLimit(.minutes(1)))
  func anotherUIDValidityIsNoticedBeforeAnythingIsFetched() async throws {
    let server = try ScriptedIMAPServer { request, _ in
      request.name == "EXAMINE" ? ScriptedMailbox.opened(exists: 3, uidNext: 4) : nil
    }
    let source = try await IMAPSource.connect(server.account(side: .source))
    let batch = Batch(uidValidity: UIDValidity(6), entries: [ScriptedMailbox.entry(1)])
    let error = try await failure { try await source.fetch(batch, from: .inbox) }
    await source.close()
    server.stop()
    #expect(error.cause == .mailboxChanged)
    #expect(error.scope == .mailbox)
    #expect(error.mailbox == .inbox)
    #expect(server.texts(of: "UID FETCH").isEmpty)
  }

  @Test(.timeLimit(.minutes(1)))
  func twoBatchesUnderWayEachGetTheirOwn() async throws {
    let answers = AnswerQueue([
      [Self.one, ScriptedMailbox.fetched(3, uid: 3, body: "early"), "OK done"],
      [Self.two, "OK done"],
    ])
    let server = try ScriptedIMAPServer { request, _ in
      switch request.name {
      case "EXAMINE": ScriptedMailbox.opened(exists: 3, uidNext: 4)
      case "UID FETCH": answers.next()
      default: nil
      }
    }
    let source = try await IMAPSource.connect(server.account(side: .source))
    let first = try await source.fetch(ScriptedMailbox.batch(1), from: .inbox)
    let second = try await source.fetch(ScriptedMailbox.batch(2, 3), from: .inbox)
    var uids: [[UInt32]] = []
    for stream in [first, second] {
      var found: [UInt32] = []
      while let fetched = try await stream.next() { found.append(fetched.key.uid.rawValue) }
      uids.append(found)
    }
    await source.close()
    server.stop()
    #expect(uids == [[1], [3, 2]])
    #expect(server.texts(of: "EXAMINE").count == 1)
    #expect(server.requests.last?.name == "LOGOUT")
  }
}
