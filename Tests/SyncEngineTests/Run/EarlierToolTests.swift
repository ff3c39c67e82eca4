// mailmove: tests of completing what an earlier tool began.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite("A target that an earlier tool has filled in part")
struct EarlierToolTests {
  static let draft =
    "Date: Tue, 3 Feb 2009 09:06:00 +0100\r\nFrom: a@example.org\r\nSubject: draft\r\n"

  static func draft(_ body: String) -> String { draft + "\r\n\(body)\r\n" }

  private func scenario(_ source: [String], _ target: [String]) -> Scenario {
    let run = Scenario(source: FakeAccount(), target: FakeAccount())
    for text in source { run.source.deliver(text) }
    for (number, text) in target.enumerated() {
      run.target.deliver(
        text, date: InternalDate(secondsSinceEpoch: Int64(number), zoneMinutes: 0))
    }
    return run
  }

  @Test(arguments: [
    "Message-Id: <1@imapsync>\r\n", "Message-ID: <x@home>\r\n", "X-TUID: abcdefghijkl\r\n",
    "Return-Path: <b@example.org>\r\nReceived: from a\r\n\tby b (fetchmail-6.4)\r\n",
  ])
  func itsCopiesAreRecognisedAndTheRestIsCopied(_ mark: String) async throws {
    let texts = (1...4).map { Self.draft("body \($0)") } + [Letter.text(7)]
    let run = scenario(texts, [mark + texts[0], mark + texts[2]])
    let report = await run.run()
    #expect(report.failure == nil && report.total(\.copied) == 3)
    #expect(report.total(\.alreadyThere) == 2)
    #expect(run.target.contents().count == 5)
    let again = await run.run()
    #expect(again.total(\.copied) == 0 && run.target.contents().count == 5)
  }

  /// What the first run found at the target is recognised when the source has more than then.
  @Test func itsCopiesAreRecognisedWhenTheSourceIsPutBackLater() async {
    let run = scenario([Letter.text(1)], [Letter.text(1)])
    let backup = run.source.backup()
    run.source.expunge([UID(1)], in: .inbox)
    run.source.renumber(.inbox)
    #expect(await run.run().failure == nil)
    run.source.restore(backup)
    #expect(await run.run().total(\.alreadyThere) == 1)
    #expect(run.target.contents().count == 1)
  }

  @Test func itsCopiesAreRecognisedWhenTheirOriginalsWereHiddenAtFirst() async throws {
    let run = scenario([Letter.text(1), Letter.text(2)], [Letter.text(1)])
    try run.source.change(.inbox) { $0.hidden = [UID(1)] }
    #expect(await run.run().total(\.copied) == 1)
    try run.source.change(.inbox) { $0.hidden = [] }
    #expect(await run.run().total(\.alreadyThere) == 1)
    #expect(run.target.contents().count == 2)
  }

  @Test func equalMessagesStayAsManyAsTheyAre() async throws {
    let text = Self.draft("same")
    let mark = "Message-Id: <1@imapsync>\r\n"
    let run = scenario([text, text, text], [mark + text, mark.replacing("1", with: "2") + text])
    let report = await run.run()
    #expect(report.total(\.alreadyThere) == 2 && report.total(\.copied) == 1)
    #expect(run.target.contents().count == 3)
  }

  @Test func otherMessagesUnderTheSameHeaderAreNotMerged() async throws {
    let run = scenario(
      [Self.draft("one"), Self.draft("two")], ["Message-Id: <1@imapsync>\r\n" + Self.draft("three")]
    )
    let report = await run.run()
    #expect(report.total(\.copied) == 2 && run.target.contents().count == 3)
  }

  @Test func aMessageWithAMessageIDIsNotLookedForWithoutIt() async throws {
    let run = scenario([Letter.text(1)], ["Message-ID: <2@example.org>\r\n" + Letter.text(1)])
    let report = await run.run()
    #expect(report.total(\.copied) == 1)
  }

  /// Cyrus looks at a thousand fields, so the header it tells has no Subject here.
  @Test func aCopyWhoseHeaderIsToldOtherwiseIsFoundBySizeAndDate() async throws {
    var habits = FakeAccount.Habits()
    habits.tellsHeader = { _ in [] }
    let run = Scenario(source: Letter.account(2), target: FakeAccount(habits: habits))
    run.target.deliver(Letter.text(1))
    let report = await run.run()
    #expect(report.total(\.alreadyThere) == 1 && report.total(\.copied) == 1)
    #expect(run.target.contents().count == 2)
  }
}
