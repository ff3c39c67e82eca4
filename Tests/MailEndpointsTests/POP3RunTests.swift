// mailmove: whole runs from a scripted maildrop.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Synchronization
import Testing

@Suite struct POP3RunTests {
  private let journal = MemoryJournal()
  private let target = FakeAccount()

  private func run(
    _ account: POP3Account, flags: RunOptions.FlagPolicy = .merge, into other: FakeAccount? = nil
  ) async -> Report {
    var options = RunOptions()
    options.flagPolicy = flags
    let run = Run(
      endpoints: RunEndpoints(
        connectSource: { [journal] in try await POP3Source.connect(account, keys: journal) },
        connectTarget: { [target] in FakeTarget(other ?? target) }),
      journal: journal, rules: MappingRules(), options: options, pacing: Scenario.instant)
    return await run.run()
  }

  private var contents: [String] {
    target.contents().map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  private static func letters(_ ids: String?...) -> [ScriptedPOP3Server.Letter] {
    ids.enumerated().map { ScriptedPOP3Server.letter($0 + 1, id: $1) }
  }

  @Test(.timeLimit(.minutes(1)), arguments: [true, false])
  func aDropInTheMiddleCostsOnlyWhatWasUnderWay(pipelines: Bool) async throws {
    let server = try ScriptedPOP3Server(
      letters: (1...9).map { ScriptedPOP3Server.letter($0, id: "\($0)") },
      capabilities: pipelines ? ["UIDL", "PIPELINING"] : ["UIDL"]
    ) { line, talk in
      guard talk.number == 1, line == "RETR 6" else { return nil }
      try talk.say("+OK\r\nMessage-ID: <6@exam")
      talk.hangUp()
      return ""
    }
    let report = await run(try server.account())
    server.stop()
    #expect(report.failure == nil, "\(String(describing: report.failure))")
    #expect(contents == server.letters.map(\.text))
    for number in 1...5 { #expect(server.lines(of: "RETR \(number)").count == 1) }
    #expect(server.connectionCount == 2)
  }

  @Test(.timeLimit(.minutes(1)))
  func uniqueIDsThatChangeWholesaleCopyNothingTwice() async throws {
    let server = try ScriptedPOP3Server(letters: Self.letters("a", "b", "c"))
    let account = try server.account()
    #expect(await run(account).total(\.copied) == 3)
    server.letters = Self.letters("x", "y", "z") + [ScriptedPOP3Server.letter(4, id: "new")]
    let second = await run(account)
    #expect(second.failure == nil)
    #expect(second.total(\.copied) == 1)
    #expect(contents == server.letters.map(\.text))
    let retrieved = server.lines(of: "RETR").count
    let third = await run(account)
    server.stop()
    #expect(third.total(\.copied) == 0)
    #expect(server.lines(of: "RETR").count == retrieved)
    #expect(try await journal.summary().count(.stored) == 4)
  }

  @Test(.timeLimit(.minutes(1)))
  func aTargetThatNotesWhatVanishedHearsOfItInANightWithNewMail() async throws {
    var habits = FakeAccount.Habits()
    habits.notesVanished = true
    let noting = FakeAccount(habits: habits)
    let server = try ScriptedPOP3Server(letters: Self.letters("a", "b", "c"))
    let account = try server.account()
    #expect(await run(account, into: noting).total(\.copied) == 3)
    server.letters = [server.letters[0], server.letters[2], ScriptedPOP3Server.letter(4, id: "d")]
    let second = await run(account, into: noting)
    server.stop()
    #expect(second.failure == nil && second.total(\.copied) == 1)
    #expect(try noting.read(.inbox) { $0.vanished } == [[UID(2)]])
    #expect(noting.contents().count == 4)
  }

  @Test(.timeLimit(.minutes(1)))
  func theRecordSaysWhereTheDateOfAMessageCameFrom() async throws {
    let received = "Received: from a by b; Tue, 12 Feb 2019 08:00:00 +0100\r\n"
    let earlier = "Received: from c by a; Mon, 11 Feb 2019 07:00:00 +0100\r\n"
    let date = "Date: Sun, 10 Feb 2019 06:00:00 +0100\r\n"
    let headers = [received + earlier + date, date, "Date: whenever\r\n"]
    let letters = headers.enumerated().map { index, header in
      ScriptedPOP3Server.Letter(
        "\(header)Message-ID: <\(index)@example.org>\r\n\r\nbody\r\n", id: "\(index)")
    }
    let server = try ScriptedPOP3Server(letters: letters)
    let folder = try TemporaryFolder()
    let account = try server.account()
    let place = ArchivePlace(path: folder.path + "/archive", account: nil, side: .target)
    let door = ArchiveDoor(place)
    let report = await Run(
      endpoints: RunEndpoints(
        connectSource: { [journal] in try await POP3Source.connect(account, keys: journal) },
        connectTarget: {
          try await ArchiveTarget.connect(door, label: "anna@example.org", origin: account.url)
        }),
      journal: journal, rules: MappingRules(), options: RunOptions(), pacing: Scenario.instant
    ).run()
    server.stop()
    _ = try await door.close()
    #expect(report.failure == nil)
    let records = try await journal.messages(in: .stored, limit: 10)
    #expect(
      records.map(\.1.note)
        == ["date taken from received", "date taken from date header", "date taken from now"])
    let source = try await ArchiveSource.connect(place)
    let dates = try await source.snapshot(of: .inbox, since: nil).entries.map(\.internalDate)
    await source.close()
    #expect(dates[0] == InternalDate(wire: Array("12-Feb-2019 08:00:00 +0100".utf8)))
    #expect(dates[1] == InternalDate(wire: Array("10-Feb-2019 06:00:00 +0100".utf8)))
  }

  @Test(.timeLimit(.minutes(1)))
  func messagesWithoutAnyKeyAreReadAgainAndCopiedOnce() async throws {
    let server = try ScriptedPOP3Server(letters: Self.letters(nil, nil), capabilities: nil) {
      line, _ in
      line.hasPrefix("TOP") ? "-ERR\r\n" : nil
    }
    let account = try server.account()
    for _ in 1...3 {
      let report = await run(account)
      #expect(report.failure == nil)
      #expect(contents == server.letters.map(\.text))
    }
    server.stop()
    #expect(try await journal.summary().count(.stored) == 2)
  }

  @Test(.timeLimit(.minutes(1)), arguments: RunOptions.FlagPolicy.allCases)
  func flagsSetAtTheTargetStay(policy: RunOptions.FlagPolicy) async throws {
    let server = try ScriptedPOP3Server(letters: Self.letters("a", "b"))
    target.deliver(server.letters[1].text, flags: FlagSet(system: .seen))
    let account = try server.account()
    #expect(await run(account, flags: policy).total(\.alreadyThere) == 1)
    try target.change(.inbox) { box in
      for uid in box.uids { box.messages[uid]?.flags = FlagSet(system: [.seen, .flagged]) }
    }
    server.letters.append(ScriptedPOP3Server.letter(3, id: "c"))
    #expect(await run(account, flags: policy).failure == nil)
    server.stop()
    #expect(
      target.contents().map(\.flags)
        == [FlagSet(system: [.seen, .flagged]), FlagSet(system: [.seen, .flagged]), .none])
  }

  @Test(.timeLimit(.minutes(1)))
  func severalMaildropsGoIntoOneMailboxWithoutDoubles() async throws {
    let server = try ScriptedPOP3Server(letters: Self.letters("a", "b"))
    #expect(await run(try server.account()).total(\.copied) == 2)
    server.stop()
    let other = try ScriptedPOP3Server(
      letters: Self.letters("p", "q") + [ScriptedPOP3Server.letter(7, id: "r")])
    let account = try other.account()
    let report = await Run(
      endpoints: RunEndpoints(
        connectSource: { try await POP3Source.connect(account, keys: PassingKeyBook()) },
        connectTarget: { [target] in FakeTarget(target) }),
      journal: MemoryJournal(), rules: MappingRules(), options: RunOptions(),
      pacing: Scenario.instant
    ).run()
    other.stop()
    #expect(report.total(\.alreadyThere) == 2 && report.total(\.copied) == 1)
    #expect(contents.count == 3)
  }

  @Test(.timeLimit(.minutes(1)))
  func aLockedMaildropIsTriedAgainAndAWrongPasswordIsNot() async throws {
    let logins = Mutex(0)
    let server = try ScriptedPOP3Server(letters: Self.letters("a")) { line, _ in
      guard line.hasPrefix("PASS") else { return nil }
      let attempt = logins.withLock { count in
        count += 1
        return count
      }
      return attempt == 1 ? "-ERR [IN-USE] wait\r\n" : nil
    }
    #expect(await run(try server.account()).failure == nil)
    server.stop()
    #expect(contents.count == 1)
    #expect(server.lines(of: "PASS").count == 2)
  }
}
