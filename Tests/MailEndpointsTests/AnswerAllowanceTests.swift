// mailmove: tests of how much a server may say before it answers.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailTransport
import MailWire
import SyncEngine
import Testing

@testable import MailEndpoints

@Suite struct AnswerAllowanceTests {
  private static let deadlines = Deadlines()

  private static func excess(
    _ body: (inout AnswerAllowance) throws(AnswerAllowance.Excess) -> Void
  ) -> AnswerAllowance.Excess? {
    var allowance = AnswerAllowance()
    do { try body(&allowance) } catch { return error }
    return nil
  }

  @Test func remarksAreHeardForAnHourAndNoLonger() {
    let minutes = { (count: Int) in
      Self.excess { allowance throws(AnswerAllowance.Excess) in
        for _ in 0..<count {
          try allowance.note(octets: 20, after: .seconds(60), isContent: false, Self.deadlines)
          try allowance.noteResponse(isRemark: true)
        }
      }
    }
    #expect(minutes(60) == nil)
    #expect(minutes(61) == .remarksFor(.seconds(3_600)))
  }

  @Test func dataIsHeardForSixHoursAndNoLonger() {
    let minutes = { (count: Int, isContent: Bool) in
      Self.excess { allowance throws(AnswerAllowance.Excess) in
        for _ in 0..<count {
          try allowance.note(octets: 20, after: .seconds(60), isContent: isContent, Self.deadlines)
          if !isContent { try allowance.noteResponse(isRemark: false) }
        }
      }
    }
    for isContent in [true, false] {
      #expect(minutes(360, isContent) == nil)
      #expect(minutes(361, isContent) == .answerFor(.seconds(21_600)))
    }
  }

  @Test func anAnswerOfTwoAttemptsIsTwoAnswers() throws {
    var allowance = AnswerAllowance()
    for _ in 0..<3 {
      try allowance.note(
        octets: Limits.answerBytesMax, after: .seconds(3_600), isContent: false, Self.deadlines)
      allowance.renew()
    }
    allowance.renew(whole: .seconds(2))
    #expect(throws: AnswerAllowance.Excess.answerFor(.seconds(2))) {
      try allowance.note(octets: 1, after: .seconds(3), isContent: true, Self.deadlines)
    }
  }

  @Test func asManyResponsesAsAMailboxHasMessagesAreHeard() {
    let responses = { (count: Int, remarks: Int) in
      Self.excess { allowance throws(AnswerAllowance.Excess) in
        for _ in 0..<count {
          for _ in 0..<remarks { try allowance.noteResponse(isRemark: true) }
          try allowance.noteResponse(isRemark: false)
        }
      }
    }
    #expect(responses(3_000_000, 0) == nil)
    #expect(responses(90, 100_000) == nil)
    #expect(responses(1, 100_001) == .remarks(100_000))
    #expect(responses(100, 100_000) == .responses(10_000_000))
  }

  @Test func twiceTheLargestLiteralIsReadAndNoMore() {
    let octets = { (count: Int) in
      Self.excess { allowance throws(AnswerAllowance.Excess) in
        try allowance.note(octets: count, after: .zero, isContent: true, Self.deadlines)
      }
    }
    #expect(octets(2 * Limits.skippedLiteralBytesMax) == nil)
    #expect(octets(2 * Limits.skippedLiteralBytesMax + 1) == .octets(8 << 30))
  }

  /// Dovecot does so while it is busy with a long SEARCH or APPEND.
  @Test(.timeLimit(.minutes(1))) func aServerThatSaysItIsStillThereIsWaitedFor() async throws {
    let server = try ScriptedIMAPServer { request, talk in
      guard request.name == "STATUS" else { return nil }
      for _ in 0..<12 where talk.pause(milliseconds: 250) { try talk.say("* OK Still here\r\n") }
      return ["* STATUS INBOX (MESSAGES 7)", "OK done"]
    }
    let connection = try await IMAPConnection.open(server.account(patience: .seconds(2)))
    #expect(try await connection.status(of: .inbox).messages == 7)
    await connection.close()
    server.stop()
    #expect(server.connectionCount == 1)
  }

  @Test(.timeLimit(.minutes(1))) func theAnswerToACommandNobodyGaveEndsNothing() async throws {
    let server = try ScriptedIMAPServer { request, _ in
      request.name == "STATUS"
        ? ["zz9 OK done", "zz8 NO no", "* STATUS INBOX (MESSAGES 7)", "OK done"] : nil
    }
    let connection = try await IMAPConnection.open(server.account())
    #expect(try await connection.status(of: .inbox).messages == 7)
    await connection.close()
    server.stop()
    #expect(server.requests.last?.name == "LOGOUT", "nothing was under way")
  }
}
