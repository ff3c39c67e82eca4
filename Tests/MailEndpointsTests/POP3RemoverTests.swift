// mailmove: emptying a maildrop.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite struct POP3RemoverTests {
  private let journal = MemoryJournal()
  private let target = FakeAccount()

  private static func letters(_ numbers: ClosedRange<Int>) -> [ScriptedPOP3Server.Letter] {
    numbers.map { ScriptedPOP3Server.letter($0, id: "\($0)") }
  }

  private static func digest(_ letter: ScriptedPOP3Server.Letter) -> SHA256Digest {
    SHA256Digest(of: Array(letter.text.utf8))
  }

  private func run(_ account: POP3Account, removing count: Int) async -> Report {
    var options = RunOptions()
    options.removal = Removal(confirmed: count)
    let run = Run(
      endpoints: RunEndpoints(
        connectSource: { [journal] in try await POP3Source.connect(account, keys: journal) },
        connectTarget: { [target] in FakeTarget(target) },
        connectRemover: { [journal] in try await POP3Remover.connect(account, keys: journal) }),
      journal: journal, rules: MappingRules(), options: options, pacing: Scenario.instant)
    return await run.run()
  }

  private static func proof(_ uid: UID, _ letter: ScriptedPOP3Server.Letter) -> RemovalProof {
    RemovalProof(
      uid: uid, listedSize: nil, internalDate: nil, fingerprint: nil, digest: digest(letter))
  }

  private var contents: [String] {
    target.contents().map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  @Test(.timeLimit(.minutes(1)))
  func exactlyTheseMessagesAreRemovedAtTheEndOfTheSession() async throws {
    let server = try ScriptedPOP3Server(letters: Self.letters(1...4))
    let remover = try await POP3Remover.connect(server.account(), keys: PassingKeyBook())
    let entries = try await remover.listing(of: .inbox).entries
    let removed = try await remover.remove(
      [2, 4].map { Self.proof(entries[$0 - 1].uid, server.letters[$0 - 1]) }, from: .inbox,
      uidValidity: UIDValidity(1), manner: .expunge)
    #expect(removed == [entries[1].uid, entries[3].uid])
    #expect(server.lines(of: "QUIT").isEmpty)
    try await remover.commit()
    await remover.close()
    server.stop()
    #expect(server.lines(of: "DELE") == ["DELE 2", "DELE 4"])
    #expect(server.lines(of: "QUIT").count == 1)
  }

  @Test(.timeLimit(.minutes(1)))
  func aUniqueIDThatNowStandsForAnotherMessageIsLeftAlone() async throws {
    let server = try ScriptedPOP3Server(letters: Self.letters(1...3))
    let remover = try await POP3Remover.connect(server.account(), keys: PassingKeyBook())
    let entries = try await remover.listing(of: .inbox).entries
    let removed = try await remover.remove(
      [
        Self.proof(entries[0].uid, server.letters[1]),
        Self.proof(entries[2].uid, server.letters[2]),
      ], from: .inbox, uidValidity: UIDValidity(1), manner: .expunge)
    #expect(removed == [entries[2].uid])
    try await remover.commit()
    server.stop()
    #expect(server.lines(of: "DELE") == ["DELE 3"])
  }

  @Test(.timeLimit(.minutes(1)))
  func manyGroupsInOneSessionListItOnce() async throws {
    let server = try ScriptedPOP3Server(letters: Self.letters(1...600))
    let account = try server.account()
    let report = await run(account, removing: 600)
    server.stop()
    #expect(report.failure == nil)
    #expect(Set(server.lines(of: "DELE")) == Set((1...600).map { "DELE \($0)" }))
    #expect(server.lines(of: "DELE").count == 600)
    let quits = server.lines.indices.filter { server.lines[$0] == "QUIT" }
    let deletions = server.lines.indices.filter { server.lines[$0].hasPrefix("DELE") }
    let first = try #require(deletions.first)
    let last = try #require(deletions.last)
    #expect(!quits.contains { (first...last).contains($0) }, "all in one session")
    #expect(!server.lines[first...last].contains("UIDL"))
  }

  @Test(.timeLimit(.minutes(1)))
  func whatIsNotConfirmedIsDecidedByTheNextSession() async throws {
    let server = try ScriptedPOP3Server(letters: Self.letters(1...3)) { line, talk in
      guard line == "QUIT", talk.letters.count == 3 else { return nil }
      return "-ERR some were not removed\r\n"
    }
    let all = server.letters
    let account = try server.account()
    let report = await run(account, removing: 3)
    #expect(report.failure?.cause == .removalNotConfirmed)
    // It had removed the first two all the same.
    server.letters = Array(all.suffix(1))
    let again = await run(account, removing: 3)
    server.stop()
    #expect(again.failure == nil)
    #expect(again.total(\.copied) == 0)
    #expect(server.lines(of: "DELE").suffix(1) == ["DELE 1"])
    #expect(contents == all.map(\.text))
    let marks = try await journal.messages(in: .stored, limit: 9).map {
      $0.1.removal
    }
    // The scripted server removes nothing itself, so the last one is still there.
    #expect(marks == [.removed, .removed, .proven] && again.total(\.kept) == 1)
  }

  @Test(.timeLimit(.minutes(1)))
  func aRefusedDELEKeepsTheMessageAndIsCounted() async throws {
    let server = try ScriptedPOP3Server(letters: Self.letters(1...3)) { line, _ in
      line == "DELE 2" ? "-ERR locked\r\n" : nil
    }
    let report = await run(try server.account(), removing: 3)
    server.stop()
    #expect(report.failure == nil && report.total(\.removed) == 0)
    #expect(report.total(\.kept) == 3, "the scripted server removes nothing")
    #expect(server.lines(of: "DELE") == ["DELE 1", "DELE 2", "DELE 3"])
  }

  /// As popa3d does with messages whose headers do not tell them apart.
  @Test(.timeLimit(.minutes(1)))
  func whatCannotBeToldApartStaysAndIsCounted() async throws {
    let same = (4...6).map { ScriptedPOP3Server.Letter("\r\nbody \($0)\r\n", id: "same") }
    let server = try ScriptedPOP3Server(letters: Self.letters(1...3) + same)
    let account = try server.account()
    for _ in 1...2 {
      let report = await run(account, removing: 6)
      #expect(report.failure == nil && report.total(\.kept) >= 3)
      #expect(Set(server.lines(of: "DELE")) == ["DELE 1", "DELE 2", "DELE 3"])
    }
    server.stop()
    #expect(contents.count == 6)
  }

  @Test(.timeLimit(.minutes(1)))
  func aMaildropHasNoFlags() async throws {
    let server = try ScriptedPOP3Server(letters: Self.letters(1...1))
    let remover = try await POP3Remover.connect(server.account(), keys: PassingKeyBook())
    #expect(await remover.obstacle(to: .flagOnly)?.cause == .cannotRemove)
    #expect(await remover.obstacle(to: .expunge) == nil)
    await remover.close()
    server.stop()
  }
}
