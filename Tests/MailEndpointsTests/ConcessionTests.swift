// mailmove: what is given up so that the target takes a message, and that it is on the receipt.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite struct ConcessionTests {
  private static let all = FlagSet(system: .seen, keywords: [Keyword("$Label")])
  private static let seen = FlagSet(system: .seen)
  private static let label = FlagSet(keywords: [Keyword("$Label")])

  /// What a server objects to, and what that costs.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// In the text of APPEND.
    let objection: String
    let concessions: [Concession]
    /// The arguments with which APPEND was tried, in order.
    let tries: [String]
  }

  private static let dated = "\"\(ScriptedMailbox.date)\" "

  static let cases: [Case] = [
    Case(
      testDescription: "a keyword", objection: "$Label", concessions: [.flagsDropped(label)],
      tries: [#"(\Seen $Label) "# + dated, #"(\Seen) "# + dated]),
    Case(
      testDescription: "a flag", objection: #"\Seen"#, concessions: [.flagsDropped(all)],
      tries: [#"(\Seen $Label) "# + dated, #"(\Seen) "# + dated, "() " + dated]),
    Case(
      testDescription: "the date", objection: dated,
      concessions: [.dateDropped(ScriptedMailbox.date), .flagsDropped(all)],
      tries: [#"(\Seen $Label) "# + dated, #"(\Seen) "# + dated, "() " + dated, "() "]),
  ]

  private static func server(
    objecting objection: String, uid: Bool = false, refusingStore: Bool = false
  ) throws -> ScriptedIMAPServer {
    try ScriptedIMAPServer(capabilities: "IMAP4rev1 LITERAL+") { request, _ in
      switch request.name {
      case "SELECT": ScriptedMailbox.opened()
      case "APPEND":
        request.text.contains(objection)
          ? ["BAD cannot read that"] : [uid ? "OK [APPENDUID 7 12] stored" : "OK stored"]
      case "UID STORE": [refusingStore ? "NO never" : "OK done"]
      default: nil
      }
    }
  }

  private static let message = ScriptedMailbox.message(1, "text", flags: all)

  @Test(.timeLimit(.minutes(1)), arguments: cases)
  func goesDownStepByStepAndSaysWhatWasGivenUp(row: Case) async throws {
    let server = try Self.server(objecting: row.objection)
    let outcome = try await AppendOutcome.appending([Self.message], to: server)
    #expect(outcome.stored == [1: Receipt(uid: nil, concessions: row.concessions)])
    #expect(outcome.count == 1)
    let literal = "{\(Self.message.bytes.count)+}"
    #expect(
      server.texts(of: "APPEND") == row.tries.map { "APPEND \"INBOX\" \($0)\(literal)" })
  }

  @Test(.timeLimit(.minutes(1)))
  func flagsThatAppendRefusesAreStoredAfterwards() async throws {
    let server = try Self.server(objecting: "$Label", uid: true)
    let outcome = try await AppendOutcome.appending([Self.message], to: server)
    #expect(outcome.stored == [1: Receipt(uid: UID(12))])
    #expect(server.texts(of: "UID STORE") == ["UID STORE 12 +FLAGS.SILENT ($Label)"])
  }

  @Test(.timeLimit(.minutes(1)))
  func flagsThatStoreRefusesTooAreOnTheReceipt() async throws {
    let server = try Self.server(objecting: #"\Seen"#, uid: true, refusingStore: true)
    let outcome = try await AppendOutcome.appending([Self.message], to: server)
    #expect(
      outcome.stored == [1: Receipt(uid: UID(12), concessions: [.flagsDropped(Self.all)])])
    #expect(server.texts(of: "UID STORE").count == 2)
  }

  @Test(.timeLimit(.minutes(1)))
  func aMessageRefusedAtTheLastStepIsRefused() async throws {
    let server = try Self.server(objecting: "APPEND")
    let outcome = try await AppendOutcome.appending([Self.message], to: server)
    #expect(outcome.refused[1]?.cause == .messageRefused)
    #expect(outcome.refused[1]?.detail == "cannot read that")
    #expect(outcome.stored.isEmpty)
    #expect(server.texts(of: "APPEND").count == 4)
  }

  @Test(.timeLimit(.minutes(1)))
  func flagsTheMailboxDoesNotKeepAreNotSent() async throws {
    let server = try ScriptedIMAPServer(capabilities: "IMAP4rev1 LITERAL+") { request, _ in
      request.name == "SELECT" ? ScriptedMailbox.opened(permanentFlags: #"\Seen"#) : nil
    }
    let outcome = try await AppendOutcome.appending([Self.message], to: server)
    #expect(
      outcome.stored == [1: Receipt(uid: nil, concessions: [.flagsDropped(Self.label)])])
    #expect(server.texts(of: "APPEND").first?.contains(#"(\Seen) ""#) == true)
  }

  @Test(.timeLimit(.minutes(1)))
  func aMessageWithoutADateIsGivenNone() async throws {
    let server = try Self.server(objecting: "nothing")
    let message = ScriptedMailbox.message(1, "text", date: nil)
    let outcome = try await AppendOutcome.appending([message], to: server)
    #expect(outcome.stored == [1: Receipt(uid: nil, concessions: [.dateReplaced(from: .now)])])
    #expect(server.texts(of: "APPEND") == ["APPEND \"INBOX\" () {\(message.bytes.count)+}"])
  }
}
