// mailmove: dying at every step.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite("A run that dies at any durable step")
struct CrashTests {
  /// What kind of target and past a scenario has.
  enum Case: String, CaseIterable, CustomTestStringConvertible {
    case plain, withoutUIDs, grouped, groupedWithoutUIDs, partlyThere, rewriting
    case rewritingWithoutUIDs, sourceRenumbered, targetRenumbered, flagsChanged
    case keysChanged, keysChangedInPart

    var testDescription: String { rawValue }

    var habits: FakeAccount.Habits {
      var habits = FakeAccount.Habits()
      switch self {
      case .plain, .partlyThere, .sourceRenumbered, .targetRenumbered, .flagsChanged,
        .keysChanged, .keysChangedInPart:
        break
      case .withoutUIDs: habits.tellsUIDs = false
      case .grouped: habits.groupMax = 3
      case .groupedWithoutUIDs:
        habits.tellsUIDs = false
        habits.groupMax = 3
      case .rewriting: habits.rewrite = Self.withLineFeeds
      case .rewritingWithoutUIDs:
        habits.tellsUIDs = false
        habits.rewrite = Self.withLineFeeds
      }
      return habits
    }

    private static let withLineFeeds: @Sendable ([UInt8]) -> [UInt8] = { bytes in
      bytes.filter { $0 != UInt8(ascii: "\r") }
    }
  }

  static let first = MailboxName(wire: "First")

  /// Two mailboxes with messages that are alike in every way short of being the same.
  static func source(_ habits: FakeAccount.Habits = .init()) -> FakeAccount {
    let account = FakeAccount(habits: habits)
    account.create(first)
    account.deliver(mail(1), flags: FlagSet(system: .seen, keywords: [Keyword("$Forwarded")]))
    account.deliver(mail(2))
    account.deliver(mail(2))
    account.deliver(mail(3, body: "other body under the same header"))
    account.deliver(mail(3, body: "one more body under the same header"))
    account.deliver("no header at all\r\n\r\nnothing")
    account.deliver(mail(4), to: first, flags: FlagSet(system: [.flagged, .answered]))
    account.deliver(mail(5), to: first)
    account.deliver(mail(5), to: first, flags: FlagSet(system: .draft))
    return account
  }

  static func mail(_ number: Int, body: String = "hello") -> String {
    "Message-ID: <\(number)@example.org>\r\nDate: Tue, 3 Feb 2009 09:07:00 +0100\r\n"
      + "From: a@example.org\r\nSubject: number \(number)\r\n\r\n\(body)\r\n"
  }

  /// Everything up to the run that will die.
  static func prepare(_ scenario: Case) async -> Scenario {
    var habits = FakeAccount.Habits()
    if scenario == .keysChanged || scenario == .keysChangedInPart {
      habits.traits = .keysMayChange
      habits.hasModSeq = false
    }
    let run = Scenario(source: source(habits), target: FakeAccount(habits: scenario.habits))
    switch scenario {
    case .plain, .withoutUIDs, .grouped, .groupedWithoutUIDs, .rewriting, .rewritingWithoutUIDs:
      break
    case .partlyThere:
      run.target.deliver(mail(2))
      run.target.deliver("X-Tool: mark\r\n" + mail(1))
      run.target.deliver(mail(3, body: "a stranger under the same header"))
    case .sourceRenumbered:
      _ = await run.run()
      renumber(run.source)
      run.source.deliver(mail(9))
    case .targetRenumbered:
      _ = await run.run()
      renumber(run.target)
      run.source.deliver(mail(9))
      run.source.deliver(mail(2))
    case .flagsChanged:
      _ = await run.run()
      try? run.source.change(.inbox) { box in
        box.modSeq += 1
        for uid in box.uids.prefix(3) {
          box.messages[uid]?.flags = FlagSet(system: .flagged)
          box.messages[uid]?.modSeq = box.modSeq
        }
      }
      run.source.deliver(mail(9))
    case .keysChanged, .keysChangedInPart:
      _ = await run.run()
      changeKeys(run.source, of: scenario == .keysChanged ? .max : 3)
      run.source.deliver(mail(9))
      run.source.deliver(mail(2))
    }
    return run
  }

  /// Some of the messages under other keys, as after a POP3 server was replaced.
  static func changeKeys(_ account: FakeAccount, of count: Int) {
    for name in account.names {
      try? account.change(name) { box in
        for uid in box.uids.prefix(count).reversed() {
          box.messages[UID(box.nextUID)] = box.messages.removeValue(forKey: uid)
          box.nextUID += 1
        }
      }
    }
  }

  /// The same messages under new UIDs in another order, as after a restore.
  static func renumber(_ account: FakeAccount) {
    for name in account.names {
      try? account.change(name) { box in
        let messages = box.uids.reversed().compactMap { box.messages[$0] }
        box.uidValidity = UIDValidity(box.uidValidity.rawValue + 1)
        box.messages = [:]
        for (index, message) in messages.enumerated() {
          box.messages[UID(UInt32(index + 100))] = message
        }
        box.nextUID = UInt32(messages.count + 100)
        box.modSeq += 1
      }
    }
  }

  static func contents(_ account: FakeAccount) -> [MailboxName: [String]] {
    Dictionary(
      uniqueKeysWithValues: account.names.map { name in
        let lines = account.contents(of: name).map { message in
          let text = String(decoding: message.bytes, as: UTF8.self)
          return "\(text)|\(message.flags)|\(message.date?.description ?? "")"
        }
        return (name, lines.sorted())
      })
  }

  /// Says only what differs: the whole contents would bury it.
  func expectSame(
    _ scenario: Scenario, _ expected: [MailboxName: [String]], _ place: String,
    _ location: SourceLocation = #_sourceLocation
  ) {
    let found = Self.contents(scenario.target)
    for name in Set(found.keys).union(expected.keys) {
      var extra = found[name] ?? []
      for line in expected[name] ?? [] {
        if let index = extra.firstIndex(of: line) {
          extra.remove(at: index)
        } else {
          Issue.record(
            "\(place): missing in \(name): \(line.prefix(300))", sourceLocation: location)
        }
      }
      for line in extra {
        Issue.record("\(place): too much in \(name): \(line.prefix(300))", sourceLocation: location)
      }
    }
  }

  @Test(arguments: Case.allCases)
  func resumesWithoutLossOrDuplicate(_ scenario: Case) async throws {
    let undisturbed = await Self.prepare(scenario)
    let counter = CrashPoint()
    let report = await undisturbed.run(crash: counter)
    #expect(report.failure == nil, "\(String(describing: report.failure))")
    #expect(counter.steps > 4)
    let expected = Self.contents(undisturbed.target)
    if scenario == .keysChanged || scenario == .keysChangedInPart {
      expectSame(undisturbed, Self.contents(undisturbed.source), "undisturbed")
    }

    // How many records go into one step depends on how busy the machine is, so a run may have
    // fewer steps than the first.
    var deaths = 0
    for step in 1...counter.steps {
      let disturbed = await Self.prepare(scenario)
      let crash = CrashPoint(at: step)
      let died = await disturbed.run(crash: crash)
      #expect((died.failure != nil) == crash.isDead, "step \(step)")
      deaths += crash.isDead ? 1 : 0
      let resumed = await disturbed.run()
      let place = "died at step \(step), \(crash.lastStep)"
      #expect(resumed.failure == nil, "\(place): \(String(describing: resumed.failure))")
      expectSame(disturbed, expected, place)
      #expect(resumed.total(\.pending) == 0, "\(place)")
      #expect(resumed.total(\.lost) == 0, "\(place)")

      let before = try await disturbed.journal.summary()
      let again = await disturbed.run()
      #expect(again.total(\.copied) == 0 && again.total(\.alreadyThere) == 0, "\(place)")
      expectSame(disturbed, expected, "\(place): a further run")
      #expect(try await disturbed.journal.summary() == before, "\(place): ledger moved")
    }
    #expect(deaths > 4)
  }

  @Test(arguments: Case.allCases)
  func diesTwiceAndStillComesOutRight(_ scenario: Case) async throws {
    let undisturbed = await Self.prepare(scenario)
    let counter = CrashPoint()
    _ = await undisturbed.run(crash: counter)
    let expected = Self.contents(undisturbed.target)
    for step in 1...counter.steps {
      let disturbed = await Self.prepare(scenario)
      _ = await disturbed.run(crash: CrashPoint(at: step))
      for second in stride(from: 1, through: counter.steps, by: 3) {
        _ = await disturbed.run(crash: CrashPoint(at: second))
      }
      let resumed = await disturbed.run()
      #expect(resumed.failure == nil)
      expectSame(disturbed, expected, "died first at step \(step)")
    }
  }

  /// By then nothing but size and date tells that the message was on record.
  @Test(arguments: [false, true])
  func whatIsHiddenMeanwhileIsNotDoubledUnderAnotherKey(isMaildrop: Bool) async throws {
    let habits = isMaildrop ? FakeAccount.Habits.maildrop : FakeAccount.Habits()
    var step = 1
    while true {
      let run = Scenario(source: FakeAccount(habits: habits), target: FakeAccount())
      _ = await run.run()
      for number in 1...2 { run.source.deliver(Letter.text(number)) }
      let crash = CrashPoint(at: step)
      _ = await run.run(crash: crash)
      if isMaildrop { Self.changeKeys(run.source, of: .max) } else { Self.renumber(run.source) }
      let hidden = try #require(run.source.boxes[.inbox]?.uids.last)
      try run.source.change(.inbox) { $0.hidden = [hidden] }
      _ = await run.run()
      try run.source.change(.inbox) { $0.hidden = [] }
      #expect(await run.run().failure == nil)
      let expected = [Letter.text(1), Letter.text(2)]
      #expect(run.target.texts().sorted() == expected, "\(step): \(crash.lastStep)")
      guard crash.isDead else { break }
      step += 1
    }
    #expect(step > 4)
  }
}
