// mailmove: texts that are no messages.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Testing

/// A server that cannot read a message may end it with a dot all the same.
@Suite struct POP3ShortTextTests {
  typealias Letter = ScriptedPOP3Server.Letter

  private let journal = MemoryJournal()
  private let target = FakeAccount()

  /// What comes for a message that the server cannot read.
  enum Text: String, CaseIterable {
    case nothingButALineEnd = "\r\n"
    case headerOnly = "Message-ID: <2@example.org>\r\nSubject: 2\r\n\r\n"
    case bodyWithoutHeader = "just some of the words\r\nof the body\r\n"
  }

  private static let body = String(repeating: "a line of the message\r\n", count: 100)

  private static func letters(_ count: Int) -> [Letter] {
    (1...count).map { ScriptedPOP3Server.letter($0, id: "\($0)", body: body) }
  }

  /// Hands out some messages as this text, and says their full size.
  private static func server(
    _ letters: [Letter], cutting cut: Set<Int>, to text: String, tellsSize: Bool = true,
    pipelines: Bool = false
  ) throws -> ScriptedPOP3Server {
    try ScriptedPOP3Server(
      letters: letters, capabilities: pipelines ? ["UIDL", "PIPELINING"] : ["UIDL"]
    ) { line, talk in
      let words = line.split(separator: " ")
      guard words[0] == "RETR", let number = words.last.flatMap({ Int($0) }),
        cut.contains(number)
      else { return nil }
      let size = talk.letters[number - 1].text.utf8.count
      return (tellsSize ? "+OK \(size) octets\r\n" : "+OK\r\n") + text + ".\r\n"
    }
  }

  private func run(_ account: POP3Account, removing: Bool = false) async -> Report {
    var options = RunOptions()
    if removing { options.removal = Removal(confirmed: 100) }
    let run = Run(
      endpoints: RunEndpoints(
        connectSource: { [journal] in try await POP3Source.connect(account, keys: journal) },
        connectTarget: { [target] in FakeTarget(target) },
        connectRemover: { [journal] in try await POP3Remover.connect(account, keys: journal) }),
      journal: journal, rules: MappingRules(), options: options, pacing: Scenario.instant)
    return await run.run()
  }

  private var contents: [String] {
    target.contents().map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  @Test(.timeLimit(.minutes(1)), arguments: Text.allCases, [true, false])
  func isAskedForAgainAndThenASkipUntilItIsWhole(text: Text, pipelines: Bool) async throws {
    let letters = Self.letters(5)
    let server = try Self.server(
      letters, cutting: [2], to: text.rawValue, tellsSize: pipelines, pipelines: pipelines)
    let report = await run(try server.account(), removing: true)
    #expect(report.failure == nil && report.total(\.copied) == 4)
    #expect(report.total(\.skipped) == 1)
    #expect(server.lines(of: "RETR 2").count >= 2)
    #expect(!server.lines.contains("DELE 2"))
    let skipped = try await journal.messages(in: .skipped, limit: 9)
    #expect(skipped.map(\.1.reason) == [.messageCutShort])
    server.stop()
    let mended = try ScriptedPOP3Server(letters: letters)
    let later = await run(try mended.account())
    mended.stop()
    #expect(later.failure == nil && later.total(\.copied) == 1 && later.total(\.skipped) == 0)
    #expect(contents.sorted() == letters.map(\.text).sorted())
  }

  @Test(.timeLimit(.minutes(1)))
  func severalOfManyAreAllSkipped() async throws {
    let server = try Self.server(
      Self.letters(9), cutting: [1, 4, 9], to: Text.headerOnly.rawValue)
    let report = await run(try server.account())
    server.stop()
    #expect(report.total(\.copied) == 6 && report.total(\.skipped) == 3)
  }

  @Test(.timeLimit(.minutes(1)))
  func theOnlyMessageIsNotBelievedEither() async throws {
    let server = try Self.server(Self.letters(1), cutting: [1], to: Text.headerOnly.rawValue)
    let report = await run(try server.account())
    server.stop()
    #expect(report.total(\.copied) == 0 && report.total(\.skipped) == 1)
  }

  /// A server that rounds up, or counts something else.
  @Test(.timeLimit(.minutes(1)), arguments: [1, 4])
  func whereAllSizesAreOffTheyAreHintsAsEver(count: Int) async throws {
    let letters = (1...4).map {
      ScriptedPOP3Server.letter($0, id: "\($0)", size: 4_096 + 1_024 * $0)
    }
    let server = try ScriptedPOP3Server(letters: letters)
    let report = await run(try server.account(), removing: true)
    #expect(report.failure == nil && report.total(\.copied) == 4 && report.total(\.skipped) == 0)
    #expect(server.lines(of: "DELE").count == 4)
    #expect(contents.sorted() == letters.map(\.text).sorted())
    // In a later night there is one new message only: the others are looked at.
    server.letters.append(ScriptedPOP3Server.letter(9, id: "9", size: 2_000))
    let later = await run(try server.account())
    server.stop()
    #expect(later.total(\.copied) == 1 && later.total(\.skipped) == 0)
  }

  @Test(.timeLimit(.minutes(1)))
  func aLittleLessIsASlipOfCounting() async throws {
    let letters = (1...3).map {
      ScriptedPOP3Server.letter(
        $0, id: "\($0)", size: $0 == 2 ? 300 : nil, body: String(repeating: "x", count: 40))
    }
    let server = try ScriptedPOP3Server(letters: letters)
    let report = await run(try server.account())
    server.stop()
    #expect(report.total(\.copied) == 3 && report.total(\.skipped) == 0)
  }

  @Test(.timeLimit(.minutes(1)))
  func aMessageThatWasWholeAndIsCutWhenItIsToBeDeletedStays() async throws {
    let letters = Self.letters(4)
    let server = try ScriptedPOP3Server(letters: letters) { line, talk in
      line == "RETR 3" && talk.number > 1 ? "+OK 2227 octets\r\n\r\n.\r\n" : nil
    }
    let report = await run(try server.account(), removing: true)
    server.stop()
    #expect(report.total(\.copied) == 4 && report.total(\.kept) > 0)
    #expect(server.lines(of: "DELE") == ["DELE 1", "DELE 2", "DELE 4"])
  }

  @Test(arguments: [
    ("2853 octets", 2_853), ("(2853 octets)", 2_853), ("2853 bytes follow", 2_853),
    ("message 3 (120 octets)", 120), ("", nil), ("ok", nil), ("3 messages", nil),
    ("99999999999999999999 octets", nil), ("octets", nil), ("12a octets", nil),
  ])
  func theAnswerToRETRMaySayASize(_ text: String, _ size: Int64?) {
    #expect(POP3Listing.octets(announced: Array(text.utf8)) == size)
  }
}
