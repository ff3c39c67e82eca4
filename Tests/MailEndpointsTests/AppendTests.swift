// mailmove: messages reach the target once and whole, or are refused by name.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Synchronization
import Testing

@Suite struct AppendTests {
  /// What a scripted server has stored.
  final class Shelf: Sendable {
    private let bodies = Mutex<[[UInt8]]>([])
    var stored: [[UInt8]] { bodies.withLock { $0 } }

    /// Stores all messages of an APPEND and returns the answer.
    func store(_ request: ScriptedIMAPServer.Request, uidValidity: Int = 7) -> [String] {
      bodies.withLock { bodies in
        let first = bodies.count + 1
        bodies += request.literals
        return ["OK [APPENDUID \(uidValidity) \(first):\(bodies.count)] stored"]
      }
    }
  }

  /// Opens INBOX, and answers APPEND with what is given.
  private static func answering(
    _ append: @escaping ScriptedIMAPServer.Answer
  ) -> ScriptedIMAPServer.Answer {
    { request, conversation in
      switch request.name {
      case "SELECT": ScriptedMailbox.opened()
      case "APPEND": try append(request, conversation)
      default: nil
      }
    }
  }

  private static func holds(_ request: ScriptedIMAPServer.Request, _ word: String) -> Bool {
    request.literals.contains { String(decoding: $0, as: UTF8.self).contains(word) }
  }

  @Test(
    .timeLimit(.minutes(1)), arguments: ["IMAP4rev1", "IMAP4rev1 LITERAL+", "IMAP4rev1 LITERAL-"],
    ["", " MULTIAPPEND"])
  func everyMessageIsStoredByteForByteWithItsUID(literals: String, multi: String) async throws {
    let shelf = Shelf()
    let server = try ScriptedIMAPServer(
      capabilities: literals + multi, answer: Self.answering { request, _ in shelf.store(request) })
    let messages = (1...7).map {
      ScriptedMailbox.message($0, String(repeating: "ä\u{0}", count: Int($0) * 500))
    }
    let outcome = try await AppendOutcome.appending(messages, to: server)
    #expect(outcome.count == 7)
    #expect(shelf.stored == messages.map(\.bytes))
    #expect(
      outcome.stored
        == Dictionary(uniqueKeysWithValues: (1...7).map { ($0, Receipt(uid: UID($0))) }))
    #expect(server.texts(of: "APPEND").count == (multi.isEmpty ? 7 : 1))
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("IMAP4rev1", "{17}", "{5016}"), ("IMAP4rev1 LITERAL+", "{17+}", "{5016+}"),
      ("IMAP4rev1 LITERAL-", "{17+}", "{5016}"),
    ])
  func literalsWaitWhereTheServerWantsIt(
    capabilities: String, small: String, big: String
  ) async throws {
    let shelf = Shelf()
    let server = try ScriptedIMAPServer(
      capabilities: capabilities, answer: Self.answering { request, _ in shelf.store(request) })
    let messages = [
      ScriptedMailbox.message(1, "x"),
      ScriptedMailbox.message(2, String(repeating: "x", count: 5_000)),
    ]
    _ = try await AppendOutcome.appending(messages, to: server)
    let texts = server.texts(of: "APPEND")
    #expect(texts.count == 2)
    #expect(texts.first?.hasSuffix(small) == true, "\(texts)")
    #expect(texts.last?.hasSuffix(big) == true, "\(texts)")
  }

  @Test(.timeLimit(.minutes(1)), arguments: 1...7)
  func onlyThePoisonOfAGroupIsRefused(poison: UInt32) async throws {
    let shelf = Shelf()
    let server = try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS",
      answer: Self.answering { request, _ in
        Self.holds(request, "poison") ? ["NO something in there"] : shelf.store(request)
      })
    let messages = (1...7).map {
      ScriptedMailbox.message($0, $0 == poison ? "poison" : "good")
    }
    let outcome = try await AppendOutcome.appending(messages, to: server)
    #expect(outcome.count == 7)
    #expect(Array(outcome.refused.keys) == [poison])
    #expect(outcome.refused[poison]?.cause == .messageRefused)
    #expect(outcome.refused[poison]?.scope == .message)
    #expect(outcome.refused[poison]?.key?.uid == UID(poison))
    #expect(shelf.stored == messages.filter { $0.key.uid != UID(poison) }.map(\.bytes))
    for (uid, receipt) in outcome.stored {
      let place = try #require(receipt.uid)
      #expect(shelf.stored[Int(place.rawValue) - 1] == messages[Int(uid) - 1].bytes)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func aGroupIsHalvedWhenALiteralIsNotAskedFor() async throws {
    let shelf = Shelf()
    let server = try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 MULTIAPPEND",
      answer: Self.answering { request, _ in shelf.store(request) },
      refusesLiteral: { text, octets in
        text.hasPrefix("APPEND") && octets > 1_000 ? "NO [TOOBIG] no" : nil
      })
    let messages = (1...5).map {
      ScriptedMailbox.message($0, String(repeating: "x", count: $0 == 4 ? 2_000 : 10))
    }
    let outcome = try await AppendOutcome.appending(messages, to: server)
    #expect(outcome.count == 5)
    #expect(Array(outcome.refused.keys) == [4])
    #expect(outcome.refused[4]?.cause == .messageTooBig)
    let stored = Set(shelf.stored)
    #expect(shelf.stored.count == 4)
    #expect(stored == Set(messages.filter { $0.key.uid != UID(4) }.map(\.bytes)))
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("NO [OVERQUOTA] full", SyncError.Cause.targetFull, SyncError.Scope.endpoint),
      ("NO Mailbox is over quota", .targetFull, .endpoint),
      ("NO [TRYCREATE] gone", .mailboxMissing, .mailbox),
      ("NO [NOPERM] not here", .permissionDenied, .mailbox),
      ("NO [UNAVAILABLE] later", .serverUnavailable, .connection),
    ])
  func aRefusalThatIsNotAboutAMessageIsNotTriedMessageByMessage(
    answer: String, cause: SyncError.Cause, scope: SyncError.Scope
  ) async throws {
    let server = try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 LITERAL+ MULTIAPPEND",
      answer: Self.answering { _, _ in [answer] })
    let outcome = try await AppendOutcome.appending(
      (1...4).map { ScriptedMailbox.message($0, "text") }, to: server)
    #expect(outcome.count == 4)
    #expect(Set(outcome.refused.values.map(\.cause)) == [cause])
    #expect(Set(outcome.refused.values.map(\.scope)) == [scope])
    #expect(Set(outcome.refused.keys) == [1, 2, 3, 4])
    #expect(server.texts(of: "APPEND").count == 1)
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: ["NO [TOOBIG] no", "NO Message size exceeds fixed maximum message size"])
  func aMessageThatIsTooBigIsRefusedAtOnce(answer: String) async throws {
    let server = try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 LITERAL+", answer: Self.answering { _, _ in [answer] })
    let outcome = try await AppendOutcome.appending([ScriptedMailbox.message(1, "big")], to: server)
    #expect(outcome.refused[1]?.cause == .messageTooBig)
    #expect(outcome.refused[1]?.remedy == .skip)
    #expect(server.texts(of: "APPEND").count == 1)
  }

  @Test(.timeLimit(.minutes(1)))
  func aUIDOfAnotherUIDValidityIsNoReceipt() async throws {
    let shelf = Shelf()
    let server = try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 LITERAL+ UIDPLUS",
      answer: Self.answering { request, _ in shelf.store(request, uidValidity: 8) })
    let outcome = try await AppendOutcome.appending(
      [ScriptedMailbox.message(1, "text")], to: server)
    #expect(outcome.stored == [1: Receipt(uid: nil)])
  }

  @Test(.timeLimit(.minutes(1)))
  func tooFewUIDsAreNoReceipt() async throws {
    let server = try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS",
      answer: Self.answering { _, _ in ["OK [APPENDUID 7 1:2] stored"] })
    let outcome = try await AppendOutcome.appending(
      (1...3).map { ScriptedMailbox.message($0, "text") }, to: server)
    #expect(outcome.stored == [1: Receipt(uid: nil), 2: Receipt(uid: nil), 3: Receipt(uid: nil)])
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["", " MULTIAPPEND"])
  func aConnectionCutAfterTheLiteralLeavesTheMessageInDoubt(multi: String) async throws {
    let server = try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 LITERAL+" + multi,
      answer: Self.answering { _, conversation in
        conversation.hangUp()
        return nil
      })
    let error = try await failure {
      try await AppendOutcome.appending([ScriptedMailbox.message(1, "text")], to: server)
    }
    #expect(error.cause == .connectionLost)
    #expect(error.scope == .connection)
    #expect(error.remedy == .retry(after: nil))
    #expect(error.side == .target)
  }

  @Test(.timeLimit(.minutes(1)))
  func aGoodbyeInsteadOfAnAnswerLeavesTheMessageInDoubt() async throws {
    let server = try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 LITERAL+",
      answer: Self.answering { _, _ in ["* BYE shutting down"] })
    let error = try await failure {
      try await AppendOutcome.appending([ScriptedMailbox.message(1, "text")], to: server)
    }
    #expect(error.cause == .serverSaidBye)
    #expect(error.scope == .connection)
  }
}
